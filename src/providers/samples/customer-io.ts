import type { Sample, Template } from './types.ts'

/** Reporting webhooks: https://docs.customer.io/integrations/data-out/connections/webhooks/ */
function emailEvent(metric: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event: `email.${metric}`,
    summary,
    body: {
      json: {
        event_id: '01{upper:24}',
        object_type: 'email',
        timestamp: '{#now:unix}',
        metric,
        data: {
          customer_id: '{int:6@customer}',
          identifiers: { id: '{int:6@customer}', email: 'jonas.brandt@example.com', cio_id: '{hex:12}' },
          delivery_id: '{id:30}==',
          campaign_id: 42,
          action_id: 96,
          recipient: 'jonas.brandt@example.com',
          subject: 'Welcome to the mug club',
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  emailEvent('sent', 'A message was sent', {}),
  emailEvent('delivered', 'A message reached the mail server of its reader', {}),
  emailEvent('clicked', 'Somebody followed a link', {
    href: 'https://shop.example.com/mugs/blue',
    link_id: 12,
  }),
]
