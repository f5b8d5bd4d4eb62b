import type { Provider } from '../types.ts'
import { standardSchemes, standardSecret, SVIX_RETRY_DELAYS_S } from './parts/standard.ts'

export const replicate: Provider = {
  id: 'replicate',
  name: 'Replicate',
  docs: 'https://replicate.com/docs/topics/webhooks/verify-webhook',
  detect: [
    { header: 'webhook-signature', where: { 'json:urls.get': true, 'json:version': true } },
    { header: 'webhook-signature', shared: true },
  ],
  schemes: standardSchemes('webhook'),
  event: ['json:status'],
  delivery: ['header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: SVIX_RETRY_DELAYS_S, note: 'as Standard Webhooks recommends; not published' },
  send: { contentType: 'application/json', headers: { 'webhook-id': 'msg_{id:27}' } },
  secret: standardSecret('REPLICATE_WEBHOOK_SECRET', 'whsec_…, from /v1/webhooks/default/secret'),
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
