import type { Sample, Template } from './types.ts'

const API = '/restapi/v2.1/accounts/{uuid@account}/envelopes/{uuid@envelope}'

const RECIPIENT: Readonly<Record<string, Template>> = {
  recipientId: '1',
  recipientIdGuid: '{uuid}',
  recipientType: 'signer',
  name: 'Jonas Brandt',
  email: 'jonas.brandt@example.com',
  routingOrder: '1',
  deliveryMethod: 'email',
  sentDateTime: '{now:iso-1h}',
}

/** Connect, JSON SIM event model: https://developers.docusign.com/platform/webhooks/connect/json-sim-event-model/ */
function docusignEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        event,
        apiVersion: 'v2.1',
        uri: API,
        retryCount: 0,
        configurationId: '{#int:8}',
        generatedDateTime: '{now:iso}',
        data: { accountId: '{uuid@account}', userId: '{uuid@user}', envelopeId: '{uuid@envelope}', ...more },
      },
    },
  }
}

function envelope(status: string, recipientStatus: string): Template {
  return {
    status,
    documentsUri: `/envelopes/{uuid@envelope}/documents`,
    recipientsUri: `/envelopes/{uuid@envelope}/recipients`,
    emailSubject: 'Please sign: supply of enamel mugs',
    signingLocation: 'online',
    sentDateTime: '{now:iso-1h}',
    createdDateTime: '{now:iso-1h}',
    lastModifiedDateTime: '{now:iso}',
    statusChangedDateTime: '{now:iso}',
    sender: {
      userName: 'Mina Okafor',
      userId: '{uuid@user}',
      accountId: '{uuid@account}',
      email: 'mina.okafor@example.com',
    },
    recipients: {
      signers: [{ ...RECIPIENT, status: recipientStatus }],
      recipientCount: '1',
      currentRoutingOrder: '1',
    },
  }
}

export const samples: readonly Sample[] = [
  docusignEvent('envelope-sent', 'A contract was sent to be signed', {
    envelopeSummary: envelope('sent', 'sent'),
  }),
  docusignEvent('recipient-completed', 'Somebody has signed', { recipientId: '1' }),
  docusignEvent('envelope-completed', 'Everybody has signed', {
    envelopeSummary: envelope('completed', 'completed'),
  }),
]
