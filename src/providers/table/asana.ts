import type { Provider } from '../types.ts'

export const asana: Provider = {
  id: 'asana',
  name: 'Asana',
  docs: 'https://developers.asana.com/docs/webhooks-guide',
  detect: [{ header: 'X-Hook-Signature' }, { header: 'X-Hook-Secret' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Hook-Signature',
      content: '{body}',
    },
  ],
  event: [['json:events.0.resource.resource_type', 'json:events.0.action'], 'json:events.0.action'],
  handshakes: [
    {
      name: 'x-hook-secret',
      when: { method: 'POST', where: { 'header:X-Hook-Secret': true } },
      reply: { status: 200, headers: { 'X-Hook-Secret': '{header:X-Hook-Secret}' } },
      capture: 'header:X-Hook-Secret',
      play: {
        method: 'POST',
        headers: { 'X-Hook-Secret': '{secret}' },
        json: '{}',
        status: '200,204',
        body: 'any',
        header: 'X-Hook-Secret',
        deadlineMs: 10_000,
      },
    },
  ],
  respond: { codes: '200,204', deadlineMs: 10_000 },
  retry: { delaysS: [60, 300, 1800, 7200, 21_600], note: 'for 24 hours, and then the webhook is deleted' },
  send: { contentType: 'application/json; charset=utf-8' },
  secret: {
    env: 'ASANA_HOOK_SECRET',
    make: { kind: 'hex', bytes: 16 },
    hint: 'X-Hook-Secret, sent once when the webhook is made',
  },
  quirks: ['An empty heartbeat comes every eight hours.'],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'verified' },
}
