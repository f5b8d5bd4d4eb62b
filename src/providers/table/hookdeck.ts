import type { Provider } from '../types.ts'

export const hookdeck: Provider = {
  id: 'hookdeck',
  name: 'Hookdeck',
  docs: 'https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification',
  detect: [{ header: 'x-hookdeck-signature' }, { header: 'x-hookdeck-eventid', shared: true }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-hookdeck-signature',
      content: '{body}',
    },
    {
      name: 'second',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-hookdeck-signature-2',
      alternative: true,
      content: '{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['header:x-hookdeck-eventid'],
  respond: { codes: '2xx', deadlineMs: 60_000 },
  retry: { delaysS: [], note: 'by the rules of the connection' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'HOOKDECK_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 48 },
    hint: 'Signing Secret under Settings, Secrets',
  },
  quirks: ['While the secret is being rotated, x-hookdeck-signature-2 holds the signature of the other one.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
