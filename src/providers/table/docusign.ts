import type { Provider } from '../types.ts'

export const docusign: Provider = {
  id: 'docusign',
  name: 'DocuSign Connect',
  docs: 'https://developers.docusign.com/platform/webhooks/connect/hmac/',
  detect: [{ header: 'X-DocuSign-Signature-1' }, { header: 'X-Authorization-Digest', prefix: 'HMACSHA256' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:X-DocuSign-Signature-*',
      content: '{body}',
    },
  ],
  event: ['json:event'],
  respond: { codes: '2xx' },
  retry: { delaysS: [300, 600, 1200, 2400, 4800, 9600], note: 'doubling from 5 minutes, for 15 days' },
  send: {
    contentType: 'application/json; charset=utf-8',
    headers: { 'X-Authorization-Digest': 'HMACSHA256' },
  },
  secret: {
    env: 'DOCUSIGN_HMAC_KEY',
    make: { kind: 'base64', bytes: 32 },
    hint: 'a Connect HMAC key, used as it stands',
  },
  quirks: ['There is one header for every key of the account, up to 100; one that matches is enough.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'secondary' },
}
