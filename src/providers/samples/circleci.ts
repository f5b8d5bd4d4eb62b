import type { Sample, Template } from './types.ts'

const PAGE = 'https://app.circleci.com/pipelines/github/harbour-lane/storefront/318'

/** https://circleci.com/docs/webhooks-reference/ */
function circleciEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: '{uuid}',
        happened_at: '{now:iso}',
        type: event,
        webhook: { id: '{uuid}', name: 'storefront' },
        project: { id: '{uuid}', name: 'storefront', slug: 'github/harbour-lane/storefront' },
        organization: { id: '{uuid}', name: 'harbour-lane' },
        pipeline: {
          id: '{uuid@pipeline}',
          number: 318,
          created_at: '{now:iso-4m}',
          trigger: { type: 'webhook' },
          vcs: {
            provider_name: 'github',
            origin_repository_url: 'https://github.com/harbour-lane/storefront',
            target_repository_url: 'https://github.com/harbour-lane/storefront',
            revision: '{hex:40}',
            branch: 'main',
            commit: {
              subject: 'Show the stock of each mug',
              body: '',
              author: { name: 'Mina Okafor', email: 'mina.okafor@example.com' },
              authored_at: '{now:utc-5m}',
              committer: { name: 'Mina Okafor', email: 'mina.okafor@example.com' },
              committed_at: '{now:utc-5m}',
            },
          },
        },
        workflow: {
          id: '{uuid@workflow}',
          name: 'build',
          created_at: '{now:iso-4m}',
          stopped_at: '{now:iso}',
          status: 'success',
          url: `${PAGE}/workflows/{uuid@workflow}`,
        },
        ...more,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  circleciEvent('workflow-completed', 'A workflow that a push had triggered is finished', {}),
  circleciEvent('job-completed', 'A job of a workflow is finished', {
    job: {
      id: '{uuid}',
      name: 'test',
      number: 1204,
      started_at: '{now:iso-3m}',
      stopped_at: '{now:iso}',
      status: 'success',
    },
  }),
]
