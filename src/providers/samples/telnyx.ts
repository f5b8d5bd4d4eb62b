import type { Sample, Template } from './types.ts'

/** https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks */
function telnyxEvent(event: string, summary: string, payload: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        data: { event_type: event, id: '{uuid}', occurred_at: '{now:iso}', payload, record_type: 'event' },
        meta: { attempt: 1, delivered_to: 'https://shop.example.com/webhooks/telnyx' },
      },
    },
  }
}

const CUSTOMER_NUMBER = '+447700900456'
const SHOP_NUMBER = '+441174960123'

export const samples: readonly Sample[] = [
  telnyxEvent('message.received', 'A text message came in', {
    id: '{uuid}',
    record_type: 'message',
    direction: 'inbound',
    type: 'SMS',
    messaging_profile_id: '{uuid}',
    organization_id: '{uuid}',
    from: { phone_number: CUSTOMER_NUMBER, carrier: 'Example Mobile', line_type: 'Wireless' },
    to: [
      { phone_number: SHOP_NUMBER, carrier: 'Telnyx', line_type: 'Wireless', status: 'webhook_delivered' },
    ],
    cc: [],
    text: 'Is my order on its way? #1042',
    media: [],
    encoding: 'GSM-7',
    parts: 1,
    tags: [],
    errors: [],
    received_at: '{now:iso}',
    sent_at: null,
    completed_at: null,
    cost: null,
    valid_until: null,
  }),
  telnyxEvent('message.finalized', 'A text message of yours was delivered', {
    id: '{uuid}',
    record_type: 'message',
    direction: 'outbound',
    type: 'SMS',
    messaging_profile_id: '{uuid}',
    organization_id: '{uuid}',
    from: { phone_number: SHOP_NUMBER, carrier: 'Telnyx', line_type: 'Wireless' },
    to: [
      {
        phone_number: CUSTOMER_NUMBER,
        carrier: 'Example Mobile',
        line_type: 'Wireless',
        status: 'delivered',
      },
    ],
    cc: [],
    text: 'Your order is on its way.',
    media: [],
    encoding: 'GSM-7',
    parts: 1,
    tags: [],
    errors: [],
    received_at: '{now:iso-1m}',
    sent_at: '{now:iso-1m}',
    completed_at: '{now:iso}',
    cost: { amount: '0.0040', currency: 'USD' },
    valid_until: '{now:iso+1h}',
  }),
  telnyxEvent('call.initiated', 'Somebody calls your number', {
    call_control_id: 'v3:{id:40}',
    call_leg_id: '{uuid}',
    call_session_id: '{uuid}',
    client_state: null,
    connection_id: '{int:19}',
    direction: 'incoming',
    from: CUSTOMER_NUMBER,
    to: SHOP_NUMBER,
    start_time: '{now:iso}',
    state: 'parked',
  }),
]
