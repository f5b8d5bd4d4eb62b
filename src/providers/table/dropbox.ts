import type { Provider } from '../types.ts'

export const dropbox: Provider = {
  id: 'dropbox',
  name: 'Dropbox',
  docs: 'https://www.dropbox.com/developers/reference/webhooks',
  detect: [
    { header: 'X-Dropbox-Signature' },
    { header: 'User-Agent', prefix: 'DropboxWebhooks/' },
    { where: { 'query:challenge': true }, shared: true },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Dropbox-Signature',
      content: '{body}',
    },
  ],
  event: ['key:delta'],
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
  retry: { delaysS: [30, 60, 120, 240], note: 'for about 10 minutes' },
  send: { userAgent: 'DropboxWebhooks/1.0', contentType: 'application/json' },
  secret: {
    env: 'DROPBOX_APP_SECRET',
    make: { kind: 'alphanumeric', length: 15 },
    hint: "App secret on the app's Settings page",
  },
  confidence: { signature: 'verified', events: 'recalled', delivery: 'verified' },
}
