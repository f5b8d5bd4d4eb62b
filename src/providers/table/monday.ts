import type { Provider } from '../types.ts'

export const monday: Provider = {
  id: 'monday',
  name: 'monday.com',
  docs: 'https://developer.monday.com/apps/docs/integration-authorization',
  detect: [
    { where: { 'json:event.triggerUuid': true } },
    { where: { 'json:event.boardId': true } },
    { where: { 'json:challenge': true, 'json:type': null }, shared: true },
  ],
  schemes: [
    {
      name: 'jwt',
      algorithm: 'jwt-hs256',
      encoding: 'raw',
      signature: 'header:Authorization',
      content: '',
    },
  ],
  event: ['json:event.type'],
  delivery: ['json:event.triggerUuid'],
  handshakes: [
    {
      name: 'challenge',
      when: { method: 'POST', where: { 'json:challenge': true, 'json:event': null, 'json:type': null } },
      reply: { status: 200, json: { challenge: '{json:challenge}' } },
      play: { method: 'POST', json: '{"challenge":"{challenge}"}', status: '200', body: 'same' },
    },
  ],
  respond: { codes: '200' },
  retry: { delaysS: Array.from({ length: 30 }, () => 60), note: 'every minute for 30 minutes' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'MONDAY_SIGNING_SECRET',
    make: { kind: 'hex', bytes: 16 },
    hint: 'Signing Secret of the app; webhooks made outside an app are not signed',
  },
  quirks: ['The JWT says who sends and until when; the body is not covered.'],
  confidence: { signature: 'secondary', events: 'verified', delivery: 'secondary' },
}
