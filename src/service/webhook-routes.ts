import { isIP } from 'node:net'
import { outcomeName } from '../core/delivery.ts'
import type { Exchange, Handler } from './exchange.ts'
import { answerJson, arePatterns, queryNumber, readObject } from './exchange.ts'
import type { Parts } from './parts.ts'
import type { FieldError } from './problem.ts'
import { Problem } from './problem.ts'
import type { Subscription } from './subscription.ts'
import type { WebhookDelivery } from './webhooks.ts'

const LIMIT = { least: 1, most: 1000 } as const
const DEFAULT_LIMIT = 50

export interface WebhookHandlers {
  readonly list: Handler
  readonly create: Handler
  readonly read: Handler
  readonly remove: Handler
  readonly ping: Handler
  readonly deliveries: Handler
  readonly delivery: Handler
  readonly redeliver: Handler
}

export function webhookHandlers({ webhooks, settings, tools }: Parts): WebhookHandlers {
  const subscriptionOf = ({ req }: Exchange): Subscription => {
    const subscription = webhooks.get(req.param('id') ?? '')
    if (subscription === undefined) throw new Problem(404, 'there is no subscription of this id')
    return subscription
  }
  const deliveryOf = (exchange: Exchange, subscription: Subscription): WebhookDelivery => {
    const delivery = subscription.delivery(exchange.req.param('delivery') ?? '')
    if (delivery === undefined) throw new Problem(404, 'there is no delivery of this id')
    return delivery
  }
  const answerDelivery = (status: number, subscription: Subscription, delivery: WebhookDelivery): Response =>
    answerJson(status, deliveryToJson(delivery), {
      Location: `/webhooks/${subscription.record.id}/deliveries/${delivery.id}`,
    })

  return {
    list: () => answerJson(200, { items: webhooks.all().map(subscriptionToJson) }),
    async create(exchange) {
      const wanted = checkSubscription(await readObject(exchange), settings.allowRemote, tools.isSecret)
      if (webhooks.isFull) throw new Problem(507, 'this sample keeps no more subscriptions; delete some')
      const subscription = webhooks.add({ ...wanted, secret: wanted.secret ?? tools.makeSecret() })
      const { id, secret } = subscription.record
      // Here and never again.
      return answerJson(201, { ...subscriptionToJson(subscription), secret }, { Location: `/webhooks/${id}` })
    },
    read: (exchange) => answerJson(200, subscriptionToJson(subscriptionOf(exchange))),
    remove(exchange) {
      webhooks.remove(subscriptionOf(exchange).record.id)
      return new Response(null, { status: 204 })
    },
    ping(exchange) {
      const subscription = subscriptionOf(exchange)
      return answerDelivery(202, subscription, subscription.ping())
    },
    deliveries(exchange) {
      const limit = queryNumber(exchange, 'limit', LIMIT) ?? DEFAULT_LIMIT
      return answerJson(200, { items: subscriptionOf(exchange).deliveries(limit).map(deliveryToJson) })
    },
    delivery: (exchange) => answerJson(200, deliveryToJson(deliveryOf(exchange, subscriptionOf(exchange)))),
    redeliver(exchange) {
      const subscription = subscriptionOf(exchange)
      const delivery = deliveryOf(exchange, subscription)
      if (delivery.status === 'pending') throw new Problem(409, 'it is still being delivered')
      subscription.redeliver(delivery)
      return answerDelivery(202, subscription, delivery)
    },
  }
}

function subscriptionToJson({ record }: Subscription): Readonly<Record<string, unknown>> {
  const { id, url, events, createdAt, disabledBecause } = record
  return {
    id,
    url,
    events,
    enabled: disabledBecause === undefined,
    ...(disabledBecause !== undefined && { disabled_because: disabledBecause }),
    created_at: new Date(createdAt).toISOString(),
  }
}

function deliveryToJson(delivery: WebhookDelivery): Readonly<Record<string, unknown>> {
  const { id, eventId, event, seq, status, attempts, nextAttemptAt } = delivery
  return {
    id,
    webhook_id: eventId,
    event,
    ...(seq !== undefined && { seq }),
    status,
    attempts: attempts.map(({ startedAt, durationMs, outcome }) => ({
      at: new Date(startedAt).toISOString(),
      duration_ms: Math.round(durationMs * 10) / 10,
      ...(outcome.kind === 'response' ? { status: outcome.status } : { error: outcomeName(outcome) }),
    })),
    ...(nextAttemptAt !== undefined && { next_attempt_at: new Date(nextAttemptAt).toISOString() }),
  }
}

/** @throws Problem 422 */
function checkSubscription(
  body: Readonly<Record<string, unknown>>,
  allowRemote: boolean,
  isSecret: (text: string) => boolean,
): { readonly url: string; readonly events: readonly string[]; readonly secret?: string } {
  const { url, events = [], secret } = body
  const errors: FieldError[] = []
  const urlProblem = problemOfUrl(url, allowRemote)
  if (urlProblem !== undefined) errors.push({ pointer: '/url', detail: urlProblem })
  const patterns = Array.isArray(events) && arePatterns(events) ? events : undefined
  if (patterns === undefined)
    errors.push({ pointer: '/events', detail: 'must be a list of event names or globs, at most 20' })
  const given = typeof secret === 'string' && isSecret(secret) ? secret : undefined
  if (secret !== undefined && given === undefined)
    errors.push({ pointer: '/secret', detail: 'must be whsec_ and base64 of 24 to 64 bytes' })
  if (typeof url !== 'string' || patterns === undefined || errors.length > 0)
    throw new Problem(422, 'not a valid subscription', { errors })
  return { url, events: patterns, ...(given !== undefined && { secret: given }) }
}

function problemOfUrl(url: unknown, allowRemote: boolean): string | undefined {
  if (
    typeof url !== 'string' ||
    url.length > 2048 ||
    !/^https?:\/\/[\x21-\x7e]+$/i.test(url) ||
    !URL.canParse(url)
  )
    return 'must be an http or https URL'
  const { hostname, username, password } = new URL(url)
  if (username !== '' || password !== '') return 'must not hold a user or password'
  if (allowRemote || isLoopback(hostname)) return undefined
  return 'must be on this machine (127.0.0.1, [::1], localhost); others only with serve --allow-remote'
}

/** Of a URL's host, which the parser has brought into its plain form. Where a name leads is checked when it is called. */
function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  if (isIP(name) !== 0) return name === '::1' || name.startsWith('127.')
  return name === 'localhost' || name.endsWith('.localhost')
}
