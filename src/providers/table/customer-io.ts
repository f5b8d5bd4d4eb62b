import type { Provider } from '../types.ts'

export const customerIo: Provider = {
  id: 'customer-io',
  name: 'Customer.io',
  aliases: ['customerio'],
  docs: 'https://docs.customer.io/journeys/webhooks/',
  detect: [{ header: 'X-CIO-Signature' }, { header: 'X-CIO-Timestamp' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-CIO-Signature',
      timestamp: { from: 'header:X-CIO-Timestamp', unit: 's', toleranceS: 300 },
      content: 'v0:{t}:{body}',
    },
  ],
  event: [['json:object_type', 'json:metric'], ['json:metric']],
  delivery: ['json:event_id'],
  respond: { codes: '2xx', deadlineMs: 4000 },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'for 7 days' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'CUSTOMERIO_SIGNING_KEY',
    make: { kind: 'hex', bytes: 32 },
    hint: 'webhook signing key of the reporting webhook',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
