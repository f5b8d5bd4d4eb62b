import type { Provider } from '../types.ts'

export const paystack: Provider = {
  id: 'paystack',
  name: 'Paystack',
  docs: 'https://paystack.com/docs/payments/webhooks/',
  detect: [{ header: 'x-paystack-signature' }],
  schemes: [
    {
      name: 'sha512',
      algorithm: 'hmac-sha512',
      encoding: 'hex',
      signature: 'header:x-paystack-signature',
      content: '{body}',
    },
  ],
  event: ['json:event'],
  delivery: ['json:data.id'],
  respond: { codes: '200' },
  retry: {
    delaysS: [180, 180, 180, 180, 3600],
    note: 'live: every 3 minutes four times, then hourly for 72 hours',
  },
  send: { contentType: 'application/json' },
  secret: {
    env: 'PAYSTACK_SECRET_KEY',
    make: { kind: 'hex', bytes: 20, prefix: 'sk_test_' },
    hint: 'the secret API key (sk_…), used as it stands',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
