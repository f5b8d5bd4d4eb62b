import type { Sample, Template } from './types.ts'

/** https://resend.com/docs/webhooks/introduction */
function emailEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        type: event,
        created_at: '{now:iso}',
        data: {
          broadcast_id: null,
          created_at: '{now:iso-1m}',
          email_id: '{uuid}',
          from: 'Harbour Lane <orders@example.com>',
          to: ['mina.okafor@example.com'],
          subject: 'Your order is on its way',
          tags: { category: 'order_confirmation' },
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  emailEvent('email.sent', 'A message was sent', {}),
  emailEvent('email.delivered', 'A message reached the mail server of its reader', {}),
  emailEvent('email.bounced', 'A message came back', {
    bounce: {
      message: 'There is no mailbox of that name.',
      subType: 'General',
      type: 'Permanent',
      diagnosticCode: ['smtp; 550 5.1.1 There is no mailbox of that name'],
    },
  }),
  emailEvent('email.opened', 'A message was opened', {}),
]
