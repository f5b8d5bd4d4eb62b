import type { Provider } from '../types.ts'

export const polar: Provider = {
  id: 'polar',
  name: 'Polar',
  docs: 'https://polar.sh/docs/integrate/webhooks/delivery',
  detect: [
    { header: 'User-Agent', prefix: 'polar.sh' },
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
      key: { form: 'utf8' },
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
    userAgent: 'polar.sh webhooks',
    contentType: 'application/json',
    headers: { 'webhook-id': 'msg_{id:27}' },
  },
  secret: {
    env: 'POLAR_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32, prefix: 'polar_whs_' },
    hint: 'the secret as shown, used as text',
  },
  quirks: ['The secret is used as text, though the headers are those of Standard Webhooks.'],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'recalled' },
}
