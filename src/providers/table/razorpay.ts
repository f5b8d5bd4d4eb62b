import type { Provider } from '../types.ts'

export const razorpay: Provider = {
  id: 'razorpay',
  name: 'Razorpay',
  docs: 'https://razorpay.com/docs/webhooks/validate-test/',
  detect: [{ header: 'X-Razorpay-Signature' }, { header: 'X-Razorpay-Event-Id' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Razorpay-Signature',
      content: '{body}',
    },
  ],
  event: ['json:event'],
  delivery: ['header:X-Razorpay-Event-Id'],
  respond: { codes: '2xx', deadlineMs: 5000 },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'for 24 hours, and then the webhook is disabled' },
  send: {
    userAgent: 'Razorpay-Webhook/v1',
    contentType: 'application/json',
    headers: { 'X-Razorpay-Event-Id': '{id:14}' },
  },
  secret: {
    env: 'RAZORPAY_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 24 },
    hint: 'the secret that you set on the webhook; not the API key',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
