import type { Sample, Template } from './types.ts'

/** The body is the application's own; ours is the customary one: https://docs.svix.com/event-types */
function svixEvent(event: string, summary: string, data: Template): Sample {
  return { event, summary, body: { json: { type: event, timestamp: '{now:iso}', data } } }
}

export const samples: readonly Sample[] = [
  svixEvent('invoice.paid', 'An invoice was paid', {
    id: 'inv_{id:16}',
    number: '2041',
    amount: 1900,
    currency: 'EUR',
    customer: { id: 'cus_{id:16}', email: 'jonas.brandt@example.com' },
  }),
  svixEvent('user.created', 'A user signed up', {
    id: 'usr_{id:16}',
    name: 'Jonas Brandt',
    email: 'jonas.brandt@example.com',
  }),
]
