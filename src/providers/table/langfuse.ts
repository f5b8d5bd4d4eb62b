import type { Provider } from '../types.ts'

export const langfuse: Provider = {
  id: 'langfuse',
  name: 'Langfuse',
  docs: 'https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations',
  detect: [{ header: 'x-langfuse-signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:x-langfuse-signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{t}.{body}',
    },
  ],
  event: [['json:type', 'json:action'], ['json:type']],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [1, 2, 4, 8] },
  send: { userAgent: 'Langfuse/1.0', contentType: 'application/json' },
  secret: {
    env: 'LANGFUSE_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'the signing secret, shown when the webhook is made',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
