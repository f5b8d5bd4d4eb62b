import type { Provider } from '../types.ts'

export const square: Provider = {
  id: 'square',
  name: 'Square',
  docs: 'https://developer.squareup.com/docs/webhooks/step3validate',
  detect: [{ header: 'x-square-hmacsha256-signature' }, { header: 'square-environment' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-square-hmacsha256-signature',
      content: '{url}{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:event_id'],
  respond: { codes: '2xx', deadlineMs: 10_000 },
  retry: {
    delaysS: [60, 120, 240, 480, 960, 1920, 3600, 7200, 14_400, 28_800, 43_200],
    note: 'up to 11 times within 24 hours; an older page says 72',
  },
  send: {
    userAgent: 'Square Connect v2',
    contentType: 'application/json',
    headers: { 'square-environment': 'Sandbox', 'square-initial-delivery-timestamp': '{now:iso}' },
  },
  secret: {
    env: 'SQUARE_WEBHOOK_SIGNATURE_KEY',
    make: { kind: 'alphanumeric', length: 22 },
    hint: 'Signature Key of the subscription',
  },
  quirks: ['The notification URL is signed before the body, exactly as registered: give --public-url.'],
  confidence: { signature: 'verified', events: 'verified', delivery: 'recalled' },
}
