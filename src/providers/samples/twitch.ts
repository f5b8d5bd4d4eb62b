import type { Sample, Template } from './types.ts'

const BROADCASTER: Readonly<Record<string, Template>> = {
  broadcaster_user_id: '{int:9@broadcaster}',
  broadcaster_user_login: 'harbourlane',
  broadcaster_user_name: 'HarbourLane',
}

const VIEWER: Readonly<Record<string, Template>> = {
  user_id: '{int:9@viewer}',
  user_login: 'jonasbrandt',
  user_name: 'JonasBrandt',
}

interface Subscription {
  readonly event: string
  readonly version: string
  readonly summary: string
  readonly condition: Template
  readonly content: Template
}

/** https://dev.twitch.tv/docs/eventsub/handling-webhook-events */
function twitchEvent({ event, version, summary, condition, content }: Subscription): Sample {
  return {
    event,
    summary,
    headers: { 'Twitch-Eventsub-Subscription-Version': version },
    body: {
      json: {
        subscription: {
          id: '{uuid}',
          status: 'enabled',
          type: event,
          version,
          condition,
          transport: { method: 'webhook', callback: 'https://shop.example.com/webhooks/twitch' },
          created_at: '{now:iso-9d}',
          cost: 0,
        },
        event: content,
      },
    },
  }
}

const BY_BROADCASTER: Template = { broadcaster_user_id: '{int:9@broadcaster}' }

export const samples: readonly Sample[] = [
  twitchEvent({
    event: 'stream.online',
    version: '1',
    summary: 'A stream began',
    condition: BY_BROADCASTER,
    content: { id: '{int:11}', ...BROADCASTER, type: 'live', started_at: '{now:iso}' },
  }),
  twitchEvent({
    event: 'channel.follow',
    version: '2',
    summary: 'Somebody follows the channel',
    condition: { broadcaster_user_id: '{int:9@broadcaster}', moderator_user_id: '{int:9@broadcaster}' },
    content: { ...VIEWER, ...BROADCASTER, followed_at: '{now:iso}' },
  }),
  twitchEvent({
    event: 'channel.subscribe',
    version: '1',
    summary: 'Somebody subscribed to the channel',
    condition: BY_BROADCASTER,
    content: { ...VIEWER, ...BROADCASTER, tier: '1000', is_gift: false },
  }),
]
