import type { Sample, Template } from './types.ts'

const USER: Template = {
  id: '{int:18@user}',
  username: 'minaokafor',
  global_name: 'Mina',
  discriminator: '0',
  avatar: '{hex:32}',
  public_flags: 0,
  bot: false,
}

/** https://discord.com/developers/docs/events/webhook-events */
function discordEvent(event: string, summary: string, data: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        version: 1,
        application_id: '{int:18@app}',
        type: 1,
        event: { type: event, timestamp: '{now:iso}', data },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  {
    event: 'command',
    wire: '2',
    summary: 'Somebody used a slash command of your app',
    // https://discord.com/developers/docs/interactions/receiving-and-responding
    body: {
      json: {
        app_permissions: '562949953601536',
        application_id: '{int:18@app}',
        channel_id: '{int:18@channel}',
        channel: { id: '{int:18@channel}', type: 0, name: 'orders' },
        data: {
          id: '{int:18}',
          name: 'stock',
          type: 1,
          options: [{ name: 'item', type: 3, value: 'blue mug' }],
        },
        entitlements: [],
        guild: { features: [], id: '{int:18@guild}', locale: 'en-GB' },
        guild_id: '{int:18@guild}',
        guild_locale: 'en-GB',
        id: '{int:18}',
        locale: 'en-GB',
        member: {
          user: USER,
          roles: [],
          nick: null,
          joined_at: '{now:iso-90d}',
          permissions: '562949953601536',
          deaf: false,
          mute: false,
        },
        token: '{id:120}',
        type: 2,
        version: 1,
      },
    },
  },
  discordEvent('APPLICATION_AUTHORIZED', 'Somebody added your app to a server', {
    integration_type: 0,
    scopes: ['applications.commands', 'bot'],
    user: USER,
    guild: {
      id: '{int:18@guild}',
      name: 'Harbour Lane',
      icon: null,
      owner_id: '{int:18@user}',
      features: [],
    },
  }),
  discordEvent('ENTITLEMENT_CREATE', 'Somebody bought something in your app', {
    id: '{int:18}',
    sku_id: '{int:18}',
    application_id: '{int:18@app}',
    user_id: '{int:18@user}',
    promotion_id: null,
    type: 8,
    deleted: false,
    gift_code_flags: 0,
    consumed: false,
    starts_at: '{now:iso}',
    ends_at: '{now:iso+30d}',
  }),
]
