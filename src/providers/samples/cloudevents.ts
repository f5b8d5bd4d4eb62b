import type { Sample, Template } from './types.ts'

const ORDER: Template = {
  id: '{uuid@order}',
  status: 'open',
  total: { amount: '34.50', currency: 'GBP' },
  customer: { name: 'Mina Okafor', email: 'mina.okafor@example.com' },
}

function event(type: string, source: string, data: Template): Template {
  return {
    specversion: '1.0',
    id: '{uuid}',
    source,
    type,
    subject: '{uuid@order}',
    time: '{now:iso}',
    datacontenttype: 'application/json',
    data,
  }
}

/** The three content modes: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md */
export const samples: readonly Sample[] = [
  {
    event: 'structured',
    wire: 'com.example.order.created',
    summary: 'An order was placed, as one JSON document',
    body: { json: event('com.example.order.created', '/shop/orders', ORDER) },
  },
  {
    event: 'binary',
    wire: 'com.example.user.registered',
    summary: 'Somebody signed up, attributes in headers and data in the body',
    headers: {
      'Content-Type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': '{uuid}',
      'ce-source': '/shop/users',
      'ce-type': 'com.example.user.registered',
      'ce-subject': '{uuid@user}',
      'ce-time': '{now:iso}',
    },
    body: {
      json: { id: '{uuid@user}', name: 'Jonas Brandt', email: 'jonas.brandt@example.com', plan: 'studio' },
    },
  },
  {
    event: 'batch',
    wire: 'com.example.payment.succeeded',
    summary: 'Two payments went through, as one list',
    headers: { 'Content-Type': 'application/cloudevents-batch+json; charset=UTF-8' },
    body: {
      json: [
        event('com.example.payment.succeeded', '/shop/payments', {
          id: '{uuid}',
          amount: '34.50',
          currency: 'GBP',
        }),
        event('com.example.payment.succeeded', '/shop/payments', {
          id: '{uuid}',
          amount: '15.00',
          currency: 'GBP',
        }),
      ],
    },
  },
]
