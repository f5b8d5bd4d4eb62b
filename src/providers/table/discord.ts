import type { Provider } from '../types.ts'

export const discord: Provider = {
  id: 'discord',
  name: 'Discord',
  docs: 'https://discord.com/developers/docs/events/webhook-events',
  detect: [
    { header: 'X-Signature-Ed25519' },
    { header: 'User-Agent', prefix: 'Discord-Webhook/' },
    { header: 'User-Agent', prefix: 'Discord-Interactions/' },
  ],
  schemes: [
    {
      name: 'ed25519',
      algorithm: 'ed25519',
      encoding: 'hex',
      signature: 'header:X-Signature-Ed25519',
      key: { form: 'hex' },
      timestamp: { from: 'header:X-Signature-Timestamp', unit: 's' },
      content: '{t}{body}',
    },
  ],
  event: ['json:event.type', 'json:type'],
  delivery: ['json:id'],
  handshakes: [
    {
      name: 'interaction-ping',
      when: { method: 'POST', where: { 'json:type': 1 } },
      signed: 'valid',
      refusal: 401,
      reply: { status: 200, json: { type: 1 } },
      play: {
        method: 'POST',
        json: '{"application_id":"{int:18}","id":"{int:18}","token":"{id:40}","type":1,"version":1}',
        signed: true,
        status: '200',
        body: 'same',
        deadlineMs: 3000,
      },
    },
    {
      name: 'webhook-ping',
      when: { method: 'POST', where: { 'json:type': 0, 'json:event': null } },
      signed: 'valid',
      refusal: 401,
      reply: { status: 204, headers: { 'Content-Type': 'application/json' } },
      play: {
        method: 'POST',
        json: '{"version":1,"application_id":"{int:18}","type":0}',
        signed: true,
        status: '204',
        body: 'any',
        deadlineMs: 3000,
      },
    },
  ],
  respond: {
    codes: '204',
    deadlineMs: 3000,
    note: 'an interaction is answered with JSON and 200; a bad signature with 401',
  },
  retry: { delaysS: [5, 30, 120, 300, 600], note: 'backing off for up to 10 minutes' },
  send: { userAgent: 'Discord-Webhook/1.0 (+https://discord.com)', contentType: 'application/json' },
  secret: {
    env: 'DISCORD_PUBLIC_KEY',
    make: { kind: 'ed25519-hex' },
    hint: 'Public Key under General Information: 64 hex digits, not secret',
  },
  quirks: [
    'Discord sends requests with wrong signatures on purpose and removes endpoints that do not answer 401.',
  ],
  laxer: [
    {
      sdk: 'discord-interactions',
      accepts: 'any-timestamp',
      note: 'it checks no time, nor do we unless --tolerance is given',
    },
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
