import type { Sample } from './types.ts'

/** Thin events: https://developer.xero.com/documentation/guides/webhooks/overview/ */
function xeroEvent(category: string, type: string, path: string, summary: string): Sample {
  return {
    event: `${category}.${type}`,
    summary,
    body: {
      json: {
        events: [
          {
            resourceUrl: `https://api.xero.com/api.xro/2.0/${path}/{uuid@resource}`,
            resourceId: '{uuid@resource}',
            eventDateUtc: '{now:local}',
            eventType: type,
            eventCategory: category,
            tenantId: '{uuid}',
            tenantType: 'ORGANISATION',
          },
        ],
        firstEventSequence: 1,
        lastEventSequence: 1,
        entropy: '{upper:20}',
      },
    },
  }
}

export const samples: readonly Sample[] = [
  xeroEvent('INVOICE', 'CREATE', 'Invoices', 'An invoice was created'),
  xeroEvent('INVOICE', 'UPDATE', 'Invoices', 'An invoice was changed, perhaps paid'),
  xeroEvent('CONTACT', 'CREATE', 'Contacts', 'A contact was created'),
]
