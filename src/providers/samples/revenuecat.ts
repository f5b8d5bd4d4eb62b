import type { Sample, Template } from './types.ts'

/** https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields */
function revenuecatEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        api_version: '1.0',
        event: {
          aliases: ['{uuid@user}'],
          app_id: 'app{hex:10}',
          app_user_id: '{uuid@user}',
          country_code: 'GB',
          currency: 'GBP',
          entitlement_id: null,
          entitlement_ids: ['studio'],
          environment: 'SANDBOX',
          event_timestamp_ms: '{#now:ms}',
          expiration_at_ms: '{#now:ms+30d}',
          id: '{uuid}',
          is_family_share: false,
          offer_code: null,
          original_app_user_id: '{uuid@user}',
          original_transaction_id: '{int:15@original}',
          period_type: 'NORMAL',
          presented_offering_id: 'default',
          price: 24.99,
          price_in_purchased_currency: 18.99,
          product_id: 'com.example.studio.monthly',
          purchased_at_ms: '{#now:ms}',
          store: 'APP_STORE',
          subscriber_attributes: {
            $email: { updated_at_ms: '{#now:ms-9d}', value: 'jonas.brandt@example.com' },
          },
          takehome_percentage: 0.7,
          tax_percentage: 0.1667,
          commission_percentage: 0.15,
          transaction_id: '{int:15@original}',
          type: event,
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  revenuecatEvent('INITIAL_PURCHASE', 'A subscription was bought', {}),
  revenuecatEvent('RENEWAL', 'A subscription was renewed', {
    is_trial_conversion: false,
    transaction_id: '{int:15}',
    renewal_number: 3,
  }),
  revenuecatEvent('CANCELLATION', 'A subscription will not be renewed', {
    cancel_reason: 'UNSUBSCRIBE',
    purchased_at_ms: '{#now:ms-12d}',
    expiration_at_ms: '{#now:ms+18d}',
  }),
]
