import type { Provider } from '../types.ts'

export const shopify: Provider = {
  id: 'shopify',
  name: 'Shopify',
  docs: 'https://shopify.dev/docs/apps/build/webhooks/subscribe/https',
  detect: [
    { header: 'X-Shopify-Topic' },
    { header: 'X-Shopify-Hmac-Sha256' },
    { header: 'Shopify-Topic' },
    { header: 'Shopify-Hmac-Sha256' },
    { header: 'User-Agent', prefix: 'Shopify-Captain-Hook' },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:X-Shopify-Hmac-Sha256',
      content: '{body}',
    },
    {
      name: 'events',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:Shopify-Hmac-Sha256',
      content: '{body}',
    },
  ],
  event: ['header:X-Shopify-Topic', 'header:Shopify-Topic'],
  delivery: ['header:X-Shopify-Webhook-Id', 'header:Shopify-Webhook-Id'],
  respond: { codes: '200', deadlineMs: 5000, note: 'one second to connect' },
  retry: {
    delaysS: [60, 120, 240, 480, 960, 1920, 3840, 6780],
    note: 'eight times within 4 hours; eight failures in a row remove a subscription made by API',
  },
  send: {
    userAgent: 'Shopify-Captain-Hook',
    contentType: 'application/json',
    headers: {
      'X-Shopify-Api-Version': '2025-10',
      'X-Shopify-Event-Id': '{uuid}',
      'X-Shopify-Shop-Domain': 'example.myshopify.com',
      'X-Shopify-Topic': '{event}',
      'X-Shopify-Triggered-At': '{now:iso}',
      'X-Shopify-Webhook-Id': '{uuid}',
    },
  },
  secret: {
    env: 'SHOPIFY_API_SECRET',
    make: { kind: 'hex', bytes: 16, prefix: 'shpss_' },
    hint: "the app's client secret; for webhooks made in the admin, the one shown below their list",
  },
  quirks: ["A test notification from the admin is signed with another key than the app's."],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
