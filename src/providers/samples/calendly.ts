import type { Sample, Template } from './types.ts'

const API = 'https://api.calendly.com'
const INVITEE = `${API}/scheduled_events/{uuid@event}/invitees/{uuid@invitee}`

/** https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-payload */
function inviteeEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        created_at: '{now:iso}',
        created_by: `${API}/users/{uuid@host}`,
        event,
        payload: {
          uri: INVITEE,
          email: 'jonas.brandt@example.com',
          name: 'Jonas Brandt',
          first_name: null,
          last_name: null,
          timezone: 'Europe/Berlin',
          event: `${API}/scheduled_events/{uuid@event}`,
          questions_and_answers: [],
          tracking: { utm_campaign: null, utm_source: 'newsletter', utm_medium: null, salesforce_uuid: null },
          text_reminder_number: null,
          cancel_url: 'https://calendly.example.com/cancellations/{uuid@invitee}',
          reschedule_url: 'https://calendly.example.com/reschedulings/{uuid@invitee}',
          payment: null,
          no_show: null,
          scheduled_event: {
            uri: `${API}/scheduled_events/{uuid@event}`,
            name: 'Shop visit',
            status: 'active',
            start_time: '{now:iso+2d}',
            end_time: '{now:iso+2d}',
            event_type: `${API}/event_types/{uuid}`,
            location: { type: 'physical', location: '12 Harbour Lane, Bristol' },
            event_memberships: [{ user: `${API}/users/{uuid@host}`, user_email: 'mina.okafor@example.com' }],
            event_guests: [],
            created_at: '{now:iso}',
            updated_at: '{now:iso}',
          },
          created_at: '{now:iso}',
          updated_at: '{now:iso}',
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  inviteeEvent('invitee.created', 'Somebody booked a meeting', { status: 'active', rescheduled: false }),
  inviteeEvent('invitee.canceled', 'Somebody cancelled a meeting', {
    status: 'canceled',
    rescheduled: false,
    cancellation: {
      canceled_by: 'Jonas Brandt',
      reason: 'The train is not running',
      canceler_type: 'invitee',
      created_at: '{now:iso}',
    },
  }),
]
