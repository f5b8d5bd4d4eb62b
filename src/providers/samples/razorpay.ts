import type { Sample, Template } from './types.ts'

const PAYMENT: Readonly<Record<string, Template>> = {
  id: 'pay_{id:14@payment}',
  entity: 'payment',
  amount: 149_900,
  currency: 'INR',
  status: 'captured',
  order_id: 'order_{id:14@order}',
  invoice_id: null,
  international: false,
  method: 'card',
  amount_refunded: 0,
  refund_status: null,
  captured: true,
  description: 'Two blue enamel mugs',
  card_id: 'card_{id:14}',
  bank: null,
  wallet: null,
  vpa: null,
  email: 'priya.nair@example.com',
  contact: '+919876543210',
  notes: { order: 'HL-{int:5}' },
  fee: 3538,
  tax: 540,
  error_code: null,
  error_description: null,
  created_at: '{#now:unix-1m}',
}

/** https://razorpay.com/docs/webhooks/payloads/ */
function razorpayEvent(event: string, summary: string, entities: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        entity: 'event',
        account_id: 'acc_{id:14}',
        event,
        contains: Object.keys(entities),
        payload: Object.fromEntries(Object.entries(entities).map(([name, entity]) => [name, { entity }])),
        created_at: '{#now:unix}',
      },
    },
  }
}

export const samples: readonly Sample[] = [
  razorpayEvent('payment.captured', 'A payment went through', { payment: PAYMENT }),
  razorpayEvent('payment.failed', 'A payment failed', {
    payment: {
      ...PAYMENT,
      status: 'failed',
      captured: false,
      fee: null,
      tax: null,
      error_code: 'BAD_REQUEST_ERROR',
      error_description: 'The bank refused the payment.',
    },
  }),
  razorpayEvent('order.paid', 'An order was paid', {
    payment: PAYMENT,
    order: {
      id: 'order_{id:14@order}',
      entity: 'order',
      amount: 149_900,
      amount_paid: 149_900,
      amount_due: 0,
      currency: 'INR',
      receipt: 'HL-{int:5}',
      offer_id: null,
      status: 'paid',
      attempts: 1,
      notes: [],
      created_at: '{#now:unix-2m}',
    },
  }),
]
