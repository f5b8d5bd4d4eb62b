import type { Provider } from '../types.ts'
import { standardSchemes, standardSecret } from './parts/standard.ts'

export const standardWebhooks: Provider = {
  id: 'standard-webhooks',
  name: 'Standard Webhooks',
  aliases: ['standard'],
  docs: 'https://www.standardwebhooks.com/',
  detect: [{ header: 'webhook-signature', shared: true }],
  schemes: standardSchemes('webhook'),
  event: ['json:type'],
  delivery: ['header:webhook-id'],
  respond: {
    codes: '2xx',
    deadlineMs: 15_000,
    note: '15 to 30 s; 410 disables the endpoint, 429, 502 and 504 slow it down',
  },
  retry: {
    delaysS: [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
    note: 'recommended; the id stays, time and signature are new at each attempt',
  },
  send: { contentType: 'application/json', headers: { 'webhook-id': 'msg_{id:27}' } },
  secret: standardSecret(
    'WEBHOOK_SECRET',
    'whsec_ and base64 of 24 to 64 bytes; v1a: whpk_ verifies, whsk_ signs',
  ),
  quirks: [
    'The part after whsec_ is decoded from base64 before it is used.',
    'Unknown versions in the list of signatures are skipped.',
  ],
  laxer: [
    {
      sdk: 'standardwebhooks',
      accepts: 'sloppy-signature',
      note: 'it reads 12abc as timestamp 12 and allows full stops in the id',
    },
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
