import type { Sample, Template } from './types.ts'

const CUSTOMER: Template = {
  id: '{id:17@customer}',
  first_name: 'Jonas',
  last_name: 'Brandt',
  email: 'jonas.brandt@example.com',
  auto_collection: 'on',
  net_term_days: 0,
  created_at: '{#now:unix}',
  taxability: 'taxable',
  updated_at: '{#now:unix}',
  resource_version: '{#now:ms}',
  deleted: false,
  object: 'customer',
  preferred_currency_code: 'EUR',
}

const SUBSCRIPTION: Template = {
  id: '{id:17@subscription}',
  billing_period: 1,
  billing_period_unit: 'month',
  customer_id: '{id:17@customer}',
  status: 'active',
  current_term_start: '{#now:unix}',
  current_term_end: '{#now:unix+30d}',
  next_billing_at: '{#now:unix+30d}',
  created_at: '{#now:unix}',
  started_at: '{#now:unix}',
  activated_at: '{#now:unix}',
  updated_at: '{#now:unix}',
  has_scheduled_changes: false,
  resource_version: '{#now:ms}',
  deleted: false,
  object: 'subscription',
  currency_code: 'EUR',
  subscription_items: [
    {
      item_price_id: 'studio-EUR-monthly',
      item_type: 'plan',
      quantity: 1,
      unit_price: 1900,
      amount: 1900,
      object: 'subscription_item',
    },
  ],
}

const TRANSACTION: Template = {
  id: 'txn_{id:17}',
  customer_id: '{id:17@customer}',
  subscription_id: '{id:17@subscription}',
  gateway: 'chargebee',
  type: 'payment',
  date: '{#now:unix}',
  amount: 1900,
  status: 'success',
  payment_method: 'card',
  masked_card_number: '************4242',
  object: 'transaction',
  currency_code: 'EUR',
}

/** https://apidocs.chargebee.com/docs/api/events */
function chargebeeEvent(event: string, summary: string, content: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: 'ev_{id:17}',
        occurred_at: '{#now:unix}',
        source: 'admin_console',
        user: 'mina.okafor@example.com',
        object: 'event',
        api_version: 'v2',
        content,
        event_type: event,
        webhook_status: 'scheduled',
        webhooks: [{ id: 'whv2_{id:17}', webhook_status: 'scheduled', object: 'webhook' }],
      },
    },
  }
}

export const samples: readonly Sample[] = [
  chargebeeEvent('customer_created', 'A customer signed up', { customer: CUSTOMER }),
  chargebeeEvent('subscription_created', 'A subscription began', {
    subscription: SUBSCRIPTION,
    customer: CUSTOMER,
  }),
  chargebeeEvent('payment_succeeded', 'A payment went through', {
    transaction: TRANSACTION,
    customer: CUSTOMER,
    subscription: SUBSCRIPTION,
  }),
]
