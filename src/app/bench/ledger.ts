import type { RawHeaders } from '../../core/request.ts'
import type { PlannedEvent } from './schedule.ts'
import type { Selector } from './selector.ts'
import { select } from './selector.ts'

/** An event as it went. All instants are monotonic milliseconds. */
export interface LedgerEvent extends PlannedEvent {
  /** When its trigger was due: delays count from here, however late the trigger was. */
  readonly scheduledAt: number
  sentAt?: number
  ackAt?: number
  /** When the origin had it, where the origin tells. */
  committedAt?: number
  /** Why there is no such event: the trigger failed. */
  failure?: string
}

/** Every event of a run, by each name it has. */
export class Ledger {
  readonly events: LedgerEvent[] = []
  readonly #byId = new Map<string, LedgerEvent>()

  add(event: LedgerEvent, id: string): void {
    this.events.push(event)
    this.name(event, id)
  }

  /** An id that the target gave it. An answer that lists earlier events too takes their ids from none of them. */
  name(event: LedgerEvent, id: string): void {
    if (!this.#byId.has(id)) this.#byId.set(id, event)
  }

  find(id: string): LedgerEvent | undefined {
    return this.#byId.get(id)
  }
}

/** Reads the ids out of a representation: the first selector that finds any has it. */
export type ReadIds = (headers: RawHeaders, body: Uint8Array) => readonly string[]

export function idReader(selectors: readonly Selector[]): ReadIds {
  return (headers, body) => {
    for (const selector of selectors) {
      const ids = select(selector, headers, body)
      if (ids.length > 0) return ids
    }
    return []
  }
}

/** So many of the latest delays the live median is of. */
const LIVE = 101

/** What one client has learnt, and when. */
export class Observer {
  /** When each id was seen first, in the order seen. */
  readonly sightings: Map<string, number> = new Map()
  /** Deliveries of an id that was known. */
  repeats: number = 0
  readonly #onFirst: (id: string, at: number) => void

  constructor(onFirst: (id: string, at: number) => void = () => {}) {
    this.#onFirst = onFirst
  }

  /** Takes what a representation shows, and tells how much of it was new. */
  take(ids: readonly string[], at: number): number {
    let fresh = 0
    for (const id of ids) {
      if (this.sightings.has(id)) {
        this.repeats++
        continue
      }
      this.sightings.set(id, at)
      this.#onFirst(id, at)
      fresh++
    }
    return fresh
  }
}

/** The latest delays of a mode, for those who watch. */
export class LiveDelays {
  count: number = 0
  readonly #recent: number[] = []

  add(delayMs: number): void {
    this.#recent[this.count % LIVE] = delayMs
    this.count++
  }

  median(): number | undefined {
    return this.#recent.toSorted((a, b) => a - b)[this.#recent.length >> 1]
  }
}
