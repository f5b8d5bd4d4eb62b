import type { Sample, Template } from './types.ts'

/** https://clerk.com/docs/webhooks/overview */
function clerkEvent(event: string, summary: string, data: Template): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        data,
        event_attributes: {
          http_request: { client_ip: '203.0.113.24', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' },
        },
        instance_id: 'ins_{id:27}',
        object: 'event',
        timestamp: '{#now:ms}',
        type: event,
      },
    },
  }
}

const USER: Readonly<Record<string, Template>> = {
  id: 'user_{id:27@user}',
  object: 'user',
  username: null,
  first_name: 'Jonas',
  last_name: 'Brandt',
  image_url: 'https://img.example.com/{id:20}',
  has_image: false,
  primary_email_address_id: 'idn_{id:27@mail}',
  primary_phone_number_id: null,
  primary_web3_wallet_id: null,
  password_enabled: true,
  two_factor_enabled: false,
  totp_enabled: false,
  backup_code_enabled: false,
  email_addresses: [
    {
      id: 'idn_{id:27@mail}',
      object: 'email_address',
      email_address: 'jonas.brandt@example.com',
      reserved: false,
      verification: { status: 'verified', strategy: 'email_code', attempts: 1, expire_at: '{#now:ms+10m}' },
      linked_to: [],
    },
  ],
  phone_numbers: [],
  web3_wallets: [],
  external_accounts: [],
  saml_accounts: [],
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  external_id: null,
  last_sign_in_at: '{#now:ms}',
  banned: false,
  locked: false,
  created_at: '{#now:ms}',
  updated_at: '{#now:ms}',
  last_active_at: '{#now:ms}',
}

export const samples: readonly Sample[] = [
  clerkEvent('user.created', 'A user signed up', USER),
  clerkEvent('user.updated', 'A user was changed', {
    ...USER,
    username: 'jonas',
    created_at: '{#now:ms-9d}',
  }),
  clerkEvent('user.deleted', 'A user was deleted', { id: 'user_{id:27}', object: 'user', deleted: true }),
  clerkEvent('session.created', 'A user signed in', {
    id: 'sess_{id:27}',
    object: 'session',
    client_id: 'client_{id:27}',
    user_id: 'user_{id:27}',
    status: 'active',
    actor: null,
    last_active_at: '{#now:ms}',
    expire_at: '{#now:ms+7d}',
    abandon_at: '{#now:ms+30d}',
    created_at: '{#now:ms}',
    updated_at: '{#now:ms}',
  }),
]
