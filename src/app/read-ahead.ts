import type { Store } from '../core/ports.ts'
import type { StoredRequest } from '../core/query.ts'
import type { RequestId } from '../core/request.ts'

/** A stored request that will be asked for. */
export interface Wanted {
  readonly id: RequestId
  readonly seq: number
  /** Bytes of its body. */
  readonly size: number
}

/**
 * So many are read in one go: a request by itself costs the store several times as much. Of more of them, reading
 * would keep the next request from its place in time.
 */
const MOST_READ = 32
const MOST_BYTES = 8 * 1024 * 1024

/** Reads stored requests in the order in which they will be asked for, round after round, some before they are. */
export class ReadAhead {
  readonly #store: Store
  readonly #wanted: readonly Wanted[]
  #next = 0
  #read: Map<RequestId, StoredRequest> = new Map()

  constructor(store: Store, wanted: readonly Wanted[]) {
    this.#store = store
    this.#wanted = wanted
  }

  /**
   * The next request of the order.
   * @throws AppError `no-such-request`: it was removed since it was chosen
   */
  async take(): Promise<StoredRequest> {
    const wanted = this.#wanted[this.#next]
    if (wanted === undefined) throw new RangeError('nothing is wanted')
    if (!this.#read.has(wanted.id)) await this.#readOn()
    this.#next = (this.#next + 1) % this.#wanted.length
    const stored = this.#read.get(wanted.id) ?? (await this.#store.get(wanted.id))
    this.#read.delete(wanted.id)
    return stored
  }

  /** The longest run from here whose requests lie close together in the store, upwards or downwards. */
  async #readOn(): Promise<void> {
    const first = this.#wanted[this.#next]
    if (first === undefined) return
    let [low, high, bytes] = [first.seq, first.seq, first.size]
    const run = new Set([first.id])
    for (let at = this.#next + 1; at < this.#wanted.length && run.size < MOST_READ; at++) {
      const wanted = this.#wanted[at]
      if (wanted === undefined) break
      const [lower, higher] = [Math.min(low, wanted.seq), Math.max(high, wanted.seq)]
      bytes += wanted.size
      if (higher - lower > 2 * run.size || bytes > MOST_BYTES) break
      ;[low, high] = [lower, higher]
      run.add(wanted.id)
    }
    this.#read = new Map()
    if (run.size === 1) return
    for await (const stored of this.#store.read({
      afterSeq: low - 1,
      beforeSeq: high + 1,
      oldestFirst: true,
    })) {
      if (run.has(stored.request.id)) this.#read.set(stored.request.id, stored)
    }
  }
}
