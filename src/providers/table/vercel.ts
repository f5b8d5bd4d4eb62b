import type { Provider } from '../types.ts'

export const vercel: Provider = {
  id: 'vercel',
  name: 'Vercel',
  docs: 'https://vercel.com/docs/webhooks/webhooks-api',
  detect: [{ header: 'x-vercel-signature' }],
  schemes: [
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'hex',
      signature: 'header:x-vercel-signature',
      content: '{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  respond: { codes: '2xx', deadlineMs: 30_000 },
  retry: { delaysS: [60, 300, 1800, 7200, 28_800], note: 'for up to 24 hours' },
  send: { userAgent: 'Vercel Webhooks', contentType: 'application/json' },
  secret: {
    env: 'VERCEL_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 24 },
    hint: 'shown once when the webhook is made; of an integration, its client secret',
  },
  quirks: ['SHA-1 is right here.', 'Log drains want an x-vercel-verify header in the answer.'],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
