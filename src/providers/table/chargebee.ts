import type { Provider } from '../types.ts'

export const chargebee: Provider = {
  id: 'chargebee',
  name: 'Chargebee',
  docs: 'https://www.chargebee.com/docs/webhook_settings.html',
  detect: [
    { header: 'User-Agent', prefix: 'ChargeBee' },
    { where: { 'json:event_type': true, 'json:webhook_status': true } },
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
  event: ['json:event_type'],
  delivery: ['json:id'],
  respond: { codes: '2xx', deadlineMs: 20_000 },
  retry: {
    delaysS: [120, 360, 1800, 3600, 18_000, 86_400, 172_800],
    note: 'seven times within about 3 days',
  },
  send: { userAgent: 'ChargeBee', contentType: 'application/json' },
  secret: {
    env: 'CHARGEBEE_WEBHOOK_BASIC_AUTH',
    make: { kind: 'alphanumeric', length: 24, prefix: 'hook:' },
    hint: 'user:password of the webhook',
  },
  quirks: ['Not signed: basic authentication is all there is.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
