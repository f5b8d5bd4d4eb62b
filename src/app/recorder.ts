import type { Delivery } from '../core/delivery.ts'
import type { Clock, Store } from '../core/ports.ts'

/** Deliveries that go into one transaction, and so share one sync of the disk. */
const MOST_TOGETHER = 256
/** How long the first of them waits for others, in milliseconds: so much a crash can make us forget. */
const GATHER_MS = 20
/** Deliveries that wait at most: each is held in memory with its answer. */
const MOST_WAITING = 1024

/**
 * Keeps deliveries while the next ones are sent: to wait for the disk after each would cost more than to send it.
 * What was sent by hand can be sent again, so that its record may be a moment late.
 */
export class Recorder {
  readonly #store: Store
  readonly #clock: Clock
  #gathered: Delivery[] = []
  #cancelTimer = (): void => {}
  #underWay = 0
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void)[] = []

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Resolves as soon as there is room for more. @throws what an earlier one failed with */
  async add(delivery: Delivery): Promise<void> {
    this.#throwFailure()
    this.#gathered.push(delivery)
    if (this.#gathered.length === 1) this.#cancelTimer = this.#clock.after(GATHER_MS, () => this.#flush())
    if (this.#gathered.length >= MOST_TOGETHER) this.#flush()
    while (this.#underWay >= MOST_WAITING) await this.#somethingIsKept()
  }

  /** Resolves when all are durable. @throws the first failure */
  async settled(): Promise<void> {
    this.#flush()
    while (this.#underWay > 0) await this.#somethingIsKept()
    this.#throwFailure()
  }

  #flush(): void {
    this.#cancelTimer()
    const deliveries = this.#gathered
    this.#gathered = []
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
