import type { Provider } from '../types.ts'
import { standardSecret, SVIX_RETRY_DELAYS_S, SVIX_SCHEMES } from './parts/standard.ts'

export const svix: Provider = {
  id: 'svix',
  name: 'Svix',
  docs: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
  detect: [
    { header: 'svix-signature', shared: true },
    { header: 'User-Agent', prefix: 'Svix-Webhooks/', shared: true },
  ],
  schemes: SVIX_SCHEMES,
  event: ['json:type', 'json:event_type', 'json:eventType'],
  delivery: ['header:svix-id', 'header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000, note: '30 s in a server of your own' },
  retry: { delaysS: SVIX_RETRY_DELAYS_S, note: 'an endpoint that fails for 5 days is disabled' },
  send: {
    userAgent: 'Svix-Webhooks/1.81.0 (+https://www.svix.com/http-sender/)',
    contentType: 'application/json',
    headers: { 'svix-id': 'msg_{id:27}' },
  },
  secret: standardSecret('SVIX_WEBHOOK_SECRET', 'whsec_…, the Signing Secret of the endpoint'),
  quirks: ['The headers are svix-* or, whitelabelled, webhook-*; both are taken.'],
  laxer: [
    {
      sdk: 'svix',
      accepts: 'sloppy-signature',
      note: 'it reads 12abc as timestamp 12 and allows full stops in the id',
    },
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
