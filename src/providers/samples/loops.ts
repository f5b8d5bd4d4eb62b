import type { Sample, Template } from './types.ts'

const CONTACT: Template = { id: '{lower:25}', email: 'jonas.brandt@example.com', userId: 'user_{int:5}' }

/** https://loops.so/docs/webhooks */
function loopsEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: { json: { eventName: event, eventTime: '{#now:unix}', webhookSchemaVersion: '1.0.0', ...more } },
  }
}

export const samples: readonly Sample[] = [
  loopsEvent('contact.created', 'Somebody signed up', { contactIdentity: CONTACT }),
  loopsEvent('email.delivered', 'A message reached the mail server of its reader', {
    sourceType: 'transactional',
    contactIdentity: CONTACT,
    email: { id: '{lower:25}', emailMessageId: '{lower:25}', subject: 'Welcome to the mug club' },
  }),
]
