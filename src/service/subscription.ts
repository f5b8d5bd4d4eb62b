import { wasAccepted } from '../core/delivery.ts'
import { headerValue } from '../core/headers.ts'
import type { Attempt } from '../core/ports.ts'
import type { WebhookSigner } from '../core/service.ts'
import type { LogReader } from './event-log.ts'
import { newId } from './ids.ts'
import type { SubscriptionRecord, WebhookDelivery, WebhooksOptions } from './webhooks.ts'

interface SubscriptionOptions extends WebhooksOptions {
  /** Keeps what has changed. */
  save(record: SubscriptionRecord): void
}

/** So many deliveries are remembered, the oldest go. */
const MOST_DELIVERIES = 500
/** A subscriber may ask for a pause (`Retry-After`), but not for ever. */
const MOST_ASKED_MS = 3_600_000

/** One subscriber and its courier: one event after the other, each until it is accepted or given up. */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #reader: LogReader
  readonly #signer: WebhookSigner
  readonly #deliveries = new Map<string, WebhookDelivery>()
  /** Aborted: no further attempt. */
  readonly #stop = new AbortController()
  /** Aborted: attempts under way end too. */
  readonly #cut = new AbortController()
  /** For the next delivery. */
  #spareId: string | undefined
  readonly #underWay = new Set<Promise<void>>()
  #record: SubscriptionRecord
  #isBusy = false

  constructor(record: SubscriptionRecord, options: SubscriptionOptions) {
    this.#record = record
    this.#options = options
    this.#signer = options.tools.signer(record.secret)
    this.#reader = options.log.reader('webhook', record.events, record.done)
  }

  get record(): SubscriptionRecord {
    return this.#record
  }

  /** The newest first. */
  deliveries(limit: number): readonly WebhookDelivery[] {
    return [...this.#deliveries.values()].toReversed().slice(0, limit)
  }

  delivery(id: string): WebhookDelivery | undefined {
    return this.#deliveries.get(id)
  }

  /** Goes on with the events that wait, if it is not at it already. The first is on its way when this returns. */
  wake(): void {
    if (!this.#isBusy) this.#watch(this.#deliverAll())
  }

  /** Sends a message that is no event, once. */
  ping(): WebhookDelivery {
    const { tools } = this.#options
    const id = newId('evt', tools.random)
    const timestamp = new Date(tools.clock.now()).toISOString()
    const json = JSON.stringify({ id, type: 'ping', event: 'ping', timestamp })
    const delivery = this.#newDelivery({ eventId: id, event: 'ping', json })
    this.#watch(this.#deliverOnce(delivery))
    return delivery
  }

  /** Sends it once more, beside the order of events, under the same message id. */
  redeliver(delivery: WebhookDelivery): void {
    delivery.status = 'pending'
    this.#watch(this.#deliverOnce(delivery))
  }

  async drain(): Promise<void> {
    this.#stop.abort()
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  cut(): void {
    this.#stop.abort()
    this.#cut.abort()
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted || this.#record.disabledBecause !== undefined
  }

  #watch(work: Promise<void>): void {
    this.#underWay.add(work)
    const end = (): void => void this.#underWay.delete(work)
    work.then(end, (error: unknown) => {
      end()
      const { clock, report } = this.#options.tools
      report({ type: 'bug', at: clock.now(), error })
    })
  }

  async #deliverAll(): Promise<void> {
    this.#isBusy = true
    try {
      while (!this.#isStopped) {
        const event = this.#reader.next()
        if (event === undefined) return
        const { id: eventId, event: name, seq, json } = event
        const delivery = this.#newDelivery({ eventId, event: name, seq, json })
        await this.#deliver(delivery)
        // Interrupted, it is still to be delivered after a restart.
        if (delivery.status !== 'pending') this.#change({ done: seq })
      }
    } finally {
      this.#isBusy = false
    }
  }

  async #deliver(delivery: WebhookDelivery): Promise<void> {
    const { retry, tools } = this.#options
    for (let n = 1; ; n++) {
      const attempt = await this.#attempt(delivery)
      const isOver = wasAccepted(attempt.outcome) || isGone(attempt) || n >= retry.attempts
      const waitMs = isOver ? undefined : this.#waitBefore(n, attempt)
      this.#settle(delivery, attempt, waitMs)
      if (waitMs === undefined) return
      await tools.clock.sleep(waitMs, this.#stop.signal)
      if (this.#isStopped) return
    }
  }

  async #deliverOnce(delivery: WebhookDelivery): Promise<void> {
    this.#settle(delivery, await this.#attempt(delivery), undefined)
  }

  async #attempt(delivery: WebhookDelivery): Promise<Attempt> {
    const { tools, retry } = this.#options
    const { url } = this.#record
    const { eventId: id } = delivery
    const body = Buffer.from(delivery.json)
    const headers = this.#signer.sign({ id, body, now: tools.clock.now() })
    const request = { method: 'POST', url, headers, body }
    if (delivery.nextAttemptAt !== undefined) delete delivery.nextAttemptAt
    const attempt = await tools.forwarder.deliver(request, {
      timeoutMs: retry.timeoutMs,
      signal: this.#cut.signal,
    })
    delivery.attempts.push(attempt)
    if (isGone(attempt)) this.#change({ disabledBecause: 'the subscriber answered 410 Gone' })
    return attempt
  }

  #newId(): string {
    return newId('dlv', this.#options.tools.random)
  }

  #settle(delivery: WebhookDelivery, attempt: Attempt, waitMs: number | undefined): void {
    // Now, and not when the next event waits to go: for one now and then these take longer than all the rest of it.
    this.#spareId ??= this.#newId()
    this.#signer.prepare()
    const { clock, report } = this.#options.tools
    const { outcome, durationMs } = attempt
    if (waitMs === undefined) delivery.status = wasAccepted(outcome) ? 'succeeded' : 'failed'
    else delivery.nextAttemptAt = clock.now() + waitMs
    report({
      type: 'delivery',
      at: clock.now(),
      id: delivery.eventId,
      event: delivery.event,
      url: this.#record.url,
      attempt: delivery.attempts.length,
      outcome,
      durationMs,
      ...(waitMs !== undefined && { retryInMs: waitMs }),
    })
    if (isGone(attempt)) report({ type: 'disabled', at: clock.now(), url: this.#record.url })
  }

  /** Twice as long each time, less up to a half at random, so that subscribers do not all come back at once. */
  #waitBefore(attempts: number, { outcome }: Attempt): number {
    const { retry, tools } = this.#options
    const longest = Math.min(retry.firstMs * 2 ** (attempts - 1), retry.mostMs)
    const share = 0.5 + (tools.random(1)[0] ?? 0) / 510
    const asked = outcome.kind === 'response' ? headerValue(outcome.headers, 'retry-after') : undefined
    const askedMs = asked !== undefined && /^\d{1,6}$/.test(asked) ? Number(asked) * 1000 : 0
    return Math.max(longest * share, Math.min(askedMs, MOST_ASKED_MS))
  }

  #newDelivery(message: Pick<WebhookDelivery, 'eventId' | 'event' | 'seq' | 'json'>): WebhookDelivery {
    const id = this.#spareId ?? this.#newId()
    this.#spareId = undefined
    const delivery: WebhookDelivery = { ...message, id, status: 'pending', attempts: [] }
    this.#deliveries.set(id, delivery)
    const [oldest] = this.#deliveries.keys()
    if (this.#deliveries.size > MOST_DELIVERIES && oldest !== undefined) this.#deliveries.delete(oldest)
    return delivery
  }

  #change(change: Partial<SubscriptionRecord>): void {
    this.#record = { ...this.#record, ...change }
    this.#options.save(this.#record)
  }
}

function isGone({ outcome }: Attempt): boolean {
  return outcome.kind === 'response' && outcome.status === 410
}
