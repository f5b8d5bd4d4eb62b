import type { Provider } from '../types.ts'

export const twilio: Provider = {
  id: 'twilio',
  name: 'Twilio',
  aliases: ['twilio-json'],
  docs: 'https://www.twilio.com/docs/usage/webhooks/webhooks-security',
  detect: [
    { header: 'X-Twilio-Signature' },
    { header: 'I-Twilio-Idempotency-Token' },
    { header: 'User-Agent', prefix: 'TwilioProxy/' },
  ],
  schemes: [
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'base64',
      signature: 'header:X-Twilio-Signature',
      content: { canonical: 'twilio' },
      also: 'default-port',
    },
  ],
  event: ['form:EventType', 'form:MessageStatus', 'form:SmsStatus', 'form:CallStatus'],
  delivery: ['header:I-Twilio-Idempotency-Token'],
  respond: { codes: '2xx', deadlineMs: 15_000, body: '<Response/>', note: 'TwiML where a reply is wanted' },
  retry: { delaysS: [0], note: 'by default once, on connection errors; set with #rc and others in the URL' },
  send: {
    userAgent: 'TwilioProxy/1.1',
    contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
    headers: { 'I-Twilio-Idempotency-Token': '{uuid}' },
  },
  secret: {
    env: 'TWILIO_AUTH_TOKEN',
    make: { kind: 'hex', bytes: 16 },
    hint: 'the primary Auth Token of the account; API keys do not sign',
  },
  quirks: [
    'The whole public URL is signed, query included: behind a tunnel or proxy give --public-url.',
    'The port may or may not be part of what was signed; both are tried.',
    'A JSON body is not signed itself: its SHA-256 stands in the URL as bodySHA256.',
  ],
  confidence: { signature: 'verified', events: 'recalled', delivery: 'recalled' },
}
