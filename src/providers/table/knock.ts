import type { Provider } from '../types.ts'

export const knock: Provider = {
  id: 'knock',
  name: 'Knock',
  docs: 'https://docs.knock.app/developer-tools/outbound-webhooks/overview',
  detect: [{ header: 'x-knock-signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-knock-signature',
      format: 't={t},s={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 'ms', toleranceS: 300 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 300, 1800, 7200], note: 'up to 8 times' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'KNOCK_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 40 },
    hint: 'the signing key of the webhook',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
