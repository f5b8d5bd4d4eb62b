import type { Sample, Template } from './types.ts'

const USER: Readonly<Record<string, Template>> = {
  id: '{#int:9@user}',
  is_bot: false,
  first_name: 'Mina',
  last_name: 'Okafor',
  username: 'mina_okafor',
  language_code: 'en',
}

const CHAT: Template = {
  id: '{#int:9@user}',
  first_name: 'Mina',
  last_name: 'Okafor',
  username: 'mina_okafor',
  type: 'private',
}

/** https://core.telegram.org/bots/api#update */
function update(event: string, summary: string, content: Template): Sample {
  return { event, summary, body: { json: { update_id: '{#int:9@update}', [event]: content } } }
}

export const samples: readonly Sample[] = [
  update('message', 'Somebody wrote to your bot', {
    message_id: '{#int:4}',
    from: USER,
    chat: CHAT,
    date: '{#now:unix}',
    text: '/stock blue mug',
    entities: [{ offset: 0, length: 6, type: 'bot_command' }],
  }),
  update('callback_query', 'Somebody pressed a button of your bot', {
    id: '{int:18}',
    from: USER,
    message: {
      message_id: '{#int:4}',
      from: { id: '{#int:10}', is_bot: true, first_name: 'Harbour Lane', username: 'harbour_lane_bot' },
      chat: CHAT,
      date: '{#now:unix-1m}',
      text: 'There are 18 blue mugs. Shall I keep one for you?',
      reply_markup: { inline_keyboard: [[{ text: 'Keep one', callback_data: 'keep:blue' }]] },
    },
    chat_instance: '-{int:18}',
    data: 'keep:blue',
  }),
  update('pre_checkout_query', 'Somebody is about to pay', {
    id: '{int:18}',
    from: USER,
    currency: 'GBP',
    total_amount: 1500,
    invoice_payload: 'HL-{int:5}',
  }),
]
