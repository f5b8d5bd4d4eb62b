import type { Sample, Template } from './types.ts'

/** https://developer.nylas.com/docs/reference/notifications/ */
function nylasEvent(event: string, summary: string, object: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        specversion: '1.0',
        type: event,
        source: '/google/emails/realtime',
        id: '{id:20}',
        time: '{#now:unix}',
        webhook_delivery_attempt: 1,
        data: { application_id: '{uuid}', object: { grant_id: '{uuid}', ...object } },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  nylasEvent('message.created', 'A message came into a mailbox', {
    object: 'message',
    id: '{hex:16@message}',
    thread_id: '{hex:16@message}',
    subject: 'Is the blue mug back in stock?',
    from: [{ name: 'Jonas Brandt', email: 'jonas.brandt@example.com' }],
    to: [{ name: 'Harbour Lane', email: 'hello@example.com' }],
    cc: [],
    bcc: [],
    reply_to: [],
    date: '{#now:unix}',
    unread: true,
    starred: false,
    snippet: 'I would like to buy two.',
    body: '<p>I would like to buy two.</p>',
    folders: ['INBOX', 'UNREAD'],
    attachments: [],
  }),
  nylasEvent('event.created', 'An event was put into a calendar', {
    object: 'event',
    id: '{lower:26}',
    calendar_id: 'primary',
    title: 'Shop visit',
    busy: true,
    status: 'confirmed',
    participants: [{ name: 'Jonas Brandt', email: 'jonas.brandt@example.com', status: 'noreply' }],
    when: {
      object: 'timespan',
      start_time: '{#now:unix+2d}',
      end_time: '{#now:unix+2d}',
      start_timezone: 'Europe/London',
      end_timezone: 'Europe/London',
    },
    created_at: '{#now:unix}',
    updated_at: '{#now:unix}',
  }),
]
