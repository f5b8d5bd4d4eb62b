import type { Sample, Template } from './types.ts'

const NAME_FIELD: Readonly<Record<string, Template>> = {
  id: '{id:12@name}',
  type: 'short_text',
  ref: '{uuid@name}',
}
const MAIL_FIELD: Readonly<Record<string, Template>> = {
  id: '{id:12@mail}',
  type: 'email',
  ref: '{uuid@mail}',
}

/** https://www.typeform.com/developers/webhooks/example-payload/ */
function typeformEvent(
  event: string,
  summary: string,
  answers: readonly Template[],
  more: Readonly<Record<string, Template>>,
): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        event_id: '01{upper:24}',
        event_type: event,
        form_response: {
          form_id: '{id:8@form}',
          token: '{lower:32}',
          landed_at: '{now:utc-2m}',
          ...more,
          hidden: { source: 'newsletter' },
          definition: {
            id: '{id:8@form}',
            title: 'Join the mug club',
            fields: [
              { ...NAME_FIELD, title: 'What is your name?', properties: {} },
              { ...MAIL_FIELD, title: 'Where may we write to you?', properties: {} },
            ],
            endings: [
              { id: '{id:12}', ref: 'default_tys', title: 'Welcome to the club', type: 'thankyou_screen' },
            ],
          },
          answers,
        },
      },
    },
  }
}

const NAME_ANSWER: Template = { type: 'text', text: 'Jonas Brandt', field: NAME_FIELD }
const MAIL_ANSWER: Template = { type: 'email', email: 'jonas.brandt@example.com', field: MAIL_FIELD }

export const samples: readonly Sample[] = [
  typeformEvent('form_response', 'Somebody filled in a form', [NAME_ANSWER, MAIL_ANSWER], {
    submitted_at: '{now:utc}',
    calculated: { score: 0 },
  }),
  typeformEvent('form_response_partial', 'Somebody left a form half filled in', [NAME_ANSWER], {}),
]
