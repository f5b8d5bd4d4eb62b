import type { Sample, Template } from './types.ts'

/** https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks */
function graphEvent(event: string, summary: string, resource: string, kind: string): Sample {
  const data: Template = {
    '@odata.type': `#Microsoft.Graph.${kind}`,
    '@odata.id': resource,
    '@odata.etag': 'W/"{id:20}"',
    id: '{id:60@object}',
  }
  return {
    event,
    summary,
    body: {
      json: {
        value: [
          {
            id: '{uuid}',
            subscriptionId: '{uuid}',
            subscriptionExpirationDateTime: '{now:iso+2d}',
            changeType: event,
            resource,
            resourceData: data,
            clientState: '',
            tenantId: '{uuid}',
          },
        ],
      },
    },
  }
}

export const samples: readonly Sample[] = [
  graphEvent(
    'created',
    'A message came into a mailbox',
    'Users/{uuid@user}/Messages/{id:60@object}',
    'Message',
  ),
  graphEvent(
    'updated',
    'An event of a calendar was changed',
    'Users/{uuid@user}/Events/{id:60@object}',
    'Event',
  ),
  graphEvent('deleted', 'A contact was removed', 'Users/{uuid@user}/Contacts/{id:60@object}', 'Contact'),
]
