import type { Provider } from '../types.ts'

export const telnyx: Provider = {
  id: 'telnyx',
  name: 'Telnyx',
  docs: 'https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks',
  detect: [{ header: 'telnyx-signature-ed25519' }],
  schemes: [
    {
      name: 'ed25519',
      algorithm: 'ed25519',
      encoding: 'base64',
      signature: 'header:telnyx-signature-ed25519',
      key: { form: 'base64' },
      timestamp: { from: 'header:telnyx-timestamp', unit: 's', toleranceS: 300 },
      content: '{t}|{body}',
    },
  ],
  event: ['json:data.event_type'],
  delivery: ['json:data.id'],
  respond: { codes: '2xx', deadlineMs: 2000 },
  retry: { delaysS: [60, 300], note: 'then the failover URL, if there is one' },
  send: { userAgent: 'telnyx-webhooks', contentType: 'application/json' },
  secret: {
    env: 'TELNYX_PUBLIC_KEY',
    make: { kind: 'ed25519-base64' },
    hint: 'the public key of the account, base64, not secret',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
