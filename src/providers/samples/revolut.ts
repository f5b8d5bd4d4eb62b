import type { Sample } from './types.ts'

/** https://developer.revolut.com/docs/guides/accept-payments/tutorials/work-with-webhooks/using-webhooks */
function orderEvent(event: string, summary: string): Sample {
  return {
    event,
    summary,
    body: { json: { event, order_id: '{uuid}', merchant_order_ext_ref: 'HL-{int:5}' } },
  }
}

export const samples: readonly Sample[] = [
  orderEvent('ORDER_COMPLETED', 'An order was paid'),
  orderEvent('ORDER_AUTHORISED', 'A payment was authorised'),
  orderEvent('ORDER_PAYMENT_DECLINED', 'A payment was declined'),
]
