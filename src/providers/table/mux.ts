import type { Provider } from '../types.ts'

export const mux: Provider = {
  id: 'mux',
  name: 'Mux',
  docs: 'https://www.mux.com/docs/core/verify-webhook-signatures',
  detect: [{ header: 'Mux-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Mux-Signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'for 24 hours' },
  send: { userAgent: 'Mux', contentType: 'application/json' },
  secret: {
    env: 'MUX_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: "Signing Secret on the webhook's page",
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
