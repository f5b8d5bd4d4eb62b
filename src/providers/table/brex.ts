import type { Provider } from '../types.ts'
import { standardSchemes, standardSecret, SVIX_RETRY_DELAYS_S } from './parts/standard.ts'

export const brex: Provider = {
  id: 'brex',
  name: 'Brex',
  docs: 'https://developer.brex.com/openapi/webhooks_api/',
  detect: [
    { header: 'webhook-signature', where: { 'json:event_type': true, 'json:company_id': true } },
    { header: 'webhook-signature', shared: true },
  ],
  schemes: standardSchemes('webhook'),
  event: ['json:event_type'],
  delivery: ['header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: SVIX_RETRY_DELAYS_S },
  send: {
    userAgent: 'Svix-Webhooks/1.81.0 (+https://www.svix.com/http-sender/)',
    contentType: 'application/json',
    headers: { 'webhook-id': 'msg_{id:27}' },
  },
  secret: standardSecret('BREX_WEBHOOK_SECRET', 'the secret that the webhooks API lists'),
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'recalled' },
}
