import type { Sample, Template } from './types.ts'

/** A batch, here of one: https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide */
function hubspotEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: [
        {
          eventId: '{#int:9}',
          subscriptionId: '{#int:7}',
          portalId: '{#int:8}',
          appId: '{#int:7}',
          occurredAt: '{#now:ms}',
          subscriptionType: event,
          attemptNumber: 0,
          objectId: '{#int:10}',
          ...more,
        },
      ],
    },
  }
}

export const samples: readonly Sample[] = [
  hubspotEvent('contact.creation', 'A contact was created', {
    changeFlag: 'CREATED',
    changeSource: 'FORM',
    sourceId: '{uuid}',
  }),
  hubspotEvent('contact.propertyChange', 'A field of a contact was changed', {
    propertyName: 'lifecyclestage',
    propertyValue: 'customer',
    changeSource: 'CRM_UI',
    sourceId: 'userId:{int:8}',
  }),
  hubspotEvent('deal.creation', 'A deal was created', {
    changeFlag: 'CREATED',
    changeSource: 'CRM_UI',
    sourceId: 'userId:{int:8}',
  }),
]
