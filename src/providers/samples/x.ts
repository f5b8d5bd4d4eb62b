import type { Sample, Template } from './types.ts'

function user(id: string, name: string, handle: string): Template {
  return {
    id: `{#int:10@${id}}`,
    id_str: `{int:10@${id}}`,
    name,
    screen_name: handle,
    location: 'Bristol',
    description: null,
    protected: false,
    verified: false,
    followers_count: 214,
    friends_count: 180,
    statuses_count: 951,
    created_at: 'Sat Mar 14 09:26:53 +0000 2020',
  }
}

const SHOP = user('shop', 'Harbour Lane', 'harbour_lane')
const READER = user('reader', 'Jonas Brandt', 'jonas_brandt')

/** https://docs.x.com/x-api/account-activity/introduction: the key that holds the activity names it. */
function activity(event: string, summary: string, content: Readonly<Record<string, Template>>): Sample {
  return { event, summary, body: { json: { for_user_id: '{int:10@shop}', ...content } } }
}

export const samples: readonly Sample[] = [
  activity('tweet_create_events', 'Somebody mentioned you', {
    user_has_blocked: false,
    tweet_create_events: [
      {
        created_at: '{now:rfc2822}',
        id_str: '{int:19}',
        text: '@harbour_lane is the blue mug back in stock?',
        source: 'Twitter Web App',
        truncated: false,
        in_reply_to_status_id_str: null,
        in_reply_to_user_id_str: '{int:10@shop}',
        user: READER,
        is_quote_status: false,
        retweet_count: 0,
        favorite_count: 0,
        entities: {
          hashtags: [],
          urls: [],
          user_mentions: [
            { screen_name: 'harbour_lane', name: 'Harbour Lane', id_str: '{int:10@shop}', indices: [0, 13] },
          ],
        },
        lang: 'en',
        timestamp_ms: '{now:ms}',
      },
    ],
  }),
  activity('follow_events', 'Somebody follows you', {
    follow_events: [{ type: 'follow', created_timestamp: '{now:ms}', target: SHOP, source: READER }],
  }),
  activity('direct_message_events', 'Somebody wrote to you', {
    direct_message_events: [
      {
        type: 'message_create',
        id: '{int:19}',
        created_timestamp: '{now:ms}',
        message_create: {
          target: { recipient_id: '{int:10@shop}' },
          sender_id: '{int:10@reader}',
          message_data: {
            text: 'Is the blue mug back in stock?',
            entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
          },
        },
      },
    ],
    users: { '111': READER, '222': SHOP },
  }),
]
