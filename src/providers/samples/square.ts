import type { Sample, Template } from './types.ts'

/** https://developer.squareup.com/docs/webhooks/build-with-webhooks */
function squareEvent(event: string, kind: string, id: string, summary: string, object: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        merchant_id: 'ML{upper:11}',
        location_id: 'L{upper:12@location}',
        type: event,
        event_id: '{uuid}',
        created_at: '{now:iso}',
        data: { type: kind, id, object },
      },
    },
  }
}

const TOTAL: Template = { amount: 3450, currency: 'GBP' }

export const samples: readonly Sample[] = [
  squareEvent('payment.updated', 'payment', '{id:28@payment}', 'A payment went through', {
    payment: {
      id: '{id:28@payment}',
      created_at: '{now:iso-1m}',
      updated_at: '{now:iso}',
      amount_money: TOTAL,
      total_money: TOTAL,
      approved_money: TOTAL,
      status: 'COMPLETED',
      source_type: 'CARD',
      card_details: {
        status: 'CAPTURED',
        card: {
          card_brand: 'VISA',
          last_4: '4242',
          exp_month: 9,
          exp_year: 2031,
          fingerprint: 'sq-1-{id:70}',
          card_type: 'CREDIT',
          bin: '424242',
        },
        entry_method: 'KEYED',
        cvv_status: 'CVV_ACCEPTED',
        avs_status: 'AVS_ACCEPTED',
        auth_result_code: '{id:6}',
      },
      location_id: 'L{upper:12@location}',
      order_id: '{id:28@order}',
      customer_id: '{upper:26@customer}',
      receipt_number: '{id:4}',
      receipt_url: 'https://pay.example.com/receipts/{id:28@payment}',
      delay_action: 'CANCEL',
      delay_duration: 'PT168H',
      version: 3,
    },
  }),
  squareEvent('order.created', 'order_created', '{id:28@order}', 'An order was placed', {
    order_created: {
      created_at: '{now:iso}',
      location_id: 'L{upper:12@location}',
      order_id: '{id:28@order}',
      state: 'OPEN',
      version: 1,
    },
  }),
  squareEvent('customer.created', 'customer', '{upper:26@customer}', 'A customer signed up', {
    customer: {
      id: '{upper:26@customer}',
      created_at: '{now:iso}',
      updated_at: '{now:iso}',
      given_name: 'Mina',
      family_name: 'Okafor',
      email_address: 'mina.okafor@example.com',
      creation_source: 'DIRECTORY',
      preferences: { email_unsubscribed: false },
      version: 0,
    },
  }),
  squareEvent('refund.updated', 'refund', '{id:28@payment}_{id:24@refund}', 'A payment was paid back', {
    refund: {
      id: '{id:28@payment}_{id:24@refund}',
      created_at: '{now:iso-2m}',
      updated_at: '{now:iso}',
      amount_money: TOTAL,
      status: 'COMPLETED',
      location_id: 'L{upper:12@location}',
      order_id: '{id:28@order}',
      payment_id: '{id:28@payment}',
      reason: 'The mug came broken',
      version: 5,
    },
  }),
]
