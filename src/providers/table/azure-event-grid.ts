import type { Provider } from '../types.ts'

export const azureEventGrid: Provider = {
  id: 'azure-event-grid',
  name: 'Azure Event Grid',
  docs: 'https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema',
  detect: [{ header: 'aeg-event-type' }, { header: 'aeg-subscription-name' }],
  schemes: [],
  event: ['json:0.eventType', 'json:0.type', 'json:type'],
  delivery: ['json:0.id', 'json:id'],
  handshakes: [
    {
      name: 'SubscriptionValidation',
      when: {
        method: 'POST',
        where: { 'header:aeg-event-type': 'SubscriptionValidation', 'json:0.data.validationCode': true },
      },
      reply: { status: 200, json: { validationResponse: '{json:0.data.validationCode}' } },
      play: {
        method: 'POST',
        headers: { 'aeg-event-type': 'SubscriptionValidation' },
        json: '[{"id":"{uuid}","topic":"/subscriptions/{uuid}/resourceGroups/example","subject":"","data":{"validationCode":"{challenge}"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"{now:iso}","metadataVersion":"1","dataVersion":"2"}]',
        status: '200',
        body: 'same',
        deadlineMs: 30_000,
      },
    },
  ],
  respond: { codes: '2xx', deadlineMs: 30_000, note: 'the handshake wants exactly 200' },
  retry: { delaysS: [10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 43_200] },
  send: { contentType: 'application/json; charset=utf-8', headers: { 'aeg-event-type': 'Notification' } },
  quirks: ['Not signed: protect the endpoint with an Entra ID token or a secret in its query.'],
  confidence: { signature: 'verified', events: 'verified', delivery: 'recalled' },
}
