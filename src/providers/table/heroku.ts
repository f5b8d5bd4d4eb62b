import type { Provider } from '../types.ts'

export const heroku: Provider = {
  id: 'heroku',
  name: 'Heroku',
  docs: 'https://devcenter.heroku.com/articles/app-webhooks',
  detect: [{ header: 'Heroku-Webhook-Hmac-SHA256' }, { header: 'User-Agent', prefix: 'Heroku' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:Heroku-Webhook-Hmac-SHA256',
      content: '{body}',
    },
  ],
  event: [
    ['json:webhook_metadata.event.include', 'json:action'],
    ['json:resource', 'json:action'],
  ],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 300, 1800, 7200], note: 'level sync is retried, level notify is not' },
  send: { userAgent: 'Heroku Webhooks', contentType: 'application/json' },
  secret: {
    env: 'HEROKU_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'the secret given to `heroku webhooks:add`',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
