import type { Sample, Template } from './types.ts'

/** https://docs.knock.app/developer-tools/outbound-webhooks/overview */
function messageEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        __typename: 'Event',
        id: '{id:27}',
        type: event,
        created_at: '{now:iso}',
        data: {
          __typename: 'Message',
          id: '{id:27@message}',
          channel_id: '{uuid}',
          recipient: 'user_{int:5}',
          workflow: 'order-confirmation',
          tenant: null,
          status: 'sent',
          engagement_statuses: [],
          inserted_at: '{now:iso-1m}',
          updated_at: '{now:iso}',
          source: { __typename: 'Workflow', key: 'order-confirmation', version_id: '{uuid}' },
          ...more,
        },
        event_data: null,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  messageEvent('message.sent', 'A notification was sent', {}),
  messageEvent('message.delivered', 'A notification arrived', { status: 'delivered' }),
  messageEvent('message.read', 'A notification was read', {
    status: 'delivered',
    engagement_statuses: ['read'],
    read_at: '{now:iso}',
  }),
]
