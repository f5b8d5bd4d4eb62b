import type { Provider } from '../types.ts'

export const calendly: Provider = {
  id: 'calendly',
  name: 'Calendly',
  docs: 'https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures',
  detect: [{ header: 'Calendly-Webhook-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Calendly-Webhook-Signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 180 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:event'],
  delivery: ['json:payload.uri'],
  respond: { codes: '2xx' },
  retry: {
    delaysS: [60, 300, 1800, 7200, 21_600],
    note: 'for 24 hours, and then the subscription is disabled',
  },
  send: { userAgent: 'Calendly', contentType: 'application/json' },
  secret: {
    env: 'CALENDLY_WEBHOOK_SIGNING_KEY',
    make: { kind: 'hex', bytes: 32 },
    hint: 'the signing_key that you gave when the subscription was made',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
