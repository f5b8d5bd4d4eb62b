import type { Sample, Template } from './types.ts'

interface Change {
  readonly resource: string
  readonly action: string
  readonly summary: string
  readonly links: Template
  readonly cause: string
  readonly description: string
}

/** A batch, here of one: https://developer.gocardless.com/api-reference/#appendix-webhooks */
function gocardlessEvent({ resource, action, summary, links, cause, description }: Change): Sample {
  return {
    event: `${resource}.${action}`,
    summary,
    body: {
      json: {
        events: [
          {
            id: 'EV{upper:13}',
            created_at: '{now:iso}',
            resource_type: resource,
            action,
            links,
            details: { origin: 'gocardless', cause, scheme: 'bacs', description },
            metadata: {},
            resource_metadata: { order: 'HL-{int:5}' },
          },
        ],
        meta: { webhook_id: 'WB{upper:13}' },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  gocardlessEvent({
    resource: 'payments',
    action: 'confirmed',
    summary: 'A payment was collected',
    links: { payment: 'PM{upper:12}' },
    cause: 'payment_confirmed',
    description: 'The bank did not object in time.',
  }),
  gocardlessEvent({
    resource: 'payments',
    action: 'failed',
    summary: 'A payment could not be collected',
    links: { payment: 'PM{upper:12}' },
    cause: 'insufficient_funds',
    description: 'There was not enough money in the account.',
  }),
  gocardlessEvent({
    resource: 'mandates',
    action: 'created',
    summary: 'A customer allows you to collect payments',
    links: { mandate: 'MD{upper:12}' },
    cause: 'mandate_created',
    description: 'The mandate was set up over the API.',
  }),
]
