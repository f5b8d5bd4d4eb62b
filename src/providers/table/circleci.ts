import type { Provider } from '../types.ts'

export const circleci: Provider = {
  id: 'circleci',
  name: 'CircleCI',
  docs: 'https://circleci.com/docs/guides/integration/outbound-webhooks/',
  detect: [
    { header: 'circleci-signature' },
    { header: 'circleci-event-type' },
    { header: 'User-Agent', prefix: 'CircleCI-Webhook/' },
  ],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:circleci-signature',
      format: 'v1={sig}',
      separator: ',',
      content: '{body}',
    },
  ],
  event: ['header:circleci-event-type', 'json:type'],
  delivery: ['json:id'],
  respond: { codes: '2xx', deadlineMs: 10_000 },
  retry: { delaysS: [60, 300], note: 'not published' },
  send: {
    userAgent: 'CircleCI-Webhook/1.0',
    contentType: 'application/json',
    headers: { 'circleci-event-type': '{event}' },
  },
  secret: {
    env: 'CIRCLECI_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'Secret token of the webhook',
  },
  quirks: ['Later versions of the signature may come beside v1; the newest known one decides.'],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
