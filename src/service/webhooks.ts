import type { Attempt } from '../core/ports.ts'
import type { RetryPolicy, ServiceTools } from '../core/service.ts'
import type { EventLog } from './event-log.ts'
import { newId } from './ids.ts'
import { Subscription } from './subscription.ts'

/** A subscription as it is kept. */
export interface SubscriptionRecord {
  readonly id: string
  readonly url: string
  /** Globs over event names; none want every event. */
  readonly events: readonly string[]
  readonly secret: string
  readonly createdAt: number
  /** Why it gets nothing any more; absent as long as it does. */
  readonly disabledBecause?: string
  /** The last event that is done with: delivered, or given up. */
  readonly done: number
}

export interface WebhookDelivery {
  readonly id: string
  /** The message's id, the same on each attempt. */
  readonly eventId: string
  readonly event: string
  /** Absent for a ping. */
  readonly seq?: number
  readonly json: string
  status: 'pending' | 'succeeded' | 'failed'
  readonly attempts: Attempt[]
  /** Epoch milliseconds; absent where none is planned. */
  nextAttemptAt?: number
}

export interface WebhooksOptions {
  readonly log: EventLog
  readonly tools: ServiceTools
  readonly retry: RetryPolicy
}

const TABLE = 'webhooks'
const MOST = 100

/** Who is to be told of events, and the couriers that do it. */
export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #subscriptions = new Map<string, Subscription>()

  constructor(options: WebhooksOptions) {
    this.#options = options
    for (const { value } of options.tools.rows?.all(TABLE) ?? []) this.#start(JSON.parse(value))
    options.log.onEvent('webhook', () => this.wake())
  }

  get isFull(): boolean {
    return this.#subscriptions.size >= MOST
  }

  all(): readonly Subscription[] {
    return [...this.#subscriptions.values()]
  }

  get(id: string): Subscription | undefined {
    return this.#subscriptions.get(id)
  }

  add(wanted: Pick<SubscriptionRecord, 'url' | 'events' | 'secret'>): Subscription {
    const { tools, log } = this.#options
    const { url, events, secret } = wanted
    const id = newId('whk', tools.random)
    const record = { id, url, events, secret, createdAt: tools.clock.now(), done: log.last }
    this.#save(record)
    return this.#start(record)
  }

  remove(id: string): void {
    this.#subscriptions.get(id)?.cut()
    this.#subscriptions.delete(id)
    this.#options.tools.rows?.remove(TABLE, id)
  }

  /** Goes on with what is waiting. */
  wake(): void {
    for (const subscription of this.#subscriptions.values()) subscription.wake()
  }

  /** Begins no attempt any more; resolves when those under way have ended. */
  async drain(): Promise<void> {
    await Promise.all(this.all().map((subscription) => subscription.drain()))
  }

  cut(): void {
    for (const subscription of this.#subscriptions.values()) subscription.cut()
  }

  #start(record: SubscriptionRecord): Subscription {
    const subscription = new Subscription(record, {
      ...this.#options,
      save: (changed) => this.#save(changed),
    })
    this.#subscriptions.set(record.id, subscription)
    return subscription
  }

  #save(record: SubscriptionRecord): void {
    this.#options.tools.rows?.put(TABLE, record.id, JSON.stringify(record))
  }
}
