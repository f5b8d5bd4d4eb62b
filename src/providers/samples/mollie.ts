import type { Sample } from './types.ts'

/** Only the id: your app asks the API what became of it. https://docs.mollie.com/reference/webhooks */
export const samples: readonly Sample[] = [
  {
    event: 'payment',
    wire: null,
    summary: 'A payment got another status',
    body: { form: { id: 'tr_{id:10}' } },
  },
  {
    event: 'order',
    wire: null,
    summary: 'An order got another status',
    body: { form: { id: 'ord_{lower:6}' } },
  },
  {
    event: 'subscription',
    wire: null,
    summary: 'A payment of a subscription got another status',
    body: { form: { id: 'tr_{id:10}', subscriptionId: 'sub_{id:10}' } },
  },
]
