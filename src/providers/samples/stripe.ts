import { charge, checkoutSession, paymentIntent } from './parts/stripe-payments.ts'
import { CUSTOMER, invoice, subscription } from './parts/stripe-billing.ts'
import type { Sample, Template } from './types.ts'

/** The event object: https://docs.stripe.com/api/events/object. Stripe sends it indented. */
function stripeEvent(event: string, summary: string, object: Template, previous?: Template): Sample {
  return {
    event,
    summary,
    body: {
      style: 'pretty',
      json: {
        id: 'evt_{id:24}',
        object: 'event',
        api_version: '2026-02-25.clover',
        created: '{#now:unix}',
        data: previous === undefined ? { object } : { object, previous_attributes: previous },
        livemode: false,
        pending_webhooks: 1,
        request: { id: 'req_{id:14}', idempotency_key: '{uuid}' },
        type: event,
      },
    },
  }
}

const DECLINED: Readonly<Record<string, Template>> = {
  advice_code: 'try_again_later',
  charge: 'ch_{id:24@charge}',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  doc_url: 'https://stripe.com/docs/error-codes/card-declined',
  message: 'The card has not enough money on it.',
  type: 'card_error',
}

export const samples: readonly Sample[] = [
  stripeEvent('charge.succeeded', 'A card was charged', charge({})),
  stripeEvent(
    'charge.refunded',
    'A charge was paid back in full',
    charge({ amount_refunded: 4200, refunded: true, created: '{#now:unix-2d}' }),
    { amount_refunded: 0, refunded: false },
  ),
  stripeEvent('checkout.session.completed', 'A customer finished a Checkout', checkoutSession({})),
  stripeEvent('payment_intent.succeeded', 'A payment went through', paymentIntent({})),
  stripeEvent(
    'payment_intent.payment_failed',
    'A card was declined',
    paymentIntent({
      amount_received: 0,
      last_payment_error: DECLINED,
      payment_method: null,
      status: 'requires_payment_method',
    }),
  ),
  stripeEvent('customer.created', 'A customer signed up', CUSTOMER),
  stripeEvent('customer.subscription.created', 'A subscription began', subscription({})),
  stripeEvent('invoice.paid', 'A subscription was paid for another month', invoice({})),
  stripeEvent(
    'invoice.payment_failed',
    'A subscription could not be charged',
    invoice({
      amount_paid: 0,
      amount_remaining: 1900,
      auto_advance: true,
      next_payment_attempt: '{#now:unix+3d}',
      status: 'open',
      status_transitions: {
        finalized_at: '{#now:unix-1m}',
        marked_uncollectible_at: null,
        paid_at: null,
        voided_at: null,
      },
    }),
  ),
]
