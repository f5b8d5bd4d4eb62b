import type { Provider } from '../types.ts'

export const postmark: Provider = {
  id: 'postmark',
  name: 'Postmark',
  docs: 'https://postmarkapp.com/developer/webhooks/webhooks-overview',
  detect: [
    { header: 'User-Agent', prefix: 'Postmark' },
    { where: { 'json:RecordType': true, 'json:MessageID': true } },
  ],
  schemes: [
    {
      name: 'basic',
      algorithm: 'token',
      encoding: 'base64',
      signature: 'header:Authorization',
      format: 'Basic {sig}',
      content: '',
    },
  ],
  event: ['json:RecordType'],
  delivery: ['json:MessageID'],
  respond: { codes: '200' },
  retry: {
    delaysS: [60, 300, 600, 600, 600, 900, 1800, 3600, 7200, 21_600],
    note: 'ten times; 403 stops them',
  },
  send: { userAgent: 'Postmark', contentType: 'application/json' },
  secret: {
    env: 'POSTMARK_WEBHOOK_BASIC_AUTH',
    make: { kind: 'alphanumeric', length: 24, prefix: 'hook:' },
    hint: 'user:password of the webhook',
  },
  quirks: ['Not signed: basic authentication in the URL is the only protection.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
