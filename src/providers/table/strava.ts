import type { Provider } from '../types.ts'

export const strava: Provider = {
  id: 'strava',
  name: 'Strava',
  docs: 'https://developers.strava.com/docs/webhooks/',
  detect: [{ where: { 'json:subscription_id': true, 'json:object_type': true, 'json:aspect_type': true } }],
  schemes: [],
  event: [['json:object_type', 'json:aspect_type']],
  handshakes: [
    {
      name: 'hub.challenge',
      when: { method: 'GET', where: { 'query:hub.mode': 'subscribe', 'query:hub.challenge': true } },
      check: { source: 'query:hub.verify_token', option: 'verifyToken' },
      refusal: 403,
      reply: { status: 200, json: { 'hub.challenge': '{query:hub.challenge}' } },
      play: {
        method: 'GET',
        query: {
          'hub.verify_token': '{option:verifyToken}',
          'hub.challenge': '{challenge}',
          'hub.mode': 'subscribe',
        },
        status: '200',
        body: 'same',
        deadlineMs: 2000,
      },
    },
  ],
  respond: { codes: '200', deadlineMs: 2000 },
  retry: { delaysS: [60, 300], note: 'up to three attempts in all' },
  send: { contentType: 'application/json' },
  options: [{ name: 'verifyToken', about: 'the verify_token given when the subscription was made' }],
  quirks: ['Not signed: the subscription_id is all there is to check.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
