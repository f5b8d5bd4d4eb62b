import type { Provider } from '../types.ts'

export const tailscale: Provider = {
  id: 'tailscale',
  name: 'Tailscale',
  docs: 'https://tailscale.com/kb/1213/webhooks',
  detect: [{ header: 'Tailscale-Webhook-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Tailscale-Webhook-Signature',
      format: 't={t},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:0.type'],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 300, 1800, 7200], note: 'for 24 hours' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'TAILSCALE_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32, prefix: 'tskey-webhook-' },
    hint: 'tskey-webhook-…, shown once',
  },
  quirks: ['Events come in an array; the first one names the request here.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
