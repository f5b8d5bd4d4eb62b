import type { Provider } from '../types.ts'

export const coinbaseCdp: Provider = {
  id: 'coinbase-cdp',
  name: 'Coinbase Developer Platform',
  docs: 'https://docs.cdp.coinbase.com/webhooks/verify-signatures',
  detect: [{ header: 'X-Hook0-Signature' }],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Hook0-Signature',
      format: 't={t},h={names},v1={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: { canonical: 'hook0' },
    },
  ],
  event: ['json:eventType', 'json:type', 'header:X-Event-Type'],
  delivery: ['header:X-Event-Id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [5, 60, 300, 3600], note: 'not published' },
  send: { contentType: 'application/json', headers: { 'X-Event-Id': '{uuid}', 'X-Event-Type': '{event}' } },
  secret: {
    env: 'COINBASE_WEBHOOK_SECRET',
    make: { kind: 'uuid' },
    hint: 'metadata.secret of the subscription, shown when it is made',
  },
  quirks: ['Some headers are signed too: their names stand in h= and their values before the body.'],
  confidence: { signature: 'verified', events: 'recalled', delivery: 'recalled' },
}
