import type { Provider } from '../types.ts'

export const mailgun: Provider = {
  id: 'mailgun',
  name: 'Mailgun',
  docs: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
  detect: [
    { header: 'User-Agent', prefix: 'mailgun/' },
    { where: { 'json:signature.token': true, 'json:event-data': true } },
  ],
  schemes: [
    {
      name: 'signature',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'json:signature.signature',
      timestamp: { from: 'json:signature.timestamp', unit: 's' },
      content: '{t}{json:signature.token}',
    },
    {
      name: 'parent-signature',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'json:parent-signature.signature',
      alternative: true,
      timestamp: { from: 'json:parent-signature.timestamp', unit: 's' },
      content: '{t}{json:parent-signature.token}',
    },
  ],
  event: ['json:event-data.event'],
  delivery: ['json:event-data.id'],
  respond: { codes: '200', note: '406 says never again' },
  retry: { delaysS: [600, 600, 900, 1800, 3600, 7200, 14_400] },
  send: {
    userAgent: 'mailgun/treq-22.10.0',
    contentType: 'application/json',
    json: { 'signature.token': '{hex:50}' },
  },
  secret: {
    env: 'MAILGUN_WEBHOOK_SIGNING_KEY',
    make: { kind: 'hex', bytes: 16 },
    hint: 'HTTP webhook signing key; not the API key',
  },
  quirks: [
    'Only timestamp and token are signed: a changed event still verifies. Remember tokens to stop replays.',
    "Subaccounts add parent-signature, made with the parent account's key.",
  ],
  laxer: [
    {
      sdk: 'the documentation',
      accepts: 'any-timestamp',
      note: 'the window is left to you: give --tolerance',
    },
  ],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'verified' },
}
