import type { Sample } from './types.ts'

/** https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/: a form, its times in UTC. */
function audienceEvent(event: string, summary: string, data: Readonly<Record<string, string>>): Sample {
  const fields = Object.entries(data).map(([name, value]) => [`data[${name}]`, value] as const)
  return {
    event,
    summary,
    body: {
      form: { type: event, fired_at: '{now:sql}', ...Object.fromEntries(fields) },
    },
  }
}

export const samples: readonly Sample[] = [
  audienceEvent('subscribe', 'Somebody subscribed to your newsletter', {
    id: '{hex:10}',
    email: 'jonas.brandt@example.com',
    email_type: 'html',
    ip_opt: '203.0.113.24',
    web_id: '{int:9}',
    'merges][EMAIL': 'jonas.brandt@example.com',
    'merges][FNAME': 'Jonas',
    'merges][LNAME': 'Brandt',
    list_id: '{hex:10}',
  }),
  audienceEvent('unsubscribe', 'Somebody left your newsletter', {
    action: 'unsub',
    reason: 'manual',
    id: '{hex:10}',
    email: 'jonas.brandt@example.com',
    email_type: 'html',
    ip_opt: '203.0.113.24',
    web_id: '{int:9}',
    'merges][EMAIL': 'jonas.brandt@example.com',
    'merges][FNAME': 'Jonas',
    list_id: '{hex:10}',
  }),
]
