import type { Provider } from '../types.ts'
import { standardSchemes, standardSecret, SVIX_RETRY_DELAYS_S } from './parts/standard.ts'

export const render: Provider = {
  id: 'render',
  name: 'Render',
  docs: 'https://render.com/docs/webhooks',
  detect: [
    { header: 'webhook-signature', where: { 'json:data.serviceId': true } },
    { header: 'webhook-signature', shared: true },
  ],
  schemes: standardSchemes('webhook'),
  event: ['json:type'],
  delivery: ['header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: SVIX_RETRY_DELAYS_S, note: 'as Standard Webhooks recommends; not published' },
  send: { contentType: 'application/json', headers: { 'webhook-id': 'msg_{id:27}' } },
  secret: standardSecret('RENDER_WEBHOOK_SECRET', 'whsec_…, the Signing Secret of the webhook'),
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
