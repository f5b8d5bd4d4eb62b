import type { Provider, Scheme } from '../types.ts'

export const websub: Provider = {
  id: 'websub',
  name: 'WebSub',
  docs: 'https://www.w3.org/TR/websub/',
  detect: [
    { header: 'X-Hub-Signature', prefix: 'sha512=' },
    { header: 'Link', prefix: '<', where: { 'header:X-Hub-Signature': true }, shared: true },
    { where: { 'query:hub.topic': true, 'query:hub.mode': true }, shared: true },
  ],
  schemes: [websubScheme('sha512'), websubScheme('sha256'), websubScheme('sha1')],
  handshakes: [
    {
      name: 'subscribe',
      when: {
        method: 'GET',
        where: { 'query:hub.mode': 'subscribe', 'query:hub.topic': true, 'query:hub.challenge': true },
      },
      reply: { status: 200, text: '{query:hub.challenge}' },
      play: {
        method: 'GET',
        query: {
          'hub.mode': 'subscribe',
          'hub.topic': 'https://example.com/feed',
          'hub.challenge': '{challenge}',
          'hub.lease_seconds': '864000',
        },
        status: '2xx',
        body: 'same',
      },
    },
  ],
  respond: { codes: '2xx' },
  retry: { delaysS: [], note: 'left to the hub' },
  send: {
    contentType: 'application/atom+xml',
    headers: { Link: '<https://hub.example.com/>; rel="hub", <https://example.com/feed>; rel="self"' },
  },
  secret: {
    env: 'WEBSUB_SECRET',
    make: { kind: 'alphanumeric', length: 40 },
    hint: 'hub.secret of the subscription, below 200 bytes',
  },
  quirks: [
    'A hub asks whether you meant to subscribe; we say yes for every topic.',
    "The digest is the hub's choice: sha1, sha256, sha384 or sha512.",
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}

function websubScheme(digest: 'sha512' | 'sha256' | 'sha1'): Scheme {
  return {
    name: digest,
    algorithm: `hmac-${digest}`,
    encoding: 'hex',
    signature: 'header:X-Hub-Signature',
    format: `${digest}={sig}`,
    content: '{body}',
  }
}
