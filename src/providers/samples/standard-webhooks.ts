import type { Sample, Template } from './types.ts'

/** The body that the specification recommends: https://www.standardwebhooks.com */
function standardEvent(event: string, summary: string, data: Template): Sample {
  return { event, summary, body: { json: { type: event, timestamp: '{now:iso}', data } } }
}

const CUSTOMER: Template = {
  id: 'cus_{id:16@customer}',
  name: 'Mina Okafor',
  email: 'mina.okafor@example.com',
}

export const samples: readonly Sample[] = [
  standardEvent('user.registered', 'Somebody signed up', {
    id: 'usr_{id:16}',
    name: 'Jonas Brandt',
    email: 'jonas.brandt@example.com',
    email_verified: false,
    plan: 'studio',
    created_at: '{now:iso}',
  }),
  standardEvent('order.created', 'An order was placed', {
    id: 'ord_{id:16}',
    number: '{#int:5}',
    status: 'open',
    currency: 'GBP',
    items: [{ sku: 'MUG-BLUE', name: 'Blue enamel mug', quantity: 2, unit_price: 1500 }],
    total: 3000,
    customer: CUSTOMER,
    created_at: '{now:iso}',
  }),
  standardEvent('payment.succeeded', 'A payment went through', {
    id: 'pay_{id:16}',
    order_id: 'ord_{id:16}',
    amount: 3000,
    currency: 'GBP',
    method: { type: 'card', brand: 'visa', last4: '4242' },
    customer: CUSTOMER,
    paid_at: '{now:iso}',
  }),
  standardEvent('build.triggered', 'A push triggered a build', {
    id: 'bld_{id:16}',
    project: 'storefront',
    trigger: { type: 'push', branch: 'main', commit: '{hex:40}', author: 'mina.okafor@example.com' },
    status: 'queued',
    created_at: '{now:iso}',
  }),
]
