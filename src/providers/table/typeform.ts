import type { Provider } from '../types.ts'

export const typeform: Provider = {
  id: 'typeform',
  name: 'Typeform',
  docs: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
  detect: [{ header: 'Typeform-Signature' }, { header: 'User-Agent', prefix: 'Typeform Webhooks' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:Typeform-Signature',
      format: 'sha256={sig}',
      content: '{body}',
    },
  ],
  event: ['json:event_type'],
  delivery: ['json:event_id'],
  respond: { codes: '2xx', deadlineMs: 30_000 },
  retry: {
    delaysS: [120, 180, 180, 180, 180],
    note: '408, 423, 429 and 503 for 10 hours, others about five times; 404 and 410 switch the webhook off at once',
  },
  send: { userAgent: 'Typeform Webhooks', contentType: 'application/json' },
  secret: {
    env: 'TYPEFORM_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'the secret that you set on the webhook',
  },
  quirks: ["The signature begins with sha256= as GitHub's does, but is base64 behind it."],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'secondary' },
}
