import type { Sample, Template } from './types.ts'

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event. SendGrid ends every body with CR LF. */
function sendgridEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: [
        {
          email: 'mina.okafor@example.com',
          timestamp: '{#now:unix}',
          'smtp-id': '<{id:22}@geopod-ismtpd-12>',
          event,
          category: ['order confirmation'],
          sg_event_id: '{id:48}',
          sg_message_id: '{id:22@message}.recvd-{hex:10@queue}-1-{upper:8@queue}-1.0',
          ...more,
        },
      ],
      end: '\r\n',
    },
  }
}

export const samples: readonly Sample[] = [
  sendgridEvent('processed', 'A message was accepted and will be sent', { send_at: 0 }),
  sendgridEvent('delivered', 'A message reached the mail server of its reader', {
    response: '250 2.0.0 OK',
    ip: '203.0.113.71',
    tls: 1,
  }),
  sendgridEvent('open', 'A message was opened', {
    useragent: 'Mozilla/5.0 (X11; Linux x86_64)',
    ip: '203.0.113.24',
    sg_machine_open: false,
    sg_content_type: 'html',
  }),
  sendgridEvent('bounce', 'A message came back', {
    reason: '550 5.1.1 There is no mailbox of that name',
    status: '5.1.1',
    type: 'bounce',
    bounce_classification: 'Invalid Address',
    ip: '203.0.113.71',
    tls: 1,
  }),
]
