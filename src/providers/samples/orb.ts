import type { Sample, Template } from './types.ts'

const CUSTOMER: Template = {
  id: '{id:16@customer}',
  external_customer_id: 'user_{int:5}',
  name: 'Jonas Brandt',
  email: 'jonas.brandt@example.com',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  balance: '0.00',
  created_at: '{now:utc}',
  metadata: {},
}

/** https://docs.withorb.com/integrations-and-exports/webhooks */
function orbEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: { json: { id: '{id:16}', created_at: '{now:utc}', type: event, properties: {}, ...more } },
  }
}

export const samples: readonly Sample[] = [
  orbEvent('customer.created', 'A customer signed up', { customer: CUSTOMER }),
  orbEvent('invoice.issued', 'An invoice was issued', {
    invoice: {
      id: '{id:16}',
      invoice_number: 'HL-{int:5}',
      status: 'issued',
      currency: 'EUR',
      subtotal: '19.00',
      total: '19.00',
      amount_due: '19.00',
      invoice_date: '{now:utc}',
      due_date: '{now:utc+14d}',
      customer: { id: '{id:16@customer}', external_customer_id: 'user_{int:5}' },
      line_items: [{ id: '{id:16}', name: 'Studio plan', quantity: 1, amount: '19.00' }],
      metadata: {},
    },
  }),
]
