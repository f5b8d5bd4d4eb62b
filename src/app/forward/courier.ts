import type { Delivery } from '../../core/delivery.ts'
import type { Debt, Outbox } from '../../core/outbox.ts'
import type { Store } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import { patienceMs } from './backoff.ts'
import { Books } from './books.ts'
import type { Destination } from './destinations.ts'
import type { Attempted, DispatchDeps, DispatchOptions } from './dispatch.ts'
import { Dispatcher } from './dispatch.ts'
import { Health } from './health.ts'
import { keptOf, pauseAsked } from './settlement.ts'

export interface CourierOptions extends DispatchOptions {
  /** Attempts at once, over all targets. */
  readonly concurrency: number
  /** Commands at once. */
  readonly execConcurrency: number
  /** Somebody waits for the end: a target that is down is not waited for longer than one request's retries. */
  readonly untilDone: boolean
}

export interface CourierDeps extends DispatchDeps {
  readonly store: Pick<Store, 'get' | 'outbox'>
  onAttempt(attempted: Attempted): void
  /** The store failed while nobody waited for it. */
  onFailure(error: unknown): void
}

interface Attempt {
  readonly delivery: Delivery
  /** Resolves when it is recorded. */
  readonly settled: Promise<void>
}

/** How often the outbox is asked whether another process has let go of something, in milliseconds. */
const LOOK_AGAIN_MS = 1000

/** How long an attempt that is under way may go on once we are told to stop, in milliseconds. */
const GRACE_MS = 5000

/** Takes debts from the outbox and pays them: so many at once, each as often as it may be tried. */
export class Courier {
  readonly #options: CourierOptions
  readonly #deps: CourierDeps
  readonly #outbox: Outbox
  readonly #health: Health
  readonly #books: Books
  readonly #dispatcher: Dispatcher
  readonly #underWay = new Set<Promise<void>>()
  readonly #told = new AbortController()
  readonly #cut = new AbortController()
  /** The last delivery of each order key among those that a sender waits for. */
  readonly #lastOf = new Map<string, Promise<unknown>>()
  #requests = 0
  #commands = 0
  #looking: Promise<void> | undefined
  #mustLook = false
  #cancelTimer: () => void = () => {}
  /** Called when nothing is under way and nothing is due; `isDone` where nothing is left for later either. */
  #onRest: ((isDone: boolean) => void) | undefined
  /** Attempts that came to an end of which something is known. */
  #ended = 0

  constructor(options: CourierOptions, deps: CourierDeps) {
    this.#options = options
    this.#deps = deps
    this.#outbox = deps.store.outbox
    this.#health = new Health(deps.clock)
    this.#books = new Books(deps, this.#told.signal)
    this.#dispatcher = new Dispatcher(options, deps, this.#cut.signal)
  }

  /** There may be new debts. */
  wake(): void {
    if (this.#isStopping()) return
    this.#mustLook = true
    this.#looking ??= this.#look()
  }

  /** Pays a debt that this process has in hand already, and tells what came of the attempt; it is recorded meanwhile. */
  async deliver(stored: StoredRequest, debt: Debt): Promise<Delivery> {
    const { orderKey } = debt
    const attempt = (): Promise<Attempt> =>
      this.#attempt(stored, debt, (write) => this.#books.writeSoon(write))
    const key = orderKey === undefined ? undefined : JSON.stringify([debt.destination, orderKey])
    const before = key === undefined ? undefined : this.#lastOf.get(key)
    const mine = before === undefined ? attempt() : before.then(attempt, attempt)
    if (key !== undefined) this.#lastOf.set(key, mine)
    // Nobody may close the store before it is recorded, but no sender waits for that.
    this.#hold(mine.then(({ settled }) => settled))
    const { delivery } = await mine
    if (key !== undefined && this.#lastOf.get(key) === mine) this.#lastOf.delete(key)
    return delivery
  }

  /** Resolves once nothing is left to be tried. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRest = (isDone) => {
        if (isDone) resolve()
      }
      this.wake()
    })
  }

  /** Resolves once all that is due has been tried, or when for the time of one attempt nothing came of any. */
  async tryDue(stop: AbortSignal): Promise<void> {
    const rested = new AbortController()
    this.#onRest = () => rested.abort()
    this.wake()
    const signal = AbortSignal.any([rested.signal, stop])
    for (let before = -1; before !== this.#ended && !signal.aborted;) {
      before = this.#ended
      await this.#deps.clock.sleep(this.#options.timeoutMs, signal)
    }
    this.#onRest = undefined
  }

  /** Attempts that were begun and have not come to an end, without those that a sender waits for. */
  inFlight(): number {
    return this.#requests + this.#commands
  }

  /** What is still owed, to our destinations and to others. */
  async left(): Promise<Awaited<ReturnType<Outbox['count']>> & { readonly elsewhere: number }> {
    const elsewhere = await this.#outbox.countOthers([...this.#options.destinations.keys()])
    return { ...(await this.count()), elsewhere }
  }

  /** What is still owed to our destinations. */
  count(): ReturnType<Outbox['count']> {
    return this.#outbox.count([...this.#options.destinations.keys()])
  }

  /** Takes nothing more, gives attempts under way a moment, and lets go of the rest. */
  async stop(): Promise<void> {
    this.#told.abort()
    this.#cancelTimer()
    const cancel = this.#deps.clock.after(GRACE_MS, () => this.#cut.abort())
    this.#books.writeNow()
    await this.#looking
    while (this.#underWay.size > 0) await Promise.race(this.#underWay)
    cancel()
    await this.#outbox.release()
  }

  #isStopping(): boolean {
    return this.#told.signal.aborted
  }

  async #look(): Promise<void> {
    this.#cancelTimer()
    let restMs: number | undefined = LOOK_AGAIN_MS
    try {
      while (this.#mustLook && !this.#isStopping()) {
        this.#mustLook = false
        restMs = await this.#takeDue()
      }
    } catch (error) {
      this.#deps.onFailure(error)
    }
    this.#looking = undefined
    if (this.#isStopping()) return
    if (this.#underWay.size === 0) this.#onRest?.(restMs === undefined)
    this.#cancelTimer = this.#deps.clock.after(Math.min(restMs ?? Infinity, LOOK_AGAIN_MS), () => this.wake())
  }

  /** @returns milliseconds until something can be tried; absent where nothing is left for us */
  async #takeDue(): Promise<number | undefined> {
    const { concurrency, execConcurrency, untilDone } = this.#options
    const targets = this.#names('http').filter((name) => !(untilDone && this.#isHopeless(name)))
    const up = targets.filter((name) => this.#health.isUp(name))
    const waits = [await this.#take(up, concurrency - this.#requests)]
    for (const name of targets) if (!up.includes(name)) waits.push(await this.#probe(name))
    waits.push(await this.#take(this.#names('exec'), execConcurrency - this.#commands))
    const known = waits.filter((ms) => ms !== undefined)
    if (known.length > 0) return Math.min(...known)
    if (!untilDone) return undefined
    // What other workers have in hand may come back, and what is queued behind it is free then.
    const { waiting } = await this.#outbox.count([...targets, ...this.#names('exec')])
    return waiting > 0 ? LOOK_AGAIN_MS : undefined
  }

  /** Down for as many attempts and as long as a single request is tried: the others have no better chance. */
  #isHopeless(name: string): boolean {
    const { destinations, retriesOf, backoff } = this.#options
    const destination = destinations.get(name)
    if (destination === undefined) return false
    const retries = retriesOf(destination)
    // Attempts alone do not tell: of many requests each is a probe, long before its own next attempt is due.
    return (
      this.#health.failures(name) > retries && this.#health.failingForMs(name) >= patienceMs(retries, backoff)
    )
  }

  #names(kind: Destination['kind']): string[] {
    const all = [...this.#options.destinations]
    return all.filter(([, destination]) => destination.kind === kind).map(([name]) => name)
  }

  /** A target that is down is asked with one request, not with all. */
  async #probe(name: string): Promise<number | undefined> {
    if (this.#health.isProbed(name)) return LOOK_AGAIN_MS
    const downForMs = this.#health.downForMs(name)
    if (downForMs > 0) return (await this.#outbox.count([name])).waiting > 0 ? downForMs : undefined
    return this.#take([name], Math.min(1, this.#options.concurrency - this.#requests))
  }

  async #take(destinations: readonly string[], limit: number): Promise<number | undefined> {
    if (destinations.length === 0) return undefined
    // Whoever ends makes room, and then looks again.
    if (limit <= 0) return LOOK_AGAIN_MS
    const { debts, nextInMs } = await this.#outbox.take({ limit, now: this.#deps.clock.now(), destinations })
    for (const debt of debts) this.#begin(debt)
    return debts.length > 0 ? LOOK_AGAIN_MS : nextInMs
  }

  #begin(debt: Debt): void {
    const end = this.#health.begin(debt.destination)
    const work = this.#payTaken(debt)
      .catch((error: unknown) => this.#deps.onFailure(error))
      .finally(() => {
        end()
        this.#underWay.delete(work)
        this.wake()
      })
    this.#underWay.add(work)
  }

  async #payTaken(debt: Debt): Promise<void> {
    const isCommand = this.#options.destinations.get(debt.destination)?.kind === 'exec'
    if (isCommand) this.#commands++
    else this.#requests++
    try {
      const stored = await this.#books.read(debt)
      if (stored === undefined) return
      const { settled } = await this.#attempt(stored, debt, (write) => write())
      await settled
    } finally {
      if (isCommand) this.#commands--
      else this.#requests--
    }
  }

  /** @param schedule when to write what came of it */
  async #attempt(
    stored: StoredRequest,
    debt: Debt,
    schedule: (write: () => Promise<boolean>) => Promise<boolean>,
  ): Promise<Attempt> {
    const attempted = await this.#dispatcher.attempt(stored, debt)
    const { destination, delivery, settlement } = attempted
    const { outcome } = delivery
    if (destination.kind === 'http')
      this.#health.learn(debt.destination, delivery, pauseAsked(outcome, this.#deps.clock.now()))
    if (outcome.kind !== 'unknown') this.#ended++
    const kept = settlement.kind === 'returned' ? undefined : keptOf(delivery)
    const settled = schedule(() => this.#books.settle(debt, settlement, kept)).then(() =>
      settlement.kind === 'retry' ? this.wake() : undefined,
    )
    if (settlement.kind !== 'returned') this.#deps.onAttempt(attempted)
    return { delivery, settled }
  }

  #hold(work: Promise<void>): void {
    const held = work
      .catch((error: unknown) => this.#deps.onFailure(error))
      .finally(() => {
        this.#underWay.delete(held)
        if (this.#onRest !== undefined) this.wake()
      })
    this.#underWay.add(held)
  }
}
