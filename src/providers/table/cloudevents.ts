import type { Provider } from '../types.ts'

export const cloudevents: Provider = {
  id: 'cloudevents',
  name: 'CloudEvents',
  docs: 'https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md',
  detect: [
    { header: 'ce-specversion' },
    { header: 'WebHook-Request-Origin' },
    { header: 'Content-Type', prefix: 'application/cloudevents' },
    { where: { 'json:specversion': true, 'json:source': true, 'json:type': true } },
  ],
  schemes: [
    {
      name: 'bearer',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'header:Authorization',
      format: 'Bearer {sig}',
      content: '',
    },
    {
      name: 'access-token',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'query:access_token',
      content: '',
    },
  ],
  event: ['header:ce-type', 'json:type', 'json:0.type'],
  delivery: ['header:ce-id', 'json:id', 'json:0.id'],
  handshakes: [
    {
      name: 'options',
      when: { method: 'OPTIONS', where: { 'header:WebHook-Request-Origin': true } },
      reply: {
        status: 200,
        headers: {
          'WebHook-Allowed-Origin': '{header:WebHook-Request-Origin}',
          'WebHook-Allowed-Rate': '*',
          Allow: 'POST',
        },
      },
      play: {
        method: 'OPTIONS',
        headers: { 'WebHook-Request-Origin': 'eventemitter.example.com', 'WebHook-Request-Rate': '120' },
        status: '2xx',
        body: 'any',
        header: 'WebHook-Allowed-Origin',
      },
    },
  ],
  respond: { codes: '200,201,202,204', note: '410 retires the endpoint; 429 needs Retry-After' },
  retry: { delaysS: [], note: 'left to the sender' },
  send: { contentType: 'application/cloudevents+json; charset=utf-8' },
  secret: {
    env: 'CLOUDEVENTS_ACCESS_TOKEN',
    make: { kind: 'alphanumeric', length: 40 },
    hint: 'the bearer token, or the access_token of the query',
  },
  quirks: ['The token says nothing of the event.', 'A structured batch names its first event.'],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
