import type { Provider } from '../types.ts'

export const coinbaseCommerce: Provider = {
  id: 'coinbase-commerce',
  name: 'Coinbase Commerce',
  docs: 'https://docs.cdp.coinbase.com/commerce/introduction/webhooks',
  detect: [{ header: 'X-CC-Webhook-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-CC-Webhook-Signature',
      content: '{body}',
    },
  ],
  event: ['json:event.type'],
  delivery: ['json:event.id'],
  respond: { codes: '200' },
  retry: { delaysS: [60, 300, 3600, 21_600, 86_400], note: 'for up to 3 days' },
  send: { userAgent: 'weipay-webhooks', contentType: 'application/json' },
  secret: {
    env: 'COINBASE_COMMERCE_WEBHOOK_SECRET',
    make: { kind: 'uuid' },
    hint: 'Webhook shared secret',
  },
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
