import type { Provider } from '../types.ts'

export const msGraph: Provider = {
  id: 'ms-graph',
  name: 'Microsoft Graph',
  aliases: ['microsoft-graph'],
  docs: 'https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks',
  detect: [{ where: { 'query:validationToken': true } }, { where: { 'json:value.0.subscriptionId': true } }],
  schemes: [
    {
      name: 'client-state',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'json:value.*.clientState',
      content: '',
    },
  ],
  event: ['json:value.0.changeType', 'json:value.0.lifecycleEvent'],
  delivery: ['json:value.0.id'],
  handshakes: [
    {
      name: 'validationToken',
      when: { method: 'POST', where: { 'query:validationToken': true } },
      reply: { status: 200, text: '{query:validationToken}' },
      play: {
        method: 'POST',
        query: { validationToken: 'Validation: Testing client application {challenge}' },
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
        status: '200',
        body: 'same',
        deadlineMs: 10_000,
      },
    },
  ],
  respond: {
    codes: '2xx',
    deadlineMs: 3000,
    note: 'slower than 2.9 s too often, and deliveries are delayed or dropped',
  },
  retry: { delaysS: [60, 300, 900, 3600, 7200], note: 'for up to 4 hours' },
  send: { contentType: 'application/json; charset=utf-8' },
  secret: {
    env: 'GRAPH_CLIENT_STATE',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'clientState of the subscription, up to 128 characters that you choose',
  },
  quirks: [
    'clientState comes back in every item and says nothing of the rest.',
    'The validationTokens of rich notifications are JWTs of Entra ID and are not checked here.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
