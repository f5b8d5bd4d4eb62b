import type { Provider } from '../types.ts'
import { standardSchemes, standardSecret, SVIX_RETRY_DELAYS_S } from './parts/standard.ts'

export const loops: Provider = {
  id: 'loops',
  name: 'Loops',
  docs: 'https://loops.so/docs/webhooks',
  detect: [
    { header: 'webhook-signature', where: { 'json:eventName': true, 'json:webhookSchemaVersion': true } },
    { header: 'webhook-signature', shared: true },
  ],
  schemes: standardSchemes('webhook'),
  event: ['json:eventName'],
  delivery: ['header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: SVIX_RETRY_DELAYS_S },
  send: {
    userAgent: 'Svix-Webhooks/1.81.0 (+https://www.svix.com/http-sender/)',
    contentType: 'application/json',
    headers: { 'webhook-id': 'msg_{id:27}' },
  },
  secret: standardSecret('LOOPS_WEBHOOK_SECRET', 'whsec_…, the signing secret of the endpoint'),
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'recalled' },
}
