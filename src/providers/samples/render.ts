import type { Sample } from './types.ts'

/** Thin events: https://render.com/docs/webhooks */
function renderEvent(event: string, summary: string, id: string, status?: string): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        type: event,
        timestamp: '{now:iso}',
        data: {
          id,
          serviceId: 'srv-{lower:20}',
          serviceName: 'storefront',
          ...(status === undefined ? {} : { status }),
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  renderEvent('build_started', 'A push triggered a build', 'evt-{lower:20}'),
  renderEvent('deploy_ended', 'A deploy is done', 'evt-{lower:20}', 'succeeded'),
  renderEvent('server_failed', 'A service crashed', 'evt-{lower:20}'),
]
