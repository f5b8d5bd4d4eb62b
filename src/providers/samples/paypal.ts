import type { Sample, Template } from './types.ts'

const API = 'https://api.sandbox.paypal.com'
const AMOUNT: Template = { currency_code: 'GBP', value: '34.50' }

/** https://developer.paypal.com/api/rest/webhooks/event-names/ */
function paypalEvent(event: string, kind: string, summary: string, resource: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: 'WH-{upper:17@event}-{upper:17@event}',
        event_version: '1.0',
        create_time: '{now:iso}',
        resource_type: kind,
        resource_version: '2.0',
        event_type: event,
        summary,
        resource,
        links: [
          {
            href: `${API}/v1/notifications/webhooks-events/WH-{upper:17@event}-{upper:17@event}`,
            rel: 'self',
            method: 'GET',
          },
          {
            href: `${API}/v1/notifications/webhooks-events/WH-{upper:17@event}-{upper:17@event}/resend`,
            rel: 'resend',
            method: 'POST',
          },
        ],
      },
    },
  }
}

const PAYER: Template = {
  name: { given_name: 'Mina', surname: 'Okafor' },
  email_address: 'mina.okafor@example.com',
  payer_id: '{upper:13@payer}',
  address: { country_code: 'GB' },
}

export const samples: readonly Sample[] = [
  paypalEvent('PAYMENT.CAPTURE.COMPLETED', 'capture', 'A payment of £34.50 was captured', {
    id: '{upper:17@capture}',
    status: 'COMPLETED',
    amount: AMOUNT,
    final_capture: true,
    custom_id: 'HL-{int:5}',
    seller_protection: {
      status: 'ELIGIBLE',
      dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
    },
    seller_receivable_breakdown: {
      gross_amount: AMOUNT,
      paypal_fee: { currency_code: 'GBP', value: '1.30' },
      net_amount: { currency_code: 'GBP', value: '33.20' },
    },
    supplementary_data: { related_ids: { order_id: '{upper:17@order}' } },
    create_time: '{now:utc}',
    update_time: '{now:utc}',
    links: [{ href: `${API}/v2/payments/captures/{upper:17@capture}`, rel: 'self', method: 'GET' }],
  }),
  paypalEvent('CHECKOUT.ORDER.APPROVED', 'checkout-order', 'A buyer approved an order', {
    id: '{upper:17@order}',
    intent: 'CAPTURE',
    status: 'APPROVED',
    purchase_units: [
      { reference_id: 'default', amount: AMOUNT, payee: { email_address: 'orders@example.com' } },
    ],
    payer: PAYER,
    create_time: '{now:utc}',
    links: [{ href: `${API}/v2/checkout/orders/{upper:17@order}`, rel: 'self', method: 'GET' }],
  }),
  paypalEvent('BILLING.SUBSCRIPTION.ACTIVATED', 'subscription', 'A subscription began', {
    id: 'I-{upper:12@subscription}',
    plan_id: 'P-{upper:24}',
    status: 'ACTIVE',
    status_update_time: '{now:utc}',
    start_time: '{now:utc}',
    quantity: '1',
    subscriber: PAYER,
    billing_info: {
      outstanding_balance: { currency_code: 'GBP', value: '0.0' },
      cycle_executions: [{ tenure_type: 'REGULAR', sequence: 1, cycles_completed: 0, total_cycles: 0 }],
      next_billing_time: '{now:utc+30d}',
      failed_payments_count: 0,
    },
    create_time: '{now:utc}',
    update_time: '{now:utc}',
    links: [
      { href: `${API}/v1/billing/subscriptions/I-{upper:12@subscription}`, rel: 'self', method: 'GET' },
    ],
  }),
]
