import { CUSTOMER, CUSTOMER_ADDRESS, order } from './parts/shopify-objects.ts'
import { PRODUCT, SHOP } from './parts/shopify-shop.ts'
import type { Sample, Template } from './types.ts'

/** The bodies of API version 2026-07: https://shopify.dev/docs/api/webhooks */
function shopifyEvent(event: string, summary: string, json: Template): Sample {
  return { event, summary, headers: { 'X-Shopify-Api-Version': '2026-07' }, body: { json } }
}

export const samples: readonly Sample[] = [
  shopifyEvent('orders/create', 'An order was placed', order({})),
  shopifyEvent(
    'orders/paid',
    'An order was paid',
    order({ financial_status: 'paid', total_outstanding: '0.00' }),
  ),
  shopifyEvent('customers/create', 'A customer signed up', {
    ...CUSTOMER,
    note: '',
    addresses: [{ ...CUSTOMER_ADDRESS, address2: '', company: '' }],
  }),
  shopifyEvent('products/update', 'A product was changed', PRODUCT),
  shopifyEvent('app/uninstalled', 'A shop removed your app', SHOP),
]
