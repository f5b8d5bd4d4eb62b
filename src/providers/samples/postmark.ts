import type { Sample, Template } from './types.ts'

/** https://postmarkapp.com/developer/webhooks/webhooks-overview */
function postmarkEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        RecordType: event,
        ServerID: '{#int:8}',
        MessageStream: 'outbound',
        MessageID: '{uuid}',
        Tag: 'order-confirmation',
        Metadata: { order: 'HL-{int:5}' },
        ...more,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  postmarkEvent('Delivery', 'A message reached the mail server of its reader', {
    Recipient: 'mina.okafor@example.com',
    DeliveredAt: '{now:utc}',
    Details: '250 2.0.0 OK',
  }),
  postmarkEvent('Bounce', 'A message came back', {
    ID: '{#int:10}',
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Description: 'There is no mailbox of that name.',
    Details: 'smtp;550 5.1.1 There is no mailbox of that name',
    Email: 'mina.okafor@example.com',
    From: 'orders@example.com',
    BouncedAt: '{now:utc}',
    DumpAvailable: true,
    Inactive: true,
    CanActivate: true,
    Subject: 'Your order is on its way',
  }),
  postmarkEvent('Open', 'A message was opened', {
    FirstOpen: true,
    Recipient: 'mina.okafor@example.com',
    ReceivedAt: '{now:utc}',
    Platform: 'Desktop',
    ReadSeconds: 0,
    UserAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    Client: { Name: 'Firefox', Company: 'Mozilla', Family: 'Firefox' },
    OS: { Name: 'Linux', Company: 'Linux', Family: 'Linux' },
    Geo: { IP: '203.0.113.24', City: 'Bristol', Country: 'United Kingdom', CountryISOCode: 'GB' },
  }),
]
