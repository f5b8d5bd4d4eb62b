import type { Sample, Template } from './types.ts'

/** https://developers.intercom.com/docs/references/webhooks/webhook-models */
function intercomEvent(event: string, summary: string, item: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        type: 'notification_event',
        app_id: '{lower:8@app}',
        data: { type: 'notification_event_data', item },
        links: {},
        id: 'notif_{uuid}',
        topic: event,
        delivery_status: 'pending',
        delivery_attempts: 1,
        delivered_at: 0,
        first_sent_at: '{#now:unix}',
        created_at: '{#now:unix}',
        self: null,
      },
    },
  }
}

const CONTACT: Template = {
  type: 'contact',
  id: '{hex:24@contact}',
  workspace_id: '{lower:8@app}',
  external_id: null,
  role: 'user',
  email: 'jonas.brandt@example.com',
  phone: null,
  name: 'Jonas Brandt',
  owner_id: null,
  has_hard_bounced: false,
  marked_email_as_spam: false,
  unsubscribed_from_emails: false,
  created_at: '{now:iso}',
  updated_at: '{now:iso}',
  signed_up_at: '{now:iso}',
  last_seen_at: null,
  custom_attributes: { plan: 'studio' },
}

export const samples: readonly Sample[] = [
  intercomEvent('contact.user.created', 'A user signed up', CONTACT),
  intercomEvent('conversation.user.created', 'Somebody wrote to you', {
    type: 'conversation',
    id: '{int:15@conversation}',
    created_at: '{#now:unix}',
    updated_at: '{#now:unix}',
    waiting_since: '{#now:unix}',
    snoozed_until: null,
    source: {
      type: 'conversation',
      id: '{int:10}',
      delivered_as: 'customer_initiated',
      subject: '',
      body: '<p>Is the blue mug back in stock?</p>',
      author: {
        type: 'user',
        id: '{hex:24@contact}',
        name: 'Jonas Brandt',
        email: 'jonas.brandt@example.com',
      },
      attachments: [],
      url: 'https://shop.example.com/mugs/blue',
      redacted: false,
    },
    contacts: { type: 'contact.list', contacts: [{ type: 'contact', id: '{hex:24@contact}' }] },
    admin_assignee_id: null,
    team_assignee_id: null,
    open: true,
    state: 'open',
    read: false,
    priority: 'not_priority',
    tags: { type: 'tag.list', tags: [] },
  }),
  intercomEvent('ping', 'Intercom asks whether you are there', {
    type: 'ping',
    message: 'A ping from the developer hub',
  }),
]
