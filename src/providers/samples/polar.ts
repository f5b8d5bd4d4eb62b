import type { Sample, Template } from './types.ts'

const CUSTOMER: Readonly<Record<string, Template>> = {
  id: '{uuid@customer}',
  created_at: '{now:iso}',
  modified_at: null,
  metadata: {},
  external_id: 'user_{int:5}',
  email: 'jonas.brandt@example.com',
  email_verified: true,
  name: 'Jonas Brandt',
  billing_address: {
    country: 'DE',
    city: 'Hamburg',
    postal_code: '20457',
    line1: null,
    line2: null,
    state: null,
  },
  tax_id: null,
  organization_id: '{uuid@organization}',
  deleted_at: null,
  avatar_url: 'https://avatar.example.com/jonas.png',
}

const PRODUCT: Template = {
  id: '{uuid@product}',
  created_at: '{now:iso-90d}',
  modified_at: null,
  name: 'Studio plan',
  description: 'Draw your own mugs',
  recurring_interval: 'month',
  is_recurring: true,
  is_archived: false,
  organization_id: '{uuid@organization}',
  metadata: {},
}

/** https://polar.sh/docs/integrate/webhooks/events */
function polarEvent(event: string, summary: string, data: Template): Sample {
  return { event, summary, body: { json: { type: event, timestamp: '{now:iso}', data } } }
}

export const samples: readonly Sample[] = [
  polarEvent('customer.created', 'A customer signed up', CUSTOMER),
  polarEvent('order.paid', 'An order was paid', {
    id: '{uuid@order}',
    created_at: '{now:iso}',
    modified_at: null,
    status: 'paid',
    paid: true,
    subtotal_amount: 1900,
    discount_amount: 0,
    net_amount: 1900,
    tax_amount: 361,
    total_amount: 2261,
    refunded_amount: 0,
    refunded_tax_amount: 0,
    currency: 'eur',
    billing_reason: 'subscription_create',
    customer_id: '{uuid@customer}',
    product_id: '{uuid@product}',
    discount_id: null,
    subscription_id: '{uuid@subscription}',
    checkout_id: '{uuid}',
    metadata: {},
    customer: CUSTOMER,
    product: PRODUCT,
    items: [
      {
        id: '{uuid}',
        created_at: '{now:iso}',
        label: 'Studio plan',
        amount: 1900,
        tax_amount: 361,
        proration: false,
      },
    ],
  }),
  polarEvent('subscription.created', 'A subscription began', {
    id: '{uuid@subscription}',
    created_at: '{now:iso}',
    modified_at: null,
    amount: 1900,
    currency: 'eur',
    recurring_interval: 'month',
    status: 'active',
    current_period_start: '{now:iso}',
    current_period_end: '{now:iso+30d}',
    cancel_at_period_end: false,
    canceled_at: null,
    started_at: '{now:iso}',
    ends_at: null,
    ended_at: null,
    customer_id: '{uuid@customer}',
    product_id: '{uuid@product}',
    discount_id: null,
    checkout_id: '{uuid}',
    metadata: {},
    customer: CUSTOMER,
    product: PRODUCT,
  }),
]
