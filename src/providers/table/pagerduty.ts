import type { Provider } from '../types.ts'

export const pagerduty: Provider = {
  id: 'pagerduty',
  name: 'PagerDuty',
  docs: 'https://developer.pagerduty.com/docs/verifying-webhook-signatures',
  detect: [{ header: 'X-PagerDuty-Signature' }, { header: 'User-Agent', prefix: 'PagerDuty-Webhook/' }],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-PagerDuty-Signature',
      format: 'v1={sig}',
      separator: ',',
      content: '{body}',
    },
  ],
  event: ['json:event.event_type'],
  delivery: ['header:X-Webhook-Id', 'json:event.id'],
  respond: { codes: '2xx', deadlineMs: 5000, note: '16 s for custom actions' },
  retry: {
    delaysS: [60, 300, 900, 3600, 10_800, 21_600, 43_200],
    note: 'for 48 hours on 5xx, 429 and timeouts; 4xx are dropped, and three drops in a row switch it off for a day',
  },
  send: {
    userAgent: 'PagerDuty-Webhook/V3.0',
    contentType: 'application/json',
    headers: { 'X-Webhook-Id': '{uuid}', 'X-Webhook-Subscription': 'P{upper:6}' },
  },
  secret: {
    env: 'PAGERDUTY_WEBHOOK_SECRET',
    make: { kind: 'base64', bytes: 32 },
    hint: 'delivery_method.secret, shown once when the subscription is made',
  },
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
