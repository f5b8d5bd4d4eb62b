import type { Provider } from '../types.ts'
import { standardSchemes, standardSecret, SVIX_RETRY_DELAYS_S } from './parts/standard.ts'

export const gemini: Provider = {
  id: 'gemini',
  name: 'Google Gemini API',
  docs: 'https://ai.google.dev/gemini-api/docs/webhooks',
  detect: [{ header: 'webhook-signature', shared: true }],
  schemes: standardSchemes('webhook'),
  event: ['json:type'],
  delivery: ['header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: SVIX_RETRY_DELAYS_S, note: 'as Standard Webhooks recommends; not published' },
  send: { contentType: 'application/json', headers: { 'webhook-id': 'msg_{id:27}' } },
  secret: standardSecret('GEMINI_WEBHOOK_SECRET', 'whsec_…, the secret of the webhook'),
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
