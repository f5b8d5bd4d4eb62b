import type { Provider } from '../types.ts'

export const woocommerce: Provider = {
  id: 'woocommerce',
  name: 'WooCommerce',
  docs: 'https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks',
  detect: [{ header: 'X-WC-Webhook-Topic' }, { header: 'X-WC-Webhook-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:X-WC-Webhook-Signature',
      content: '{body}',
    },
  ],
  event: ['header:X-WC-Webhook-Topic'],
  delivery: ['header:X-WC-Webhook-Delivery-ID'],
  respond: { codes: '2xx', deadlineMs: 60_000 },
  retry: { delaysS: [], note: 'none; five failures in a row disable the webhook' },
  send: {
    userAgent: 'WooCommerce/10.0.0 Hookshot (WordPress/6.8)',
    contentType: 'application/json',
    headers: {
      'X-WC-Webhook-Source': 'https://shop.example.com/',
      'X-WC-Webhook-Topic': '{event}',
      'X-WC-Webhook-ID': '{int:3}',
      'X-WC-Webhook-Delivery-ID': '{hex:32}',
    },
  },
  secret: {
    env: 'WOOCOMMERCE_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 50 },
    hint: 'the Secret field of the webhook',
  },
  quirks: ['When a webhook is saved, an unsigned form with webhook_id comes first.'],
  confidence: { signature: 'secondary', events: 'verified', delivery: 'recalled' },
}
