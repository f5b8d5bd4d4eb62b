import type { Provider } from '../types.ts'

export const revolut: Provider = {
  id: 'revolut',
  name: 'Revolut Business and Merchant',
  docs: 'https://developer.revolut.com/docs/guides/accept-payments/tutorials/work-with-webhooks/verify-the-payload-signature',
  detect: [{ header: 'Revolut-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Revolut-Signature',
      format: 'v1={sig}',
      separator: ',',
      timestamp: { from: 'header:Revolut-Request-Timestamp', unit: 'ms', toleranceS: 300 },
      content: 'v1.{t}.{body}',
    },
  ],
  event: ['json:event'],
  respond: { codes: '2xx' },
  retry: { delaysS: [600, 600, 600], note: 'three times, ten minutes apart' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'REVOLUT_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32, prefix: 'wsk_' },
    hint: 'wsk_…, the signing_secret of the webhook, used as it stands',
  },
  quirks: ['While a secret is being rotated, several signatures come, separated by commas.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
