import type { Sample, Template } from './types.ts'

const MEETING: Readonly<Record<string, Template>> = {
  id: '{int:11@meeting}',
  uuid: '{id:22}==',
  host_id: '{id:22@host}',
  topic: 'Spring sale: who does what',
  type: 2,
  start_time: '{now:utc}',
  timezone: 'Europe/London',
  duration: 30,
}

/** https://developers.zoom.us/docs/api/meetings/events/ */
function zoomEvent(event: string, summary: string, object: Template): Sample {
  return {
    event,
    summary,
    body: { json: { event, payload: { account_id: '{id:22}', object }, event_ts: '{#now:ms}' } },
  }
}

export const samples: readonly Sample[] = [
  zoomEvent('meeting.started', 'A meeting began', MEETING),
  zoomEvent('meeting.participant_joined', 'Somebody joined a meeting', {
    ...MEETING,
    participant: {
      user_id: '{int:8}',
      user_name: 'Jonas Brandt',
      id: '{id:22}',
      participant_user_id: '{id:22}',
      participant_uuid: '{upper:32}',
      email: 'jonas.brandt@example.com',
      join_time: '{now:utc}',
    },
  }),
  zoomEvent('recording.completed', 'The recording of a meeting is ready', {
    ...MEETING,
    host_email: 'mina.okafor@example.com',
    total_size: 52_428_800,
    recording_count: 1,
    share_url: 'https://zoom.example.com/rec/share/{id:40}',
    recording_files: [
      {
        id: '{uuid}',
        meeting_id: '{id:22}==',
        recording_start: '{now:utc-40m}',
        recording_end: '{now:utc-10m}',
        file_type: 'MP4',
        file_extension: 'MP4',
        file_size: 52_428_800,
        recording_type: 'shared_screen_with_speaker_view',
        status: 'completed',
        play_url: 'https://zoom.example.com/rec/play/{id:40@file}',
        download_url: 'https://zoom.example.com/rec/download/{id:40@file}',
      },
    ],
  }),
]
