import type { Delivery } from '../../core/delivery.ts'
import type { Debt, Outbox, Settlement } from '../../core/outbox.ts'
import type { Clock, Executor, Forwarder, Store } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { Backoff } from './backoff.ts'
import { patienceMs } from './backoff.ts'
import { Books } from './books.ts'
import type { Destination } from './destinations.ts'
import { Health } from './health.ts'
import { outgoingOf } from './outgoing.ts'
import { keptOf, pauseAsked, settlementOf } from './settlement.ts'

export interface CourierOptions {
  /** By the name that the outbox knows them by. */
  readonly destinations: ReadonlyMap<string, Destination>
  /** Attempts at once, over all targets. */
  readonly concurrency: number
  /** Commands at once. */
  readonly execConcurrency: number
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number
  /** Attempts after the first. */
  readonly retries: number
  /** The same for commands, which are not repeated unasked. */
  readonly execRetries: number
  readonly backoff: Backoff
  readonly headers: RawHeaders
  readonly hostHeader: 'keep' | 'target'
  /** Bytes of an answer that are read; the store keeps the first 1 MiB of them. */
  readonly maxAnswerBytes: number
  /** Somebody waits for the end: a target that is down is not waited for longer than one request's retries. */
  readonly untilDone: boolean
}

/** An attempt, and what becomes of the debt. */
export interface Attempted {
  readonly stored: StoredRequest
  readonly destination: Destination
  readonly delivery: Delivery
  readonly settlement: Settlement
}

export interface CourierDeps {
  readonly store: Pick<Store, 'get' | 'outbox'>
  forwarderFor(destination: Destination): Forwarder
  readonly executor?: Executor
  readonly clock: Clock
  /** From 0 up to 1. */
  chance(): number
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
    const { retries, backoff } = this.#options
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
    const downForMs = this.#health.downForMs(name)
    if (downForMs > 0) return (await this.#outbox.count([name])).waiting > 0 ? downForMs : undefined
    this.#health.probe(name)
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
    const work = this.#payTaken(debt)
      .catch((error: unknown) => this.#deps.onFailure(error))
      .finally(() => {
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
    const destination = this.#destinationOf(debt)
    const attempt = debt.attempts + 1
    const run = await this.#run(stored, destination, attempt)
    const delivery: Delivery = {
      requestId: debt.requestId,
      cause: destination.kind === 'exec' ? 'exec' : 'forward',
      target: run.target,
      attempt,
      startedAt: run.startedAt,
      durationMs: run.durationMs,
      outcome: run.outcome,
    }
    if (destination.kind === 'http')
      this.#health.learn(debt.destination, delivery, pauseAsked(run.outcome, this.#deps.clock.now()))
    if (run.outcome.kind !== 'unknown') this.#ended++
    const { retries, execRetries } = this.#options
    const isLast = attempt > (destination.kind === 'exec' ? execRetries : retries)
    const settlement = settlementOf(delivery.outcome, {
      attempt,
      isLast,
      wasCut: this.#cut.signal.aborted,
      backoff: this.#options.backoff,
      chance: () => this.#deps.chance(),
      now: this.#deps.clock.now(),
    })
    const kept = settlement.kind === 'returned' ? undefined : keptOf(delivery)
    const settled = schedule(() => this.#books.settle(debt, settlement, kept)).then(() =>
      settlement.kind === 'retry' ? this.wake() : undefined,
    )
    if (settlement.kind !== 'returned') this.#deps.onAttempt({ stored, destination, delivery, settlement })
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

  async #run(stored: StoredRequest, destination: Destination, attempt: number) {
    const { executor } = this.#deps
    const { timeoutMs, maxAnswerBytes } = this.#options
    const { signal } = this.#cut
    if (destination.kind === 'http') {
      const outgoing = outgoingOf(stored.request, destination.target, attempt, this.#options)
      const sent = await this.#deps
        .forwarderFor(destination)
        .deliver(outgoing, { timeoutMs, maxAnswerBytes, signal })
      return { ...sent, target: outgoing.url }
    }
    if (executor === undefined) throw new TypeError('a command without an executor')
    const { request, identity, verdict } = stored
    const { command, shell } = destination
    const run = await executor.run(
      { request, identity, verdict, command, shell, attempt },
      { timeoutMs, signal },
    )
    return { ...run, target: command.join(' ') }
  }

  #destinationOf({ destination }: Debt): Destination {
    const found = this.#options.destinations.get(destination)
    if (found === undefined) throw new TypeError('a debt to a destination that is not ours')
    return found
  }
}
