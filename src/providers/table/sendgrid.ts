import type { Provider } from '../types.ts'

export const sendgrid: Provider = {
  id: 'sendgrid',
  name: 'SendGrid',
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  detect: [
    { header: 'X-Twilio-Email-Event-Webhook-Signature' },
    { header: 'User-Agent', prefix: 'SendGrid Event API' },
    { where: { 'json:0.sg_event_id': true } },
  ],
  schemes: [
    {
      name: 'ecdsa',
      algorithm: 'ecdsa-p256-sha256',
      encoding: 'base64',
      signature: 'header:X-Twilio-Email-Event-Webhook-Signature',
      key: { form: 'spki' },
      timestamp: { from: 'header:X-Twilio-Email-Event-Webhook-Timestamp', unit: 's' },
      content: '{t}{body}',
    },
  ],
  event: ['json:0.event'],
  delivery: ['json:0.sg_event_id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [300, 600, 1200, 3600, 14_400, 43_200], note: 'for up to 24 hours' },
  send: { userAgent: 'SendGrid Event API', contentType: 'application/json' },
  secret: {
    env: 'SENDGRID_WEBHOOK_PUBLIC_KEY',
    make: { kind: 'p256-spki' },
    hint: 'the Verification Key: a public key, base64 without PEM lines',
  },
  quirks: [
    'The body ends with \\r\\n, which is signed: a parser that trims breaks it.',
    'Inbound Parse is another, multipart product and is not signed this way.',
  ],
  laxer: [
    {
      sdk: '@sendgrid/eventwebhook',
      accepts: 'any-timestamp',
      note: 'it checks no time, nor do we unless --tolerance is given',
    },
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
