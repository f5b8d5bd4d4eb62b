import type { Fields, Values } from './fields.ts'

/** A kind of thing that the service keeps. */
export interface Resource {
  /** The collection's name in paths. */
  readonly name: 'users' | 'orders' | 'payments'
  readonly singular: 'user' | 'order' | 'payment'
  /** Its name in schemas. */
  readonly title: 'User' | 'Order' | 'Payment'
  readonly idPrefix: string
  readonly fields: Fields
  /** The event that a change is, if it is one; `before` or `after` is absent where it begins or ends. */
  eventOf(before: Values | undefined, after: Values | undefined): string | undefined
}

const AMOUNT = { type: 'integer', example: 1999 } as const
const CURRENCY = { type: 'string', default: 'EUR', pattern: '^[A-Z]{3}$', example: 'EUR' } as const

export const RESOURCES: readonly Resource[] = [
  {
    name: 'users',
    singular: 'user',
    title: 'User',
    idPrefix: 'usr',
    fields: {
      name: { type: 'string', required: true, maxLength: 200, example: 'Ada Lovelace' },
      email: {
        type: 'string',
        required: true,
        maxLength: 254,
        pattern: '^[^@\\s]+@[^@\\s]+$',
        unique: true,
        example: 'ada@example.com',
      },
    },
    eventOf: (before) => (before === undefined ? 'user_registered' : undefined),
  },
  {
    name: 'orders',
    singular: 'order',
    title: 'Order',
    idPrefix: 'ord',
    fields: {
      user_id: { type: 'string', required: true, refersTo: 'users', example: 'usr_1f0c53a2b7d94e68' },
      amount: { ...AMOUNT, required: true },
      currency: CURRENCY,
      status: { type: 'string', default: 'open', enum: ['open', 'paid', 'cancelled'], example: 'open' },
    },
    eventOf(before, after) {
      if (before === undefined) return 'order.created'
      const wasCancelled = before['status'] === 'cancelled'
      if (after === undefined) return wasCancelled ? undefined : 'order.cancelled'
      return after['status'] === 'cancelled' && !wasCancelled ? 'order.cancelled' : 'order.updated'
    },
  },
  {
    name: 'payments',
    singular: 'payment',
    title: 'Payment',
    idPrefix: 'pay',
    fields: {
      order_id: { type: 'string', required: true, refersTo: 'orders', example: 'ord_5f0cc7e81d3a4b92' },
      amount: { ...AMOUNT, required: true },
      currency: CURRENCY,
      status: { type: 'string', default: 'succeeded', enum: ['succeeded', 'failed'], example: 'succeeded' },
    },
    eventOf(before, after) {
      if (after === undefined || before?.['status'] === after['status']) return undefined
      return `payment_${String(after['status'])}`
    },
  },
]

/** Every event that a change of a resource can be. */
export const EVENT_NAMES: readonly string[] = [
  'user_registered',
  'order.created',
  'order.updated',
  'order.cancelled',
  'payment_succeeded',
  'payment_failed',
]
