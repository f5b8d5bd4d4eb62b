import type { Provider } from '../types.ts'

export const bitbucket: Provider = {
  id: 'bitbucket',
  name: 'Bitbucket',
  docs: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
  detect: [
    { header: 'X-Event-Key' },
    { header: 'X-Hook-UUID' },
    { header: 'User-Agent', prefix: 'Bitbucket-Webhooks/' },
    { header: 'X-Hub-Signature', prefix: 'sha256=', shared: true },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature',
      format: 'sha256={sig}',
      content: '{body}',
    },
  ],
  event: ['header:X-Event-Key'],
  delivery: ['header:X-Request-UUID', 'header:X-Request-Id'],
  respond: { codes: '2xx', deadlineMs: 10_000 },
  retry: { delaysS: [0, 0], note: 'two more attempts' },
  send: {
    userAgent: 'Bitbucket-Webhooks/2.0',
    contentType: 'application/json',
    headers: {
      'X-Attempt-Number': '1',
      'X-Event-Key': '{event}',
      'X-Event-Time': '{now:rfc2822}',
      'X-Hook-UUID': '{uuid}',
      'X-Request-UUID': '{uuid}',
    },
  },
  secret: {
    env: 'BITBUCKET_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'the Secret field of the webhook',
  },
  quirks: [
    'Payloads above 256 KB are not delivered.',
    'Bitbucket Server names the delivery in X-Request-Id.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'recalled' },
}
