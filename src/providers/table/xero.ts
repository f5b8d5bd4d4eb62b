import type { Provider } from '../types.ts'

export const xero: Provider = {
  id: 'xero',
  name: 'Xero',
  docs: 'https://developer.xero.com/documentation/guides/webhooks/overview/',
  detect: [{ header: 'x-xero-signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:x-xero-signature',
      content: '{body}',
    },
  ],
  event: [['json:events.0.eventCategory', 'json:events.0.eventType']],
  handshakes: [
    {
      name: 'intent-to-receive',
      when: { method: 'POST', where: { 'json:entropy': true, 'json:events': true, 'json:events.0': null } },
      signed: 'valid',
      refusal: 401,
      reply: { status: 200 },
      play: {
        method: 'POST',
        json: '{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"{upper:20}"}',
        signed: true,
        status: '200',
        body: 'any',
        deadlineMs: 5000,
      },
    },
  ],
  respond: { codes: '200', deadlineMs: 5000, note: '401 for a bad signature, and no body' },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'for 24 hours' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'XERO_WEBHOOK_KEY',
    make: { kind: 'base64', bytes: 64 },
    hint: 'Webhooks key of the app, used as it stands',
  },
  quirks: [
    'Before the webhook is made active, requests with right and wrong signatures come: 200 and 401 are wanted.',
  ],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
