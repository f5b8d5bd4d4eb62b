import type { Provider } from '../types.ts'

export const okta: Provider = {
  id: 'okta',
  name: 'Okta event hooks',
  docs: 'https://developer.okta.com/docs/concepts/event-hooks/',
  detect: [
    { header: 'X-Okta-Verification-Challenge' },
    { header: 'User-Agent', prefix: 'Okta' },
    { where: { 'json:eventType': 'com.okta.event_hook' } },
  ],
  schemes: [
    {
      name: 'token',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'header:Authorization',
      content: '',
    },
  ],
  event: ['json:data.events.0.eventType'],
  delivery: ['json:eventId'],
  handshakes: [
    {
      name: 'verification',
      when: { method: 'GET', where: { 'header:X-Okta-Verification-Challenge': true } },
      reply: { status: 200, json: { verification: '{header:X-Okta-Verification-Challenge}' } },
      play: {
        method: 'GET',
        headers: { 'X-Okta-Verification-Challenge': '{challenge}' },
        status: '200',
        body: 'same',
        deadlineMs: 3000,
      },
    },
  ],
  respond: { codes: '200,204', deadlineMs: 3000 },
  retry: { delaysS: [0], note: 'once, and never after a 4xx' },
  send: { userAgent: 'Okta-Integrations', contentType: 'application/json' },
  secret: {
    env: 'OKTA_HOOK_AUTHORIZATION',
    make: { kind: 'alphanumeric', length: 40 },
    hint: 'the whole value of the authentication field (header Authorization)',
  },
  quirks: [
    'The token says nothing of the body.',
    'Another header name can be configured; ours is the default.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
