import type { Sample, Template } from './types.ts'

const PAID: Template = { local: { amount: '34.50', currency: 'GBP' } }

/** https://docs.cdp.coinbase.com/commerce/webhooks */
function commerceEvent(event: string, summary: string, timeline: readonly Template[]): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: '{uuid}',
        scheduled_for: '{now:utc}',
        attempt_number: 1,
        event: {
          id: '{uuid}',
          resource: 'event',
          type: event,
          api_version: '2018-03-22',
          created_at: '{now:utc}',
          data: {
            id: '{uuid@charge}',
            code: '{upper:8@code}',
            name: 'Two blue enamel mugs',
            description: 'Order HL-{int:5}',
            hosted_url: 'https://pay.example.com/charges/{upper:8@code}',
            pricing_type: 'fixed_price',
            pricing: PAID,
            payments: [],
            timeline,
            metadata: { customer: 'mina.okafor@example.com' },
            addresses: {},
            created_at: '{now:utc-9m}',
            expires_at: '{now:utc+51m}',
          },
        },
      },
    },
  }
}

const NEW: Template = { time: '{now:utc-9m}', status: 'NEW' }
const PENDING: Template = { time: '{now:utc-5m}', status: 'PENDING' }

export const samples: readonly Sample[] = [
  commerceEvent('charge:created', 'A customer was asked to pay', [NEW]),
  commerceEvent('charge:pending', 'A payment was seen and waits for confirmation', [NEW, PENDING]),
  commerceEvent('charge:confirmed', 'A payment was confirmed', [
    NEW,
    PENDING,
    { time: '{now:utc}', status: 'COMPLETED' },
  ]),
]
