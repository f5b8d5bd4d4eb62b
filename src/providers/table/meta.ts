import type { Provider } from '../types.ts'

export const meta: Provider = {
  id: 'meta',
  name: 'Meta (Facebook, Instagram, WhatsApp)',
  aliases: ['facebook', 'instagram', 'whatsapp'],
  docs: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
  detect: [
    { header: 'X-Hub-Signature-256', where: { 'json:object': true, 'json:entry': true } },
    { header: 'X-Hub-Signature', where: { 'json:object': true, 'json:entry': true } },
    { header: 'User-Agent', prefix: 'facebookexternalua' },
    { header: 'User-Agent', prefix: 'facebookplatform/' },
    { header: 'X-Hub-Signature-256', shared: true },
    { where: { 'query:hub.mode': 'subscribe', 'query:hub.verify_token': true, 'query:hub.topic': null } },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature-256',
      format: 'sha256={sig}',
      content: '{body}',
    },
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature',
      format: 'sha1={sig}',
      content: '{body}',
      companion: true,
    },
  ],
  event: [['json:object', 'json:entry.0.changes.0.field'], ['json:object']],
  handshakes: [
    {
      name: 'hub.challenge',
      when: { method: 'GET', where: { 'query:hub.mode': 'subscribe', 'query:hub.challenge': true } },
      check: { source: 'query:hub.verify_token', option: 'verifyToken' },
      refusal: 403,
      reply: { status: 200, text: '{query:hub.challenge}' },
      play: {
        method: 'GET',
        query: {
          'hub.mode': 'subscribe',
          'hub.challenge': '{int:10}',
          'hub.verify_token': '{option:verifyToken}',
        },
        status: '200',
        body: 'same',
      },
    },
  ],
  respond: { codes: '200' },
  retry: { delaysS: [0, 60, 600, 3600, 21_600, 43_200], note: 'falling for 36 hours; WhatsApp for 7 days' },
  send: { userAgent: 'facebookexternalua', contentType: 'application/json' },
  secret: {
    env: 'META_APP_SECRET',
    make: { kind: 'hex', bytes: 16 },
    hint: 'App Secret under Settings, Basic; not the verify token',
  },
  options: [
    {
      name: 'verifyToken',
      about: 'the Verify Token typed into the dashboard, for the hub.challenge request',
    },
  ],
  quirks: [
    'The body is signed with its non-ASCII characters written as \\u escapes: parsing and writing it again breaks the signature.',
    'One request may carry up to 1,000 updates.',
  ],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'secondary' },
}
