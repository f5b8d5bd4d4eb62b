import type { Template } from '../types.ts'
import { nulls } from './nulls.ts'

type Fields = Readonly<Record<string, Template>>

const BILLING_DETAILS: Fields = {
  address: {
    city: 'Bristol',
    country: 'GB',
    line1: '12 Harbour Lane',
    line2: null,
    postal_code: 'BS1 4XX',
    state: null,
  },
  email: 'mina.okafor@example.com',
  name: 'Mina Okafor',
  phone: null,
}

const CARD: Fields = {
  amount_authorized: 4200,
  brand: 'visa',
  checks: { address_line1_check: 'pass', address_postal_code_check: 'pass', cvc_check: 'pass' },
  country: 'GB',
  exp_month: 9,
  exp_year: 2031,
  extended_authorization: { status: 'disabled' },
  fingerprint: '{id:16}',
  funding: 'credit',
  incremental_authorization: { status: 'unavailable' },
  last4: '4242',
  multicapture: { status: 'unavailable' },
  network: 'visa',
  overcapture: { maximum_amount_capturable: 4200, status: 'unavailable' },
  regulated_status: 'unregulated',
  ...nulls('authorization_code', 'installments', 'mandate', 'network_token', 'network_transaction_id'),
  ...nulls('three_d_secure', 'wallet'),
}

/** https://docs.stripe.com/api/charges/object */
export function charge(changes: Fields): Fields {
  return {
    id: 'ch_{id:24@charge}',
    object: 'charge',
    amount: 4200,
    amount_captured: 4200,
    amount_refunded: 0,
    balance_transaction: 'txn_{id:24}',
    billing_details: { ...BILLING_DETAILS, tax_id: null },
    calculated_statement_descriptor: 'HARBOUR LANE',
    captured: true,
    created: '{#now:unix}',
    currency: 'gbp',
    customer: 'cus_{id:14@customer}',
    description: 'Three blue enamel mugs',
    disputed: false,
    fraud_details: {},
    livemode: false,
    metadata: { order_id: 'HL-{int:5@order}' },
    outcome: {
      network_status: 'approved_by_network',
      risk_level: 'normal',
      risk_score: 21,
      seller_message: 'Payment complete.',
      type: 'authorized',
      ...nulls('advice_code', 'network_advice_code', 'network_decline_code', 'reason'),
    },
    paid: true,
    payment_intent: 'pi_{id:24@intent}',
    payment_method: 'pm_{id:24@method}',
    payment_method_details: { card: CARD, type: 'card' },
    receipt_email: 'mina.okafor@example.com',
    receipt_url: 'https://pay.example.com/receipts/{id:32}',
    refunded: false,
    status: 'succeeded',
    ...nulls('application', 'application_fee', 'application_fee_amount', 'failure_balance_transaction'),
    ...nulls('failure_code', 'failure_message', 'on_behalf_of', 'receipt_number', 'review', 'shipping'),
    ...nulls('source', 'source_transfer', 'statement_descriptor', 'statement_descriptor_suffix'),
    ...nulls('transfer_data', 'transfer_group'),
    ...changes,
  }
}

/** https://docs.stripe.com/api/payment_intents/object */
export function paymentIntent(changes: Fields): Fields {
  return {
    id: 'pi_{id:24@intent}',
    object: 'payment_intent',
    amount: 4200,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 4200,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    capture_method: 'automatic_async',
    client_secret: 'pi_{id:24@intent}_secret_{id:25}',
    confirmation_method: 'automatic',
    created: '{#now:unix}',
    currency: 'gbp',
    customer: 'cus_{id:14@customer}',
    description: 'Three blue enamel mugs',
    latest_charge: 'ch_{id:24@charge}',
    livemode: false,
    metadata: { order_id: 'HL-{int:5@order}' },
    payment_method: 'pm_{id:24@method}',
    payment_method_options: {
      card: { ...nulls('installments', 'mandate_options', 'network'), request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card', 'link'],
    receipt_email: 'mina.okafor@example.com',
    status: 'succeeded',
    ...nulls('application', 'application_fee_amount', 'canceled_at', 'cancellation_reason'),
    ...nulls('customer_account', 'excluded_payment_method_types', 'last_payment_error', 'next_action'),
    ...nulls('on_behalf_of', 'payment_method_configuration_details', 'processing', 'review'),
    ...nulls('setup_future_usage', 'shipping', 'source', 'statement_descriptor'),
    ...nulls('statement_descriptor_suffix', 'transfer_data', 'transfer_group'),
    ...changes,
  }
}

/** https://docs.stripe.com/api/checkout/sessions/object */
export function checkoutSession(changes: Fields): Fields {
  return {
    id: 'cs_test_{id:58}',
    object: 'checkout.session',
    amount_subtotal: 4200,
    amount_total: 4200,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    cancel_url: 'https://shop.example.com/basket',
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    created: '{#now:unix-4m}',
    currency: 'gbp',
    custom_fields: [],
    custom_text: nulls('after_submit', 'shipping_address', 'submit', 'terms_of_service_acceptance'),
    customer: 'cus_{id:14@customer}',
    customer_creation: 'always',
    customer_details: {
      ...BILLING_DETAILS,
      business_name: null,
      individual_name: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    discounts: [],
    expires_at: '{#now:unix+1d}',
    invoice_creation: {
      enabled: false,
      invoice_data: {
        ...nulls('account_tax_ids', 'custom_fields', 'description', 'footer', 'issuer', 'rendering_options'),
        metadata: {},
      },
    },
    livemode: false,
    metadata: { order_id: 'HL-{int:5@order}' },
    mode: 'payment',
    payment_intent: 'pi_{id:24@intent}',
    payment_method_collection: 'if_required',
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    payment_status: 'paid',
    phone_number_collection: { enabled: false },
    saved_payment_method_options: {
      allow_redisplay_filters: ['always'],
      payment_method_remove: null,
      payment_method_save: 'enabled',
    },
    shipping_options: [],
    status: 'complete',
    success_url: 'https://shop.example.com/thanks?session={CHECKOUT_SESSION_ID}',
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted',
    ...nulls('adaptive_pricing', 'after_expiration', 'allow_promotion_codes', 'billing_address_collection'),
    ...nulls('client_reference_id', 'client_secret', 'consent', 'consent_collection', 'currency_conversion'),
    ...nulls('customer_account', 'customer_email', 'invoice', 'locale', 'origin_context', 'payment_link'),
    ...nulls('payment_method_configuration_details', 'permissions', 'recovered_from', 'setup_intent'),
    ...nulls('shipping_address_collection', 'shipping_cost', 'submit_type', 'subscription', 'url'),
    ...nulls('wallet_options'),
    ...changes,
  }
}
