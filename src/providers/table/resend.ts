import type { Provider } from '../types.ts'
import { standardSecret, SVIX_RETRY_DELAYS_S, SVIX_SCHEMES } from './parts/standard.ts'

export const resend: Provider = {
  id: 'resend',
  name: 'Resend',
  docs: 'https://resend.com/docs/dashboard/webhooks/introduction',
  detect: [
    { header: 'svix-signature', where: { 'json:created_at': true, 'json:data.email_id': true } },
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
  secret: standardSecret('RESEND_WEBHOOK_SECRET', "whsec_…, Signing Secret on the webhook's page"),
  confidence: { signature: 'verified', events: 'secondary', delivery: 'secondary' },
}
