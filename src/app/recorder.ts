import type { Delivery } from '../core/delivery.ts'
import type { Clock, Store } from '../core/ports.ts'

/** Deliveries that go into one transaction, and so share one sync of the disk. */
const MOST_TOGETHER = 256
/** How long the first of them waits for others, in milliseconds: so much a crash can make us forget. */
const GATHER_MS = 20
/**
 * Writing holds up everything else, the next request among it: of a pause at most half is taken, in milliseconds for
 * the transaction and for each delivery in it. Of 256 that were written at once the next request was 16 to 23 ms late.
 */
const TRANSACTION_MS = 2
const EACH_MS = 0.1
/** So many are worth a transaction in a short pause; a long one is taken for whatever there is. */
const WORTH_WRITING = 16
const LONG_PAUSE_MS = 25
/** Deliveries that wait at most: each is held in memory with its answer. */
const MOST_WAITING = 1024

/**
 * Keeps deliveries while the next ones are sent: to wait for the disk after each would cost more than to send it.
 * What was sent by hand can be sent again, so that its record may be a moment late.
 */
export class Recorder {
  readonly #store: Store
  readonly #clock: Clock
  readonly #isTimed: boolean
  readonly #gathered: Delivery[] = []
  #cancelTimer = (): void => {}
  #underWay = 0
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void)[] = []

  /** @param isTimed requests have their places in time: what is to be kept waits for a `pause` between them */
  constructor(store: Store, clock: Clock, isTimed: boolean) {
    this.#store = store
    this.#clock = clock
    this.#isTimed = isTimed
  }

  /** Nothing is due for so many milliseconds. */
  pause(ms: number): void {
    if (this.#gathered.length < WORTH_WRITING && ms < LONG_PAUSE_MS) return
    this.#flush(Math.floor((ms / 2 - TRANSACTION_MS) / EACH_MS))
  }

  /** Resolves as soon as there is room for more. @throws what an earlier one failed with */
  async add(delivery: Delivery): Promise<void> {
    this.#throwFailure()
    this.#gathered.push(delivery)
    if (this.#gathered.length === 1 && !this.#isTimed)
      this.#cancelTimer = this.#clock.after(GATHER_MS, () => this.#flush())
    if (this.#gathered.length >= MOST_TOGETHER) this.#flush()
    while (this.#underWay >= MOST_WAITING) await this.#somethingIsKept()
  }

  /** Resolves when all are durable. @throws the first failure */
  async settled(): Promise<void> {
    this.#flush()
    while (this.#underWay > 0) await this.#somethingIsKept()
    this.#throwFailure()
  }

  /** @param most so many of the earliest */
  #flush(most = Infinity): void {
    this.#cancelTimer()
    const deliveries = this.#gathered.splice(0, Math.max(0, most))
    this.#underWay += deliveries.length
    for (const delivery of deliveries) void this.#keep(delivery)
  }

  async #keep(delivery: Delivery): Promise<void> {
    try {
      await this.#store.record(delivery)
    } catch (error) {
      this.#failure ??= { error }
    }
    this.#underWay--
    for (const wake of this.#wake.splice(0)) wake()
  }

  #somethingIsKept(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
