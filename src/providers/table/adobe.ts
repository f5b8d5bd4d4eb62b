import type { Provider } from '../types.ts'

export const adobe: Provider = {
  id: 'adobe',
  name: 'Adobe I/O Events',
  docs: 'https://developer.adobe.com/events/docs/guides/',
  detect: [
    { header: 'x-adobe-digital-signature-1' },
    { header: 'x-adobe-signature' },
    { header: 'x-adobe-event-id' },
    { header: 'User-Agent', prefix: 'Adobe/' },
    { where: { 'query:challenge': true }, shared: true },
  ],
  schemes: [
    {
      name: 'rsa',
      algorithm: 'rsa-sha256',
      encoding: 'base64',
      signature: 'header:x-adobe-digital-signature-*',
      key: { form: 'certificate' },
      content: '{body}',
    },
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-adobe-signature',
      content: '{body}',
    },
  ],
  event: ['json:event_type', 'json:type', 'json:event.@type'],
  delivery: ['header:x-adobe-event-id', 'json:event_id'],
  handshakes: [
    {
      name: 'challenge',
      when: { method: 'GET', where: { 'query:challenge': true } },
      reply: { status: 200, json: { challenge: '{query:challenge}' } },
      play: {
        method: 'GET',
        query: { challenge: '{challenge}' },
        status: '200',
        body: 'challenge',
        deadlineMs: 10_000,
      },
    },
  ],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 120, 300, 600, 900, 900], note: 'for 24 hours, ever more slowly to 15 minutes' },
  send: { userAgent: 'Adobe/1.0', contentType: 'application/json' },
  secret: {
    env: 'ADOBE_PUBLIC_KEY',
    make: { kind: 'rsa-pem' },
    hint: 'the PEM public key named by x-adobe-public-key1-path; for old registrations the client secret',
  },
  options: [{ name: 'cert', about: 'the PEM public key, as a file: cert=@adobe.pem' }],
  quirks: ['Two signatures with two keys come while Adobe rotates them; one that matches is enough.'],
  confidence: { signature: 'recalled', events: 'recalled', delivery: 'recalled' },
}
