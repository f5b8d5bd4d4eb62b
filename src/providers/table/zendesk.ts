import type { Provider } from '../types.ts'

export const zendesk: Provider = {
  id: 'zendesk',
  name: 'Zendesk',
  docs: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
  detect: [
    { header: 'X-Zendesk-Webhook-Signature' },
    { header: 'X-Zendesk-Webhook-Id' },
    { header: 'X-Zendesk-Webhook-Invocation-Id' },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:X-Zendesk-Webhook-Signature',
      timestamp: { from: 'header:X-Zendesk-Webhook-Signature-Timestamp', unit: 'iso' },
      content: '{t}{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['header:X-Zendesk-Webhook-Invocation-Id'],
  respond: { codes: '2xx', deadlineMs: 12_000 },
  retry: {
    delaysS: [1, 2, 4, 8, 16],
    note: '409 up to three times, 429 and 503 if Retry-After is below 60 s, timeouts up to five times',
  },
  send: {
    userAgent: 'Zendesk Webhook',
    contentType: 'application/json; charset=utf-8',
    headers: {
      'X-Zendesk-Account-Id': '{int:8}',
      'X-Zendesk-Webhook-Id': '{upper:26}',
      'X-Zendesk-Webhook-Invocation-Id': '{upper:26}',
    },
  },
  secret: {
    env: 'ZENDESK_WEBHOOK_SECRET',
    make: { kind: 'base64', bytes: 32 },
    hint: "Signing secret on the webhook's page; it looks like base64 and is used as it stands",
  },
  quirks: [
    'Before a webhook is saved, its test requests are signed with dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==.',
  ],
  laxer: [
    {
      sdk: 'the documentation',
      accepts: 'any-timestamp',
      note: 'no window is given: use --tolerance for one',
    },
  ],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'secondary' },
}
