import type { Sample, Template } from './types.ts'

/** https://developers.webflow.com/data/reference/webhooks/events/form-submission */
function webflowEvent(event: string, summary: string, payload: Template): Sample {
  return { event, summary, body: { json: { triggerType: event, payload } } }
}

export const samples: readonly Sample[] = [
  webflowEvent('form_submission', 'Somebody filled in a form', {
    name: 'Join the mug club',
    siteId: '{hex:24@site}',
    data: { Name: 'Jonas Brandt', Email: 'jonas.brandt@example.com' },
    schema: [
      { fieldName: 'Name', fieldType: 'FormTextInput', fieldElementId: '{uuid}' },
      { fieldName: 'Email', fieldType: 'FormTextInput', fieldElementId: '{uuid}' },
    ],
    submittedAt: '{now:iso}',
    id: '{hex:24}',
    formId: '{hex:24}',
    formElementId: '{uuid}',
    pageId: '{hex:24}',
    publishedPath: '/club',
  }),
  webflowEvent('site_publish', 'The site was published', {
    domain: ['shop.example.com'],
    site: '{hex:24@site}',
    publishTime: '{#now:ms}',
    publishedBy: { displayName: 'Mina Okafor' },
  }),
  webflowEvent('ecomm_new_order', 'An order was placed', {
    orderId: '{hex:3}-{hex:3}',
    status: 'unfulfilled',
    comment: '',
    acceptedOn: '{now:iso}',
    customerPaid: { unit: 'GBP', value: '3450', string: '£34.50' },
    customerInfo: { fullName: 'Mina Okafor', email: 'mina.okafor@example.com' },
    purchasedItems: [
      {
        count: 2,
        productId: '{hex:24}',
        productName: 'Blue enamel mug',
        productSlug: 'blue-enamel-mug',
        variantId: '{hex:24}',
        variantSKU: 'MUG-BLUE',
        rowTotal: { unit: 'GBP', value: '3000', string: '£30.00' },
      },
    ],
    purchasedItemsCount: 2,
  }),
]
