import type { Provider } from '../types.ts'

export const paddle: Provider = {
  id: 'paddle',
  name: 'Paddle',
  docs: 'https://developer.paddle.com/webhooks/signature-verification',
  detect: [{ header: 'Paddle-Signature' }, { header: 'User-Agent', prefix: 'Paddle' }],
  schemes: [
    {
      name: 'h1',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Paddle-Signature',
      format: 'ts={t};h1={sig}',
      separator: ';',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{t}:{body}',
    },
  ],
  event: ['json:event_type'],
  delivery: ['json:notification_id', 'json:event_id'],
  respond: { codes: '200', deadlineMs: 5000 },
  retry: {
    delaysS: [60, 300, 900, 3600, 7200, 14_400, 28_800],
    note: 'live: 60 times within 3 days; sandbox: 3 within 15 minutes',
  },
  send: { userAgent: 'Paddle', contentType: 'application/json' },
  secret: {
    env: 'PADDLE_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 52, prefix: 'pdl_ntfset_' },
    hint: 'pdl_ntfset_…, the secret key of the notification destination, used as it stands',
  },
  quirks: [
    'The official SDK gives a request five seconds; a replayed or slow one fails there though it is within our window.',
    'Paddle Classic signs p_signature with RSA over PHP-serialised fields and is another product.',
  ],
  laxer: [
    {
      sdk: '@paddle/paddle-node-sdk',
      accepts: 'future-timestamp',
      note: 'it only refuses timestamps in the past',
    },
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'recalled' },
}
