import type { Provider } from '../types.ts'

export const cal: Provider = {
  id: 'cal',
  name: 'Cal.com',
  aliases: ['cal-com'],
  docs: 'https://cal.com/docs/core-features/webhooks',
  detect: [{ header: 'X-Cal-Signature-256' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Cal-Signature-256',
      content: '{body}',
    },
  ],
  event: ['json:triggerEvent'],
  delivery: ['json:payload.uid'],
  respond: { codes: '2xx' },
  send: { userAgent: 'node', contentType: 'application/json' },
  secret: {
    env: 'CAL_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'the Secret field of the webhook',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
