import type { Provider } from '../types.ts'

export const x: Provider = {
  id: 'x',
  name: 'X (Twitter)',
  aliases: ['twitter'],
  docs: 'https://docs.x.com/x-api/webhooks/introduction',
  detect: [{ header: 'x-twitter-webhooks-signature' }, { where: { 'query:crc_token': true } }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-twitter-webhooks-signature',
      format: 'sha256={sig}',
      content: '{body}',
    },
  ],
  event: ['key:for_user_id,user_has_blocked,apps,users'],
  handshakes: [
    {
      name: 'crc',
      when: { method: 'GET', where: { 'query:crc_token': true } },
      reply: { status: 200, json: { response_token: 'sha256={hmac-sha256-base64:query:crc_token}' } },
      play: {
        method: 'GET',
        query: { crc_token: '{challenge}', nonce: '{id:20}' },
        status: '200',
        body: 'same',
        deadlineMs: 3000,
      },
    },
  ],
  respond: { codes: '200', deadlineMs: 10_000 },
  retry: { delaysS: [], note: 'not published' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'X_CONSUMER_SECRET',
    make: { kind: 'alphanumeric', length: 50 },
    hint: 'API key secret (consumer secret) of the app',
  },
  quirks: [
    'The challenge is repeated, hourly or when the URL is touched; answer it as long as the webhook lives.',
    'By design the answer is the HMAC of a text that the asker chose, under the key that signs events.',
    'The URL may not name a port.',
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'verified' },
}
