import type { Sample, Template } from './types.ts'

/** https://docs.adyen.com/development-resources/webhooks/webhook-types: values are text, even `true`. */
function adyenEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        live: 'false',
        notificationItems: [
          {
            NotificationRequestItem: {
              additionalData: { hmacSignature: '', 'metadata.order': 'HL-{int:5}' },
              amount: { currency: 'GBP', value: 3450 },
              eventCode: event,
              eventDate: '{now:utc}',
              merchantAccountCode: 'HarbourLaneECOM',
              merchantReference: 'HL-{int:8@reference}',
              paymentMethod: 'visa',
              pspReference: '{upper:16@psp}',
              success: 'true',
              ...more,
            },
          },
        ],
      },
    },
  }
}

export const samples: readonly Sample[] = [
  adyenEvent('AUTHORISATION', 'A payment was authorised', {
    operations: ['CANCEL', 'CAPTURE', 'REFUND'],
    reason: '{int:6}:4242:09/2031',
  }),
  adyenEvent('CAPTURE', 'A payment was captured', { originalReference: '{upper:16@original}', reason: '' }),
  adyenEvent('REFUND', 'A payment was paid back', { originalReference: '{upper:16@original}', reason: '' }),
]
