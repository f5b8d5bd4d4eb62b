import type { Sample, Template } from './types.ts'

/** https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/ */
function zendeskEvent(
  event: string,
  subject: string,
  summary: string,
  detail: Template,
  change: Template,
): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        account_id: '{#int:8}',
        detail,
        event: change,
        id: '{uuid}',
        subject,
        time: '{now:utc}',
        type: event,
        zendesk_event_version: '2022-11-06',
      },
    },
  }
}

const TICKET: Template = {
  id: '{int:5@ticket}',
  subject: 'Where is my order?',
  description: 'I ordered two mugs a week ago.',
  status: 'NEW',
  priority: 'NORMAL',
  type: 'QUESTION',
  actor_id: '{int:12@user}',
  requester_id: '{int:12@user}',
  submitter_id: '{int:12@user}',
  assignee_id: null,
  group_id: '{int:12}',
  organization_id: null,
  brand_id: '{int:12}',
  form_id: '{int:12}',
  is_public: true,
  tags: ['order'],
  via: { channel: 'email' },
  created_at: '{now:utc}',
  updated_at: '{now:utc}',
}

const USER: Template = {
  id: '{int:12@user}',
  email: 'mina.okafor@example.com',
  role: 'end-user',
  external_id: '',
  default_group_id: '',
  organization_id: '',
  created_at: '{now:utc}',
  updated_at: '{now:utc}',
}

export const samples: readonly Sample[] = [
  zendeskEvent('zen:event-type:ticket.created', 'zen:ticket:{int:5@ticket}', 'A ticket was opened', TICKET, {
    meta: { sequence: { id: '{id:26}', position: 1, total: 1 } },
  }),
  zendeskEvent(
    'zen:event-type:ticket.status_changed',
    'zen:ticket:{int:5@ticket}',
    'A ticket got another status',
    TICKET,
    {
      current: 'NEW',
      previous: 'OPEN',
    },
  ),
  zendeskEvent('zen:event-type:user.created', 'zen:user:{int:12@user}', 'A user was created', USER, {}),
]
