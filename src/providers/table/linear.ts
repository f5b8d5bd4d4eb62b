import type { Provider } from '../types.ts'

export const linear: Provider = {
  id: 'linear',
  name: 'Linear',
  docs: 'https://linear.app/developers/webhooks',
  detect: [
    { header: 'Linear-Signature' },
    { header: 'Linear-Delivery' },
    { header: 'User-Agent', prefix: 'Linear-Webhook' },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Linear-Signature',
      timestamp: { from: 'json:webhookTimestamp', unit: 'ms', toleranceS: 60 },
      content: '{body}',
    },
  ],
  event: [
    ['header:Linear-Event', 'json:action'],
    ['json:type', 'json:action'],
  ],
  delivery: ['header:Linear-Delivery'],
  respond: { codes: '200', deadlineMs: 5000 },
  retry: { delaysS: [60, 3600, 21_600] },
  send: {
    userAgent: 'Linear-Webhook',
    contentType: 'application/json; charset=utf-8',
    headers: { 'Linear-Delivery': '{uuid}', 'Linear-Timestamp': '{now:ms}' },
  },
  secret: {
    env: 'LINEAR_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32, prefix: 'lin_wh_' },
    hint: 'lin_wh_…, the signing secret of the webhook',
  },
  quirks: ['The time is a field of the body, webhookTimestamp; the Linear-Timestamp header is not signed.'],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'verified' },
}
