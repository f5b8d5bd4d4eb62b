import type { Template } from '../types.ts'
import { nulls } from './nulls.ts'

type Fields = Readonly<Record<string, Template>>

function money(amount: string): Fields {
  const both = { amount, currency_code: 'GBP' }
  return { shop_money: both, presentment_money: both }
}

const NAME: Fields = { first_name: 'Mina', last_name: 'Okafor', name: 'Mina Okafor' }

const PLACE: Fields = {
  address1: '12 Harbour Lane',
  address2: null,
  city: 'Bristol',
  company: null,
  country: 'United Kingdom',
  country_code: 'GB',
  phone: '+44 117 496 0123',
  province: 'England',
  province_code: 'ENG',
  zip: 'BS1 4XX',
}

const ADDRESS: Fields = { ...NAME, ...PLACE, latitude: 51.45, longitude: -2.59 }

export const CUSTOMER_ADDRESS: Fields = {
  id: '{#int:13@address}',
  customer_id: '{#int:13@customer}',
  ...NAME,
  ...PLACE,
  country_name: 'United Kingdom',
  default: true,
}

/** https://shopify.dev/docs/api/admin-rest/latest/resources/customer */
export const CUSTOMER: Fields = {
  id: '{#int:13@customer}',
  admin_graphql_api_id: 'gid://shopify/Customer/{int:13@customer}',
  email: 'mina.okafor@example.com',
  created_at: '{now:utc}',
  updated_at: '{now:utc}',
  first_name: 'Mina',
  last_name: 'Okafor',
  state: 'disabled',
  note: null,
  verified_email: true,
  multipass_identifier: null,
  tax_exempt: false,
  phone: null,
  currency: 'GBP',
  tax_exemptions: [],
  default_address: CUSTOMER_ADDRESS,
}

const TAX_LINES: Template = [
  { channel_liable: false, price: '6.00', price_set: money('6.00'), rate: 0.2, title: 'GB VAT' },
]

const LINE_ITEM: Fields = {
  id: '{#int:13@line}',
  admin_graphql_api_id: 'gid://shopify/LineItem/{int:13@line}',
  attributed_staffs: [],
  current_quantity: 2,
  fulfillable_quantity: 2,
  fulfillment_service: 'manual',
  fulfillment_status: null,
  gift_card: false,
  grams: 350,
  name: 'Blue enamel mug',
  price: '15.00',
  price_set: money('15.00'),
  product_exists: true,
  product_id: '{#int:13@product}',
  properties: [],
  quantity: 2,
  requires_shipping: true,
  sales_line_item_group_id: null,
  sku: 'MUG-BLUE',
  taxable: true,
  title: 'Blue enamel mug',
  total_discount: '0.00',
  total_discount_set: money('0.00'),
  variant_id: '{#int:13@variant}',
  variant_inventory_management: 'shopify',
  variant_title: null,
  vendor: 'Harbour Lane',
  tax_lines: TAX_LINES,
  duties: [],
  discount_allocations: [],
}

const SHIPPING_LINE: Fields = {
  id: '{#int:13}',
  carrier_identifier: null,
  code: 'Standard',
  current_discounted_price_set: money('4.50'),
  discounted_price: '4.50',
  discounted_price_set: money('4.50'),
  is_removed: false,
  phone: null,
  price: '4.50',
  price_set: money('4.50'),
  requested_fulfillment_service_id: null,
  source: 'shopify',
  title: 'Standard',
  tax_lines: [],
  discount_allocations: [],
}

/** Two mugs at 15.00, tax included, and 4.50 for the post. */
const AMOUNTS: Fields = {
  current_shipping_price_set: money('4.50'),
  current_subtotal_price: '30.00',
  current_subtotal_price_set: money('30.00'),
  current_total_additional_fees_set: null,
  current_total_discounts: '0.00',
  current_total_discounts_set: money('0.00'),
  current_total_duties_set: null,
  current_total_price: '34.50',
  current_total_price_set: money('34.50'),
  current_total_tax: '6.00',
  current_total_tax_set: money('6.00'),
  original_total_additional_fees_set: null,
  original_total_duties_set: null,
  subtotal_price: '30.00',
  subtotal_price_set: money('30.00'),
  total_cash_rounding_payment_adjustment_set: money('0.00'),
  total_cash_rounding_refund_adjustment_set: money('0.00'),
  total_discounts: '0.00',
  total_discounts_set: money('0.00'),
  total_line_items_price: '30.00',
  total_line_items_price_set: money('30.00'),
  total_outstanding: '34.50',
  total_price: '34.50',
  total_price_set: money('34.50'),
  total_shipping_price_set: money('4.50'),
  total_tax: '6.00',
  total_tax_set: money('6.00'),
  total_tip_received: '0.00',
}

/** https://shopify.dev/docs/api/admin-rest/latest/resources/order */
export function order(changes: Fields): Fields {
  return {
    id: '{#int:13@order}',
    admin_graphql_api_id: 'gid://shopify/Order/{int:13@order}',
    app_id: 580111,
    browser_ip: '203.0.113.24',
    buyer_accepts_marketing: false,
    cart_token: '{id:32@cart}',
    checkout_token: '{hex:32}',
    client_details: {
      accept_language: 'en-GB',
      browser_height: null,
      browser_ip: '203.0.113.24',
      browser_width: null,
      session_hash: null,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    },
    confirmation_number: '{upper:9}',
    confirmed: true,
    contact_email: 'mina.okafor@example.com',
    created_at: '{now:utc}',
    currency: 'GBP',
    ...AMOUNTS,
    customer_locale: 'en-GB',
    discount_codes: [],
    duties_included: false,
    email: 'mina.okafor@example.com',
    estimated_taxes: false,
    financial_status: 'pending',
    fulfillment_status: null,
    landing_site: '/',
    merchant_business_entity_id: '{id:16}',
    name: '#1042',
    note_attributes: [],
    number: 42,
    order_number: 1042,
    order_status_url: 'https://harbour-lane.myshopify.com/orders/{hex:32@status}/authenticate?key={hex:32}',
    payment_gateway_names: ['shopify_payments'],
    presentment_currency: 'GBP',
    processed_at: '{now:utc}',
    source_name: 'web',
    tags: '',
    tax_exempt: false,
    tax_lines: TAX_LINES,
    taxes_included: true,
    test: false,
    token: '{hex:32@status}',
    total_weight: 700,
    updated_at: '{now:utc}',
    billing_address: ADDRESS,
    customer: CUSTOMER,
    discount_applications: [],
    fulfillments: [],
    line_item_groups: [],
    line_items: [LINE_ITEM],
    refunds: [],
    returns: [],
    shipping_address: ADDRESS,
    shipping_lines: [SHIPPING_LINE],
    ...nulls('cancel_reason', 'cancelled_at', 'closed_at', 'device_id', 'landing_site_ref', 'location_id'),
    ...nulls('merchant_of_record_app_id', 'note', 'payment_terms', 'phone', 'po_number', 'reference'),
    ...nulls('referring_site', 'source_identifier', 'source_url', 'user_id'),
    ...changes,
  }
}
