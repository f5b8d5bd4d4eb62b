import type { Provider } from '../types.ts'

export const airtable: Provider = {
  id: 'airtable',
  name: 'Airtable',
  docs: 'https://airtable.com/developers/web/api/webhooks-overview',
  detect: [{ header: 'X-Airtable-Content-MAC' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Airtable-Content-MAC',
      format: 'hmac-sha256={sig}',
      key: { form: 'base64' },
      content: '{body}',
    },
  ],
  respond: { codes: '200,204', deadlineMs: 25_000 },
  retry: {
    delaysS: [10, 30, 60, 300, 900, 3600, 7200, 14_400, 28_800],
    note: 'up to 13 times in about a day',
  },
  send: { contentType: 'application/json' },
  secret: {
    env: 'AIRTABLE_MAC_SECRET',
    make: { kind: 'base64', bytes: 32 },
    hint: 'macSecretBase64 from the answer that made the webhook; it is decoded',
  },
  quirks: ['The request only says that something changed: fetch the payloads.'],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'secondary' },
}
