import type { Provider } from '../types.ts'

export const adyen: Provider = {
  id: 'adyen',
  name: 'Adyen',
  docs: 'https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures',
  detect: [
    { header: 'HmacSignature' },
    { header: 'User-Agent', prefix: 'Adyen HttpClient' },
    { where: { 'json:notificationItems.0.NotificationRequestItem': true } },
  ],
  schemes: [
    {
      name: 'item',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'json:notificationItems.*.NotificationRequestItem.additionalData.hmacSignature',
      key: { form: 'hex' },
      content: { canonical: 'adyen' },
    },
    {
      name: 'header',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:HmacSignature',
      key: { form: 'hex' },
      content: '{body}',
    },
  ],
  event: ['json:notificationItems.0.NotificationRequestItem.eventCode', 'json:type'],
  delivery: ['json:notificationItems.0.NotificationRequestItem.pspReference', 'json:data.id'],
  respond: { codes: '2xx', deadlineMs: 10_000, body: '[accepted]' },
  retry: { delaysS: [120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800] },
  send: { userAgent: 'Adyen HttpClient 1.0', contentType: 'application/json; charset=utf-8' },
  secret: {
    env: 'ADYEN_HMAC_KEY',
    make: { kind: 'hex', bytes: 32 },
    hint: 'HMAC key of the webhook: 64 hex digits, which are decoded',
  },
  quirks: [
    'Payment webhooks sign eight fields inside each item; the rest of the body is not covered.',
    'Platform and management webhooks sign the whole body in the HmacSignature header.',
    'Basic authentication may be sent beside it.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'recalled' },
}
