import type { Provider } from '../types.ts'

export const orb: Provider = {
  id: 'orb',
  name: 'Orb',
  docs: 'https://docs.withorb.com/integrations-and-exports/webhooks',
  detect: [{ header: 'X-Orb-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Orb-Signature',
      format: 'v1={sig}',
      timestamp: { from: 'header:X-Orb-Timestamp', unit: 'iso', toleranceS: 300 },
      content: 'v1:{t}:{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'for 3 days' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'ORB_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: "the endpoint's signing secret",
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
