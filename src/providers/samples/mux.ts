import type { Sample, Template } from './types.ts'

/** https://www.mux.com/docs/core/listen-for-webhooks */
function assetEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        type: event,
        object: { type: 'asset', id: '{id:44@asset}' },
        id: '{uuid}',
        environment: { name: 'Development', id: '{lower:6}' },
        request_id: null,
        data: {
          id: '{id:44@asset}',
          status: 'preparing',
          playback_ids: [{ policy: 'public', id: '{id:44}' }],
          mp4_support: 'none',
          master_access: 'none',
          encoding_tier: 'smart',
          created_at: '{#now:unix-1m}',
          passthrough: 'how-enamel-is-made',
          ...more,
        },
        created_at: '{now:utc}',
        accessor_source: null,
        accessor: null,
        attempts: [],
      },
    },
  }
}

export const samples: readonly Sample[] = [
  assetEvent('video.asset.created', 'A video was uploaded', {}),
  assetEvent('video.asset.ready', 'A video can be played', {
    status: 'ready',
    duration: 42.5,
    max_stored_resolution: 'HD',
    max_stored_frame_rate: 25,
    aspect_ratio: '16:9',
    tracks: [
      { type: 'video', id: '{id:44}', max_width: 1920, max_height: 1080, max_frame_rate: 25, duration: 42.5 },
      { type: 'audio', id: '{id:44}', max_channels: 2, max_channel_layout: 'stereo', duration: 42.5 },
    ],
  }),
  assetEvent('video.asset.errored', 'A video could not be read', {
    status: 'errored',
    errors: { type: 'invalid_input', messages: ['The file is not a video.'] },
  }),
]
