import type { Sample, Template } from './types.ts'

const SHOP = 'https://shop.example.com'

const BILLING: Readonly<Record<string, Template>> = {
  first_name: 'Mina',
  last_name: 'Okafor',
  company: '',
  address_1: '12 Harbour Lane',
  address_2: '',
  city: 'Bristol',
  state: '',
  postcode: 'BS1 4XX',
  country: 'GB',
  phone: '',
}

function links(collection: string, id: string): Template {
  return {
    self: [{ href: `${SHOP}/wp-json/wc/v3/${collection}/${id}` }],
    collection: [{ href: `${SHOP}/wp-json/wc/v3/${collection}` }],
  }
}

/** https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks: written by PHP. */
function wooEvent(event: string, summary: string, json: Template): Sample {
  const [resource = '', action = ''] = event.split('.')
  return {
    event,
    summary,
    headers: { 'X-WC-Webhook-Resource': resource, 'X-WC-Webhook-Event': action },
    body: { style: 'escaped', json },
  }
}

export const samples: readonly Sample[] = [
  wooEvent('order.created', 'An order was placed', {
    id: '{#int:5@order}',
    parent_id: 0,
    status: 'processing',
    currency: 'GBP',
    version: '10.0.0',
    prices_include_tax: true,
    date_created: '{now:local}',
    date_modified: '{now:local}',
    discount_total: '0.00',
    discount_tax: '0.00',
    shipping_total: '4.50',
    shipping_tax: '0.00',
    cart_tax: '6.00',
    total: '34.50',
    total_tax: '6.00',
    customer_id: '{#int:4}',
    order_key: 'wc_order_{id:13}',
    billing: { ...BILLING, email: 'mina.okafor@example.com' },
    shipping: BILLING,
    payment_method: 'card',
    payment_method_title: 'Card',
    transaction_id: '',
    customer_note: '',
    date_completed: null,
    date_paid: '{now:local}',
    number: '{int:5@order}',
    meta_data: [],
    line_items: [
      {
        id: '{#int:5}',
        name: 'Blue enamel mug',
        product_id: '{#int:4}',
        variation_id: 0,
        quantity: 2,
        tax_class: '',
        subtotal: '25.00',
        subtotal_tax: '5.00',
        total: '25.00',
        total_tax: '5.00',
        taxes: [],
        meta_data: [],
        sku: 'MUG-BLUE',
        price: 12.5,
      },
    ],
    tax_lines: [],
    shipping_lines: [],
    fee_lines: [],
    coupon_lines: [],
    refunds: [],
    currency_symbol: '£',
    _links: links('orders', '{int:5@order}'),
  }),
  wooEvent('customer.created', 'A customer signed up', {
    id: '{#int:4@customer}',
    date_created: '{now:local}',
    date_modified: null,
    email: 'jonas.brandt@example.com',
    first_name: 'Jonas',
    last_name: 'Brandt',
    role: 'customer',
    username: 'jonas.brandt',
    billing: { ...BILLING, first_name: 'Jonas', last_name: 'Brandt', email: 'jonas.brandt@example.com' },
    shipping: { ...BILLING, first_name: 'Jonas', last_name: 'Brandt' },
    is_paying_customer: false,
    avatar_url: 'https://avatar.example.com/jonas.png',
    meta_data: [],
    _links: links('customers', '{int:4@customer}'),
  }),
  wooEvent('product.updated', 'A product was changed', {
    id: '{#int:4@product}',
    name: 'Blue enamel mug',
    slug: 'blue-enamel-mug',
    permalink: `${SHOP}/product/blue-enamel-mug/`,
    date_created: '{now:local-90d}',
    date_modified: '{now:local}',
    type: 'simple',
    status: 'publish',
    description: '<p>Holds a third of a litre and survives a fall.</p>',
    sku: 'MUG-BLUE',
    price: '15.00',
    regular_price: '15.00',
    sale_price: '',
    manage_stock: true,
    stock_quantity: 18,
    stock_status: 'instock',
    categories: [{ id: 12, name: 'Mugs', slug: 'mugs' }],
    images: [],
    attributes: [],
    variations: [],
    meta_data: [],
    _links: links('products', '{int:4@product}'),
  }),
]
