import type { Provider } from '../types.ts'
import { standardSecret, SVIX_RETRY_DELAYS_S, SVIX_SCHEMES } from './parts/standard.ts'

export const clerk: Provider = {
  id: 'clerk',
  name: 'Clerk',
  docs: 'https://clerk.com/docs/webhooks/overview',
  detect: [
    { header: 'svix-signature', where: { 'json:object': 'event', 'json:instance_id': true } },
    { header: 'svix-signature', where: { 'json:object': 'event', 'json:data.object': true } },
    { header: 'svix-signature', shared: true },
  ],
  schemes: SVIX_SCHEMES,
  event: ['json:type'],
  delivery: ['header:svix-id', 'header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: SVIX_RETRY_DELAYS_S },
  send: {
    userAgent: 'Svix-Webhooks/1.81.0 (+https://www.svix.com/http-sender/)',
    contentType: 'application/json',
    headers: { 'svix-id': 'msg_{id:27}' },
  },
  secret: standardSecret('CLERK_WEBHOOK_SIGNING_SECRET', "whsec_…, Signing Secret on the endpoint's page"),
  confidence: { signature: 'verified', events: 'secondary', delivery: 'secondary' },
}
