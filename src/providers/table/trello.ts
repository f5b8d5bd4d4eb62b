import type { Provider } from '../types.ts'

export const trello: Provider = {
  id: 'trello',
  name: 'Trello',
  docs: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/',
  detect: [{ header: 'X-Trello-Webhook' }],
  schemes: [
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'base64',
      signature: 'header:X-Trello-Webhook',
      content: '{body}{url}',
    },
  ],
  event: ['json:action.type'],
  delivery: ['json:action.id'],
  handshakes: [
    {
      name: 'head',
      when: { method: 'HEAD' },
      reply: { status: 200 },
      play: { method: 'HEAD', status: '200', body: 'any' },
    },
  ],
  respond: { codes: '200' },
  retry: { delaysS: [30, 60, 120] },
  send: { contentType: 'application/json; charset=utf-8' },
  secret: {
    env: 'TRELLO_API_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: "the secret of the Power-Up's API key",
  },
  quirks: ['The callback URL is signed behind the body, exactly as registered: give --public-url.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'secondary' },
}
