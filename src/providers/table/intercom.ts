import type { Provider } from '../types.ts'

export const intercom: Provider = {
  id: 'intercom',
  name: 'Intercom',
  docs: 'https://developers.intercom.com/docs/webhooks/webhook-notifications',
  detect: [
    { header: 'X-Hub-Signature', where: { 'json:type': 'notification_event' } },
    { header: 'User-Agent', prefix: 'intercom-' },
    { where: { 'json:type': 'notification_event', 'json:topic': true } },
  ],
  schemes: [
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature',
      format: 'sha1={sig}',
      content: '{body}',
    },
  ],
  event: ['json:topic'],
  delivery: ['json:id'],
  respond: { codes: '2xx', deadlineMs: 5000 },
  retry: {
    delaysS: [60],
    note: 'once; 1,000 errors in 15 minutes pause the webhook, seven days of errors suspend it',
  },
  send: { userAgent: 'intercom-webhooks/1.0', contentType: 'application/json' },
  secret: {
    env: 'INTERCOM_CLIENT_SECRET',
    make: { kind: 'uuid' },
    hint: 'Client secret under Basic information',
  },
  quirks: ['The URL is asked with HEAD when it is saved.', 'The topic ping tests the endpoint.'],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'verified' },
}
