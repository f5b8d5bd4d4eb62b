import type { Delivery } from '../core/delivery.ts'
import type { Store } from '../core/ports.ts'

/** Deliveries that wait to be durable; more would be held in memory with their answers. */
const MOST_WAITING = 512

/**
 * Keeps deliveries while the next ones are sent: waiting for the disk after each would cost more than sending it,
 * and those that wait together share one sync.
 */
export class Recorder {
  readonly #store: Store
  #waiting = 0
  #failure: { readonly error: unknown } | undefined
  #wake = (): void => {}

  constructor(store: Store) {
    this.#store = store
  }

  /** Resolves as soon as there is room for more. @throws what an earlier one failed with */
  async add(delivery: Delivery): Promise<void> {
    this.#throwFailure()
    this.#waiting++
    void this.#store
      .record(delivery)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#waiting--
        this.#wake()
      })
    while (this.#waiting >= MOST_WAITING) await this.#oneIsKept()
  }

  /** Resolves when all are durable. @throws the first failure */
  async settled(): Promise<void> {
    while (this.#waiting > 0) await this.#oneIsKept()
    this.#throwFailure()
  }

  #oneIsKept(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#wake
      this.#wake = () => {
        others()
        resolve()
      }
    })
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
