import type { Provider } from '../types.ts'

export const pipedrive: Provider = {
  id: 'pipedrive',
  name: 'Pipedrive',
  docs: 'https://pipedrive.readme.io/docs/guide-for-webhooks-v2',
  detect: [
    { header: 'User-Agent', prefix: 'Pipedrive' },
    { where: { 'json:meta.entity': true, 'json:meta.action': true } },
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
  event: [['json:meta.entity', 'json:meta.action'], 'json:event'],
  delivery: ['json:meta.correlation_id', 'json:meta.id'],
  respond: { codes: '2xx', deadlineMs: 10_000 },
  retry: { delaysS: [3, 30, 150], note: 'three times; ten failures in a row ban the webhook for 30 minutes' },
  send: { userAgent: 'Pipedrive Webhooks', contentType: 'application/json' },
  secret: {
    env: 'PIPEDRIVE_WEBHOOK_BASIC_AUTH',
    make: { kind: 'alphanumeric', length: 24, prefix: 'hook:' },
    hint: 'user:password of the webhook',
  },
  quirks: ['Not signed: basic authentication is all there is.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
