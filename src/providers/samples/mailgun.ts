import type { Sample, Template } from './types.ts'

const MESSAGE: Template = {
  headers: {
    to: 'Mina Okafor <mina.okafor@example.com>',
    'message-id': '{now:unix}.{hex:16@message}@mg.example.com',
    from: 'Harbour Lane <orders@example.com>',
    subject: 'Your order is on its way',
  },
  attachments: [],
  size: 4128,
}

/** https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads */
function mailgunEvent(event: string, summary: string, data: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        signature: { token: '{hex:50}', timestamp: '{now:unix}', signature: '' },
        'event-data': {
          id: '{id:22}',
          timestamp: '{#now:unix}',
          'log-level': event === 'failed' ? 'error' : 'info',
          event,
          ...data,
          message: MESSAGE,
          recipient: 'mina.okafor@example.com',
          'recipient-domain': 'example.com',
          tags: ['order-confirmation'],
          campaigns: [],
          'user-variables': {},
        },
      },
    },
  }
}

const FLAGS: Template = {
  'is-routed': false,
  'is-authenticated': true,
  'is-system-test': false,
  'is-test-mode': false,
}
const ENVELOPE: Template = {
  transport: 'smtp',
  sender: 'orders@example.com',
  'sending-ip': '203.0.113.71',
  targets: 'mina.okafor@example.com',
}

export const samples: readonly Sample[] = [
  mailgunEvent('delivered', 'A message reached the mail server of its reader', {
    flags: FLAGS,
    envelope: ENVELOPE,
    'delivery-status': {
      tls: true,
      'mx-host': 'mx.example.com',
      code: 250,
      description: '',
      'session-seconds': 0.41,
      utf8: true,
      'attempt-no': 1,
      message: 'OK',
      'certificate-verified': true,
    },
    storage: {
      key: '{id:60@stored}',
      url: 'https://storage.example.com/v3/domains/mg.example.com/messages/{id:60@stored}',
    },
  }),
  mailgunEvent('opened', 'A message was opened', {
    geolocation: { country: 'GB', region: 'ENG', city: 'Bristol' },
    ip: '203.0.113.24',
    'client-info': {
      'client-os': 'Linux',
      'device-type': 'desktop',
      'client-name': 'Firefox',
      'client-type': 'browser',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    },
  }),
  mailgunEvent('failed', 'A message could not be delivered', {
    severity: 'permanent',
    reason: 'bounce',
    flags: FLAGS,
    envelope: ENVELOPE,
    'delivery-status': {
      'attempt-no': 1,
      code: 550,
      message: '5.1.1 There is no mailbox of that name',
      description: '',
      'session-seconds': 0.28,
      'bounce-type': 'hard',
    },
  }),
]
