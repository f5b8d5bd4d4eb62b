import type { Provider } from '../types.ts'

export const jira: Provider = {
  id: 'jira',
  name: 'Jira',
  docs: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/',
  detect: [
    { header: 'X-Atlassian-Webhook-Identifier' },
    { header: 'X-Hub-Signature', where: { 'json:webhookEvent': true } },
    { header: 'User-Agent', prefix: 'Atlassian Webhook HTTP Client' },
    { where: { 'json:webhookEvent': true, 'json:timestamp': true } },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature',
      format: 'sha256={sig}',
      content: '{body}',
    },
  ],
  event: ['json:webhookEvent'],
  delivery: ['header:X-Atlassian-Webhook-Identifier'],
  respond: { codes: '2xx' },
  retry: { delaysS: [300, 450, 600, 750, 900], note: 'five times, 5 to 15 minutes apart' },
  send: {
    userAgent: 'Atlassian Webhook HTTP Client',
    contentType: 'application/json; charset=UTF-8',
    headers: {
      'X-Atlassian-Webhook-Flow': 'Primary',
      'X-Atlassian-Webhook-Identifier': '{uuid}',
    },
  },
  secret: {
    env: 'JIRA_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'the Secret of the webhook; webhooks without one are not signed',
  },
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
