import type { Sample, Template } from './types.ts'

const CUSTOMER: Template = {
  id: '{#int:8}',
  first_name: 'Mina',
  last_name: 'Okafor',
  email: 'mina.okafor@example.com',
  customer_code: 'CUS_{lower:15}',
  phone: null,
  metadata: null,
  risk_action: 'default',
}

const AUTHORIZATION: Template = {
  authorization_code: 'AUTH_{lower:10}',
  bin: '408408',
  last4: '4081',
  exp_month: '12',
  exp_year: '2031',
  channel: 'card',
  card_type: 'visa',
  bank: 'Example Bank',
  country_code: 'NG',
  brand: 'visa',
  reusable: true,
  signature: 'SIG_{id:20}',
  account_name: null,
}

/** https://paystack.com/docs/payments/webhooks/. Amounts are in kobo. */
function paystackEvent(event: string, summary: string, data: Template): Sample {
  return { event, summary, body: { json: { event, data } } }
}

export const samples: readonly Sample[] = [
  paystackEvent('charge.success', 'A payment went through', {
    id: '{#int:10}',
    domain: 'test',
    status: 'success',
    reference: '{lower:10}',
    amount: 1_500_000,
    message: null,
    gateway_response: 'Successful',
    paid_at: '{now:iso}',
    created_at: '{now:iso-1m}',
    channel: 'card',
    currency: 'NGN',
    ip_address: '203.0.113.24',
    metadata: { order: 'HL-{int:5}' },
    log: null,
    fees: 32_500,
    customer: CUSTOMER,
    authorization: AUTHORIZATION,
    plan: {},
    source: { type: 'api', source: 'merchant_api', identifier: null },
  }),
  paystackEvent('subscription.create', 'A subscription began', {
    domain: 'test',
    status: 'active',
    subscription_code: 'SUB_{lower:15}',
    amount: 500_000,
    cron_expression: '0 0 12 * *',
    next_payment_date: '{now:iso+30d}',
    open_invoice: null,
    createdAt: '{now:iso}',
    plan: {
      name: 'Studio',
      plan_code: 'PLN_{lower:15}',
      description: null,
      amount: 500_000,
      interval: 'monthly',
      send_invoices: true,
      currency: 'NGN',
    },
    authorization: AUTHORIZATION,
    customer: CUSTOMER,
    created_at: '{now:iso}',
  }),
  paystackEvent('transfer.success', 'Money was paid out', {
    amount: 1_000_000,
    currency: 'NGN',
    domain: 'test',
    failures: null,
    id: '{#int:8}',
    reason: 'Two crates of enamel',
    reference: '{lower:16}',
    source: 'balance',
    status: 'success',
    transfer_code: 'TRF_{lower:16}',
    transferred_at: null,
    recipient: {
      active: true,
      currency: 'NGN',
      name: 'Enamel Works',
      recipient_code: 'RCP_{lower:15}',
      type: 'nuban',
    },
    created_at: '{now:iso}',
    updated_at: '{now:iso}',
  }),
]
