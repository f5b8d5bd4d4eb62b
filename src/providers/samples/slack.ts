import type { Sample, Template } from './types.ts'

/** The outer event: https://docs.slack.dev/apis/events-api/ */
function slackEvent(
  summary: string,
  event: Readonly<Record<string, Template>> & { readonly type: string },
): Sample {
  return {
    event: event.type,
    summary,
    body: {
      style: 'escaped',
      json: {
        token: '{id:24}',
        team_id: 'T{upper:10@team}',
        context_team_id: 'T{upper:10@team}',
        context_enterprise_id: null,
        api_app_id: 'A{upper:10@app}',
        event,
        type: 'event_callback',
        event_id: 'Ev{upper:10}',
        event_time: '{#now:unix}',
        authorizations: [
          {
            enterprise_id: null,
            team_id: 'T{upper:10@team}',
            user_id: 'U{upper:10@bot}',
            is_bot: true,
            is_enterprise_install: false,
          },
        ],
        is_ext_shared_channel: false,
        event_context: '4-{id:96}',
      },
    },
  }
}

const TEXT_BLOCK: Template = {
  type: 'rich_text',
  block_id: '{id:5}',
  elements: [
    { type: 'rich_text_section', elements: [{ type: 'text', text: 'Is the blue mug back in stock?' }] },
  ],
}

const PROFILE: Template = {
  title: '',
  phone: '',
  skype: '',
  real_name: 'Jonas Brandt',
  real_name_normalized: 'Jonas Brandt',
  display_name: 'Jonas',
  display_name_normalized: 'Jonas',
  first_name: 'Jonas',
  last_name: 'Brandt',
  email: 'jonas.brandt@example.com',
  fields: {},
  status_text: '',
  status_text_canonical: '',
  status_emoji: '',
  status_emoji_display_info: [],
  status_expiration: 0,
  avatar_hash: '{hex:12}',
  image_24: 'https://avatar.example.com/jonas-24.png',
  image_32: 'https://avatar.example.com/jonas-32.png',
  image_48: 'https://avatar.example.com/jonas-48.png',
  image_72: 'https://avatar.example.com/jonas-72.png',
  image_192: 'https://avatar.example.com/jonas-192.png',
  image_512: 'https://avatar.example.com/jonas-512.png',
  team: 'T{upper:10@team}',
}

export const samples: readonly Sample[] = [
  slackEvent('Somebody wrote in a channel', {
    user: 'U{upper:10@user}',
    type: 'message',
    ts: '{now:unix}.{int:6@micro}',
    client_msg_id: '{uuid}',
    text: 'Is the blue mug back in stock?',
    team: 'T{upper:10@team}',
    blocks: [TEXT_BLOCK],
    channel: 'C{upper:10@channel}',
    event_ts: '{now:unix}.{int:6@micro}',
    channel_type: 'channel',
  }),
  slackEvent('Somebody called your app by its name', {
    user: 'U{upper:10@user}',
    type: 'app_mention',
    ts: '{now:unix}.{int:6@micro}',
    client_msg_id: '{uuid}',
    text: '<@U{upper:10@bot}> is the blue mug back in stock?',
    team: 'T{upper:10@team}',
    channel: 'C{upper:10@channel}',
    event_ts: '{now:unix}.{int:6@micro}',
  }),
  slackEvent('Somebody joined the workspace', {
    type: 'team_join',
    user: {
      id: 'U{upper:10@user}',
      team_id: 'T{upper:10@team}',
      name: 'jonas.brandt',
      deleted: false,
      real_name: 'Jonas Brandt',
      tz: 'Europe/Berlin',
      profile: PROFILE,
      is_admin: false,
      is_owner: false,
      is_bot: false,
      updated: '{#now:unix}',
    },
    cache_ts: '{#now:unix}',
    event_ts: '{now:unix}.{int:6}',
  }),
  slackEvent('Somebody reacted to a message', {
    type: 'reaction_added',
    user: 'U{upper:10@user}',
    reaction: 'coffee',
    item: { type: 'message', channel: 'C{upper:10@channel}', ts: '{now:unix-5m}.{int:6}' },
    item_user: 'U{upper:10@author}',
    event_ts: '{now:unix}.{int:6}',
  }),
  {
    event: 'slash_command',
    wire: '/stock',
    summary: 'Somebody used a slash command',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: {
      form: {
        token: '{id:24}',
        team_id: 'T{upper:10}',
        team_domain: 'harbour-lane',
        channel_id: 'C{upper:10@channel}',
        channel_name: 'orders',
        user_id: 'U{upper:10}',
        user_name: 'mina.okafor',
        command: '/stock',
        text: 'blue mug',
        api_app_id: 'A{upper:10}',
        is_enterprise_install: 'false',
        response_url: 'https://hooks.slack.com/commands/T{upper:10}/{int:13}/{id:24}',
        trigger_id: '{int:13}.{int:11}.{hex:32}',
      },
    },
  },
]
