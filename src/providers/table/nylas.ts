import type { Provider } from '../types.ts'

export const nylas: Provider = {
  id: 'nylas',
  name: 'Nylas',
  docs: 'https://developer.nylas.com/docs/v3/notifications/',
  detect: [{ header: 'x-nylas-signature' }, { where: { 'query:challenge': true }, shared: true }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:x-nylas-signature',
      content: '{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  handshakes: [
    {
      name: 'challenge',
      when: { method: 'GET', where: { 'query:challenge': true } },
      reply: { status: 200, text: '{query:challenge}' },
      play: {
        method: 'GET',
        query: { challenge: '{challenge}' },
        status: '200',
        body: 'same',
        deadlineMs: 10_000,
      },
    },
  ],
  respond: { codes: '200', deadlineMs: 10_000 },
  retry: { delaysS: [60, 300, 1800], note: 'twice more; 95 % failures for 72 hours disable it' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'NYLAS_WEBHOOK_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'webhook_secret from the answer that made the webhook',
  },
  quirks: [
    'With compressed delivery the signature covers the gzip bytes as sent.',
    'The challenge must be answered without chunked encoding.',
  ],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
