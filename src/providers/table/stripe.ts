import type { Provider } from '../types.ts'

export const stripe: Provider = {
  id: 'stripe',
  name: 'Stripe',
  docs: 'https://docs.stripe.com/webhooks/signature',
  detect: [{ header: 'Stripe-Signature' }, { header: 'User-Agent', prefix: 'Stripe/' }],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Stripe-Signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: {
    delaysS: [3600, 7200, 14_400, 28_800, 57_600, 86_400],
    note: 'live mode retries for up to 3 days, ever more slowly; test mode 3 times within a few hours',
  },
  send: {
    userAgent: 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    contentType: 'application/json; charset=utf-8',
  },
  secret: {
    env: 'STRIPE_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32, prefix: 'whsec_' },
    hint: 'whsec_… of this endpoint, used as it stands; `stripe listen` prints another one',
  },
  quirks: [
    'The secret begins with whsec_ and is still not base64: the whole text is the key.',
    'Test mode adds a v0 signature, which nobody should accept.',
    'While a secret is being rolled, both the old and the new one sign.',
  ],
  laxer: [
    {
      sdk: 'stripe',
      accepts: 'future-timestamp',
      note: 'constructEvent only refuses timestamps in the past',
    },
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'secondary' },
}
