import type { Sample, Template } from './types.ts'

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started: Meta escapes `/` and everything beyond ASCII. */
function metaEvent(object: string, field: string, summary: string, id: string, value: Template): Sample {
  return {
    event: `${object}.${field}`,
    summary,
    body: {
      style: 'escaped',
      json: { object, entry: [{ id, time: '{#now:unix}', changes: [{ field, value }] }] },
    },
  }
}

const CONTACT_NUMBER = '447700900456'
const WHATSAPP_METADATA: Template = {
  display_phone_number: '441174960123',
  phone_number_id: '{int:15@phone}',
}

export const samples: readonly Sample[] = [
  metaEvent('whatsapp_business_account', 'messages', 'Somebody wrote to you on WhatsApp', '{int:15}', {
    messaging_product: 'whatsapp',
    metadata: WHATSAPP_METADATA,
    contacts: [{ profile: { name: 'Zoë Okafor' }, wa_id: CONTACT_NUMBER }],
    messages: [
      {
        from: CONTACT_NUMBER,
        id: 'wamid.{id:56}',
        timestamp: '{now:unix}',
        text: { body: 'Is the blue mug back in stock?' },
        type: 'text',
      },
    ],
  }),
  metaEvent('page', 'feed', 'Somebody wrote on your page', '{int:15@page}', {
    from: { id: '{int:16}', name: 'Jonas Brandt' },
    item: 'comment',
    comment_id: '{int:15@post}_{int:15}',
    post_id: '{int:15@page}_{int:15@post}',
    parent_id: '{int:15@page}_{int:15@post}',
    verb: 'add',
    created_time: '{#now:unix}',
    message: 'Such a lovely mug!',
  }),
  metaEvent('instagram', 'comments', 'Somebody commented on Instagram', '{int:17}', {
    from: { id: '{int:16}', username: 'jonas.brandt' },
    media: { id: '{int:17}', media_product_type: 'FEED' },
    id: '{int:17}',
    text: 'Such a lovely mug!',
  }),
  metaEvent('page', 'leadgen', 'Somebody filled in the form of an ad', '{int:15@page}', {
    ad_id: '{int:17}',
    adgroup_id: '{int:17}',
    form_id: '{int:16}',
    leadgen_id: '{int:16}',
    created_time: '{#now:unix}',
    page_id: '{int:15@page}',
  }),
]
