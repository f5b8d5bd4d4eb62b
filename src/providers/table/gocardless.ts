import type { Provider } from '../types.ts'

export const gocardless: Provider = {
  id: 'gocardless',
  name: 'GoCardless',
  docs: 'https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks',
  detect: [
    { header: 'User-Agent', prefix: 'gocardless-webhook-service' },
    { header: 'Webhook-Signature', where: { 'json:events.0.resource_type': true } },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Webhook-Signature',
      content: '{body}',
    },
  ],
  event: [['json:events.0.resource_type', 'json:events.0.action']],
  delivery: ['json:meta.webhook_id', 'json:events.0.id'],
  respond: { codes: '2xx', deadlineMs: 10_000, note: '498 says that the signature was wrong' },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'up to 8 times' },
  send: { userAgent: 'gocardless-webhook-service/1.1', contentType: 'application/json' },
  secret: {
    env: 'GOCARDLESS_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 40 },
    hint: 'the secret of the webhook endpoint',
  },
  quirks: ['Events come in an array; the first one names the request here.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
