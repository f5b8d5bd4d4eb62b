import type { Provider } from '../types.ts'

export const openai: Provider = {
  id: 'openai',
  name: 'OpenAI',
  docs: 'https://platform.openai.com/docs/guides/webhooks',
  detect: [
    { header: 'User-Agent', prefix: 'OpenAI/' },
    { header: 'webhook-signature', where: { 'json:object': 'event', 'json:created_at': true } },
    { header: 'webhook-signature', where: { 'json:object': 'event', 'json:type': true } },
    { header: 'webhook-signature', shared: true },
  ],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:webhook-signature',
      format: 'v1,{sig}',
      separator: ' ',
      key: { form: 'base64', prefix: 'whsec_', bare: 'utf8' },
      id: 'header:webhook-id',
      timestamp: { from: 'header:webhook-timestamp', unit: 's', toleranceS: 300 },
      content: '{id}.{t}.{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['header:webhook-id'],
  respond: { codes: '2xx' },
  retry: {
    delaysS: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
    note: 'for up to 72 hours, ever more slowly',
  },
  send: {
    userAgent: 'OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)',
    contentType: 'application/json',
    headers: { 'webhook-id': 'wh_{id:27}' },
  },
  secret: {
    env: 'OPENAI_WEBHOOK_SECRET',
    make: { kind: 'base64', bytes: 32, prefix: 'whsec_' },
    hint: 'whsec_…, shown once when the webhook is made',
  },
  quirks: ['A secret with whsec_ is decoded from base64; without it the text itself is the key.'],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
