import type { Sample, Template } from './types.ts'

/** https://workos.com/docs/events */
function workosEvent(event: string, summary: string, data: Template): Sample {
  return {
    event,
    summary,
    body: { json: { id: 'event_01{upper:24}', event, data, created_at: '{now:iso}', context: {} } },
  }
}

export const samples: readonly Sample[] = [
  workosEvent('user.created', 'A user signed up', {
    object: 'user',
    id: 'user_01{upper:24}',
    email: 'jonas.brandt@example.com',
    email_verified: true,
    first_name: 'Jonas',
    last_name: 'Brandt',
    profile_picture_url: null,
    last_sign_in_at: null,
    external_id: null,
    metadata: {},
    created_at: '{now:iso}',
    updated_at: '{now:iso}',
  }),
  workosEvent('connection.activated', 'A company can sign in with its own directory', {
    object: 'connection',
    id: 'conn_01{upper:24}',
    organization_id: 'org_01{upper:24}',
    connection_type: 'OktaSAML',
    name: 'Harbour Lane',
    state: 'active',
    domains: [{ object: 'connection_domain', id: 'conn_domain_01{upper:24}', domain: 'example.com' }],
    created_at: '{now:iso-1h}',
    updated_at: '{now:iso}',
  }),
  workosEvent('dsync.user.created', 'A company added a person to its directory', {
    object: 'directory_user',
    id: 'directory_user_01{upper:24}',
    directory_id: 'directory_01{upper:24}',
    organization_id: 'org_01{upper:24}',
    idp_id: '{int:8}',
    email: 'jonas.brandt@example.com',
    first_name: 'Jonas',
    last_name: 'Brandt',
    state: 'active',
    custom_attributes: { department: 'Workshop' },
    role: { slug: 'member' },
    created_at: '{now:iso}',
    updated_at: '{now:iso}',
  }),
]
