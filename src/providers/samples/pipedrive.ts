import type { Sample, Template } from './types.ts'

interface Change {
  readonly entity: string
  readonly action: string
  readonly summary: string
  readonly data: Template
  readonly previous: Template
}

/** Webhooks v2: https://pipedrive.readme.io/docs/guide-for-webhooks-v2 */
function pipedriveEvent({ entity, action, summary, data, previous }: Change): Sample {
  return {
    event: `${entity}.${action}`,
    summary,
    body: {
      json: {
        data,
        previous,
        meta: {
          action,
          company_id: '{int:8}',
          correlation_id: '{uuid}',
          entity_id: '{int:5@entity}',
          entity,
          id: '{uuid}',
          is_bulk_edit: false,
          timestamp: '{now:iso}',
          type: 'general',
          user_id: '{int:8@user}',
          version: '2.0',
          webhook_id: '{int:7}',
          webhook_owner_id: '{int:8@user}',
          change_source: 'app',
          permitted_user_ids: ['{int:8@user}'],
          attempt: 1,
          host: 'harbour-lane.pipedrive.com',
        },
      },
    },
  }
}

const DEAL: Readonly<Record<string, Template>> = {
  id: '{#int:5@entity}',
  title: 'Four hundred mugs for a ferry',
  value: 4800,
  currency: 'GBP',
  status: 'open',
  stage_id: 2,
  pipeline_id: 1,
  owner_id: '{#int:8@user}',
  person_id: '{#int:5}',
  org_id: '{#int:5}',
  add_time: '{now:utc-9d}',
  update_time: '{now:utc}',
}

export const samples: readonly Sample[] = [
  pipedriveEvent({
    entity: 'deal',
    action: 'create',
    summary: 'A deal was created',
    data: DEAL,
    previous: null,
  }),
  pipedriveEvent({
    entity: 'deal',
    action: 'change',
    summary: 'A deal was won',
    data: { ...DEAL, status: 'won', won_time: '{now:utc}' },
    previous: { status: 'open', won_time: null },
  }),
  pipedriveEvent({
    entity: 'person',
    action: 'create',
    summary: 'A person was created',
    data: {
      id: '{#int:5@entity}',
      name: 'Jonas Brandt',
      first_name: 'Jonas',
      last_name: 'Brandt',
      emails: [{ label: 'work', primary: true, value: 'jonas.brandt@example.com' }],
      phones: [],
      owner_id: '{#int:8@user}',
      add_time: '{now:utc}',
      update_time: '{now:utc}',
    },
    previous: null,
  }),
]
