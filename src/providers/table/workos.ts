import type { Provider } from '../types.ts'

export const workos: Provider = {
  id: 'workos',
  name: 'WorkOS',
  docs: 'https://workos.com/docs/events/data-syncing/webhooks',
  detect: [{ header: 'WorkOS-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:WorkOS-Signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 'ms', toleranceS: 180 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:event'],
  delivery: ['json:id'],
  respond: { codes: '200' },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600, 43_200], note: 'up to 6 times within 3 days' },
  send: { userAgent: 'WorkOS/1.0', contentType: 'application/json' },
  secret: {
    env: 'WORKOS_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 25 },
    hint: 'the signing secret of the endpoint',
  },
  quirks: ['The time is in milliseconds.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
