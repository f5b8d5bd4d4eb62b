import type { Provider } from '../types.ts'

export const telegram: Provider = {
  id: 'telegram',
  name: 'Telegram',
  docs: 'https://core.telegram.org/bots/api#setwebhook',
  detect: [{ header: 'X-Telegram-Bot-Api-Secret-Token' }, { where: { 'json:update_id': true } }],
  schemes: [
    {
      name: 'token',
      algorithm: 'token',
      encoding: 'raw',
      signature: 'header:X-Telegram-Bot-Api-Secret-Token',
      content: '',
    },
  ],
  event: ['key:update_id'],
  delivery: ['json:update_id'],
  respond: { codes: '2xx' },
  retry: { delaysS: [1, 5, 30, 60, 300], note: 'a reasonable number of times' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'TELEGRAM_SECRET_TOKEN',
    make: { kind: 'alphanumeric', length: 64 },
    hint: 'secret_token of setWebhook: 1 to 256 of A-Z a-z 0-9 _ -; not the bot token',
  },
  quirks: ['The token says nothing of the body.'],
  confidence: { signature: 'secondary', events: 'secondary', delivery: 'secondary' },
}
