import type { Provider } from '../types.ts'

export const revenuecat: Provider = {
  id: 'revenuecat',
  name: 'RevenueCat',
  docs: 'https://www.revenuecat.com/docs/integrations/webhooks',
  detect: [
    { header: 'X-RevenueCat-Webhook-Signature' },
    { where: { 'json:api_version': true, 'json:event.app_user_id': true } },
  ],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-RevenueCat-Webhook-Signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{t}.{body}',
    },
    {
      name: 'authorization',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'header:Authorization',
      content: '',
    },
  ],
  event: ['json:event.type'],
  delivery: ['json:event.id'],
  respond: { codes: '200', deadlineMs: 60_000 },
  retry: { delaysS: [300, 600, 1200, 2400, 4800] },
  send: { contentType: 'application/json' },
  secret: {
    env: 'REVENUECAT_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'the signing secret; where signing is off, the whole Authorization header value you configured',
  },
  quirks: [
    'The signature is optional. Where it is present it decides, and the Authorization value is not looked at.',
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'verified' },
}
