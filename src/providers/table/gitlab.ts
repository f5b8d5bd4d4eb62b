import type { Provider } from '../types.ts'

export const gitlab: Provider = {
  id: 'gitlab',
  name: 'GitLab',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  detect: [
    { header: 'X-Gitlab-Event' },
    { header: 'X-Gitlab-Token' },
    { header: 'X-Gitlab-Event-UUID' },
    { header: 'User-Agent', prefix: 'GitLab/' },
  ],
  schemes: [
    {
      name: 'signing-token',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:webhook-signature',
      format: 'v1,{sig}',
      separator: ' ',
      key: { form: 'base64', prefix: 'whsec_', bare: 'refuse' },
      id: 'header:webhook-id',
      timestamp: { from: 'header:webhook-timestamp', unit: 's', toleranceS: 300 },
      content: '{id}.{t}.{body}',
    },
    {
      name: 'token',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'header:X-Gitlab-Token',
      key: { form: 'utf8', notPrefixes: ['whsec_'] },
      content: '',
    },
  ],
  event: ['header:X-Gitlab-Event'],
  delivery: ['header:X-Gitlab-Event-UUID', 'header:webhook-id'],
  respond: { codes: '2xx', deadlineMs: 10_000 },
  retry: {
    delaysS: [],
    note: 'no retry of a delivery; 4 failures in a row switch the webhook off for a minute and then longer, 40 for good',
  },
  send: {
    userAgent: 'GitLab/18.5.0',
    contentType: 'application/json',
    headers: {
      'Idempotency-Key': '{uuid@delivery}',
      'webhook-id': '{uuid@delivery}',
      'X-Gitlab-Event': '{event}',
      'X-Gitlab-Event-UUID': '{uuid}',
      'X-Gitlab-Instance': 'https://gitlab.example.com',
      'X-Gitlab-Webhook-UUID': '{uuid}',
    },
  },
  secret: {
    env: 'GITLAB_WEBHOOK_SECRET',
    make: { kind: 'base64', bytes: 32, prefix: 'whsec_' },
    hint: 'whsec_… is a signing token; anything else is the plain Secret token',
  },
  quirks: [
    'A signing token (whsec_…) follows Standard Webhooks; the older Secret token is only sent along and says nothing of the body.',
    'Where both are configured, the kind of secret you give decides which one is checked.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'recalled' },
}
