import type { Provider } from '../types.ts'

export const sanity: Provider = {
  id: 'sanity',
  name: 'Sanity',
  docs: 'https://www.sanity.io/docs/content-lake/webhook-best-practices',
  detect: [{ header: 'sanity-webhook-signature' }, { header: 'sanity-operation' }],
  schemes: [
    {
      name: 'v1',
      algorithm: 'hmac-sha256',
      encoding: 'base64url',
      signature: 'header:sanity-webhook-signature',
      format: 't={t},v1={sig}',
      separator: ',',
      single: true,
      timestamp: { from: 'signature', unit: 'ms' },
      content: '{t}.{body}',
    },
  ],
  event: ['header:sanity-operation'],
  delivery: ['header:idempotency-key'],
  respond: { codes: '2xx', deadlineMs: 30_000 },
  retry: { delaysS: [30, 30], note: 'on 429 and 5xx' },
  send: {
    userAgent: 'Sanity.io webhook delivery',
    contentType: 'application/json',
    headers: { 'idempotency-key': '{hex:32}', 'sanity-operation': '{event}' },
  },
  secret: {
    env: 'SANITY_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'the secret that you set on the webhook',
  },
  quirks: ['The body is whatever the GROQ projection says; nothing in it names the event.'],
  laxer: [
    {
      sdk: '@sanity/webhook',
      accepts: 'any-timestamp',
      note: 'it checks no time, nor do we unless --tolerance is given',
    },
  ],
  confidence: { signature: 'verified', events: 'recalled', delivery: 'verified' },
}
