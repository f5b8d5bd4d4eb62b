import type { Delivery } from '../../core/delivery.ts'
import { isAppError } from '../../core/errors.ts'
import type { Debt, Settlement } from '../../core/outbox.ts'
import type { Clock, Store } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'

export interface BooksDeps {
  readonly store: Pick<Store, 'get' | 'outbox'>
  readonly clock: Clock
  /** Told once of each failure, however long it lasts. */
  onFailure(error: unknown): void
}

/** How often what the store could not do is tried again, in milliseconds. */
const TRY_AGAIN_MS = 1000

/** How long a delivery that a sender waited for may go unrecorded, in milliseconds. */
const WRITE_AFTER_MS = 20

/** Failures of the store that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['store-busy', 'store-write-failed'])

/** True for a failure of the store that time may cure. */
export function mayPass(error: unknown): boolean {
  return isAppError(error) && PASSING.has(error.code)
}

/**
 * Reads what is owed and writes down what came of it. A disk that is full has room again some time: until then whoever
 * asked waits, and keeps his place among those under way. As nothing can be recorded, nothing more is delivered than that.
 */
export class Books {
  readonly #deps: BooksDeps
  readonly #stop: AbortSignal
  readonly #writes: (() => Promise<void>)[] = []
  #cancelWrites: (() => void) | undefined
  #pausing: Promise<void> | undefined

  /** @param stop aborted: nothing is waited for any more */
  constructor(deps: BooksDeps, stop: AbortSignal) {
    this.#deps = deps
    this.#stop = stop
  }

  /** The request that is owed; undefined where it is gone, or can never be read. */
  async read(debt: Debt): Promise<StoredRequest | undefined> {
    try {
      return await this.#patiently(() => this.#deps.store.get(debt.requestId))
    } catch (error) {
      if (isAppError(error) && error.code === 'no-such-request') return undefined
      this.#deps.onFailure(error)
      // Told to stop before the store could be read, we let go of it as it was.
      if (!mayPass(error)) await this.settle(debt, { kind: 'given-up' })
      return undefined
    }
  }

  settle(debt: Debt, settlement: Settlement, delivery?: Delivery): Promise<boolean> {
    const { store, clock } = this.#deps
    return this.#patiently(() => store.outbox.settle(debt, settlement, clock.now(), delivery))
  }

  /**
   * Writes with others that come in the next moment: a capture waits for the disk, and shares it with them. What a
   * crash takes of them is delivered once more.
   */
  writeSoon(write: () => Promise<boolean>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#writes.push(() => write().then(resolve, reject))
      if (this.#stop.aborted) this.writeNow()
      else this.#cancelWrites ??= this.#deps.clock.after(WRITE_AFTER_MS, () => this.writeNow())
    })
  }

  writeNow(): void {
    this.#cancelWrites?.()
    this.#cancelWrites = undefined
    for (const write of this.#writes.splice(0)) void write()
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (!mayPass(error) || this.#stop.aborted) throw error
        if (tries === 1) this.#deps.onFailure(error)
        await this.#pause()
      }
    }
  }

  /** One for all who wait: Node takes more than ten listeners on a signal for a leak. */
  #pause(): Promise<void> {
    this.#pausing ??= this.#deps.clock
      .sleep(TRY_AGAIN_MS, this.#stop)
      .finally(() => (this.#pausing = undefined))
    return this.#pausing
  }
}
