import type { Sample, Template } from './types.ts'

/** https://developer.paddle.com/webhooks/overview */
function paddleEvent(event: string, summary: string, data: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        event_id: 'evt_01{lower:24}',
        event_type: event,
        occurred_at: '{now:iso}',
        notification_id: 'ntf_01{lower:24}',
        data,
      },
    },
  }
}

const PRICE: Template = {
  id: 'pri_01{lower:24@price}',
  product_id: 'pro_01{lower:24@product}',
  name: 'Monthly',
  description: 'Studio, by the month',
  type: 'standard',
  status: 'active',
  tax_mode: 'account_setting',
  unit_price: { amount: '1900', currency_code: 'EUR' },
  unit_price_overrides: [],
  billing_cycle: { interval: 'month', frequency: 1 },
  trial_period: null,
  quantity: { minimum: 1, maximum: 20 },
  custom_data: null,
}

const PERIOD: Template = { starts_at: '{now:iso}', ends_at: '{now:iso+30d}' }
const TOTALS: Readonly<Record<string, Template>> = {
  subtotal: '1597',
  discount: '0',
  tax: '303',
  total: '1900',
}

export const samples: readonly Sample[] = [
  paddleEvent('transaction.completed', 'A payment went through', {
    id: 'txn_01{lower:24@transaction}',
    status: 'completed',
    customer_id: 'ctm_01{lower:24@customer}',
    address_id: 'add_01{lower:24@address}',
    business_id: null,
    custom_data: { order: 'HL-{int:5}' },
    currency_code: 'EUR',
    origin: 'web',
    subscription_id: 'sub_01{lower:24@subscription}',
    invoice_id: 'inv_01{lower:24}',
    invoice_number: '325-{int:5}',
    collection_mode: 'automatic',
    discount_id: null,
    billing_details: null,
    billing_period: PERIOD,
    items: [{ price: PRICE, quantity: 1, proration: null }],
    details: {
      tax_rates_used: [{ tax_rate: '0.19', totals: TOTALS }],
      totals: {
        ...TOTALS,
        credit: '0',
        balance: '0',
        grand_total: '1900',
        fee: '145',
        earnings: '1452',
        currency_code: 'EUR',
      },
      line_items: [
        {
          id: 'txnitm_01{lower:24}',
          price_id: 'pri_01{lower:24@price}',
          quantity: 1,
          tax_rate: '0.19',
          totals: TOTALS,
          unit_totals: TOTALS,
        },
      ],
    },
    payments: [
      {
        payment_attempt_id: '{uuid}',
        payment_method_id: 'paymtd_01{lower:24}',
        amount: '1900',
        status: 'captured',
        error_code: null,
        method_details: {
          type: 'card',
          card: { type: 'visa', last4: '4242', expiry_month: 9, expiry_year: 2031 },
        },
        created_at: '{now:iso}',
        captured_at: '{now:iso}',
      },
    ],
    checkout: { url: 'https://shop.example.com/pay?_ptxn=txn_01{lower:24@transaction}' },
    created_at: '{now:iso-2m}',
    updated_at: '{now:iso}',
    billed_at: '{now:iso}',
  }),
  paddleEvent('subscription.created', 'A subscription began', {
    id: 'sub_01{lower:24@subscription}',
    status: 'active',
    customer_id: 'ctm_01{lower:24@customer}',
    address_id: 'add_01{lower:24@address}',
    business_id: null,
    transaction_id: 'txn_01{lower:24@transaction}',
    currency_code: 'EUR',
    created_at: '{now:iso}',
    updated_at: '{now:iso}',
    started_at: '{now:iso}',
    first_billed_at: '{now:iso}',
    next_billed_at: '{now:iso+30d}',
    paused_at: null,
    canceled_at: null,
    discount: null,
    collection_mode: 'automatic',
    billing_details: null,
    current_billing_period: PERIOD,
    billing_cycle: { interval: 'month', frequency: 1 },
    scheduled_change: null,
    items: [
      {
        status: 'active',
        quantity: 1,
        recurring: true,
        created_at: '{now:iso}',
        updated_at: '{now:iso}',
        previously_billed_at: '{now:iso}',
        next_billed_at: '{now:iso+30d}',
        trial_dates: null,
        price: PRICE,
      },
    ],
    custom_data: null,
  }),
  paddleEvent('customer.created', 'A customer signed up', {
    id: 'ctm_01{lower:24@customer}',
    status: 'active',
    custom_data: null,
    name: 'Jonas Brandt',
    email: 'jonas.brandt@example.com',
    marketing_consent: false,
    locale: 'de',
    created_at: '{now:iso}',
    updated_at: '{now:iso}',
    import_meta: null,
  }),
]
