import type { Sample, Template } from './types.ts'

const ACTOR: Template = { id: '{uuid@user}', email: 'mina.okafor@example.com' }
const APP: Template = { id: '{uuid@app}', name: 'harbour-lane' }

interface Notice {
  readonly resource: string
  readonly action: string
  readonly summary: string
  readonly data: Template
}

/** https://devcenter.heroku.com/articles/webhook-events */
function herokuEvent({ resource, action, summary, data }: Notice): Sample {
  return {
    event: `api:${resource}.${action}`,
    summary,
    body: {
      json: {
        id: '{uuid}',
        action,
        actor: ACTOR,
        created_at: '{now:iso}',
        data,
        previous_data: {},
        published_at: '{now:utc}',
        resource,
        sequence: null,
        updated_at: '{now:iso}',
        version: 'application/vnd.heroku+json; version=3',
        webhook_metadata: {
          attempt: { id: '{uuid}' },
          delivery: { id: '{uuid}' },
          event: { id: '{uuid}', include: `api:${resource}` },
          webhook: { id: '{uuid}' },
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  herokuEvent({
    resource: 'build',
    action: 'create',
    summary: 'A push triggered a build',
    data: {
      id: '{uuid@build}',
      app: APP,
      user: ACTOR,
      stack: 'heroku-24',
      status: 'pending',
      slug: null,
      release: null,
      buildpacks: [{ name: 'heroku/nodejs', url: 'https://buildpack.example.com/nodejs.tgz' }],
      source_blob: { url: 'https://source.example.com/{hex:40}', version: '{hex:40}', checksum: null },
      output_stream_url: 'https://build-output.example.com/streams/{hex:40}',
      created_at: '{now:utc}',
      updated_at: '{now:utc}',
    },
  }),
  herokuEvent({
    resource: 'release',
    action: 'update',
    summary: 'A release is live',
    data: {
      id: '{uuid@release}',
      app: APP,
      user: ACTOR,
      slug: { id: '{uuid}' },
      status: 'succeeded',
      version: 118,
      current: true,
      description: 'Deploy {hex:8}',
      output_stream_url: null,
      addon_plan_names: [],
      created_at: '{now:utc-1m}',
      updated_at: '{now:utc}',
    },
  }),
]
