import type { Provider } from '../types.ts'

export const lemonsqueezy: Provider = {
  id: 'lemonsqueezy',
  name: 'Lemon Squeezy',
  docs: 'https://docs.lemonsqueezy.com/help/webhooks/signing-requests',
  detect: [
    { header: 'X-Event-Name' },
    { header: 'User-Agent', prefix: 'LemonSqueezy-Hookshot' },
    { header: 'X-Signature', shared: true },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Signature',
      content: '{body}',
    },
  ],
  event: ['header:X-Event-Name', 'json:meta.event_name'],
  respond: { codes: '200', note: 'exactly 200: a 204 counts as a failure' },
  retry: { delaysS: [5, 25, 125] },
  send: {
    userAgent: 'LemonSqueezy-Hookshot',
    contentType: 'application/json',
    headers: { 'X-Event-Name': '{event}' },
  },
  secret: {
    env: 'LEMONSQUEEZY_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'the signing secret that you chose, 6 to 40 characters',
  },
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
