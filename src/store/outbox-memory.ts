import type {
  Assign,
  Claimed,
  Demand,
  OpenDebt,
  Outbox,
  Owing,
  Settled,
  Settlement,
  Taken,
} from '../core/outbox.ts'
import { isCommand } from '../core/outbox.ts'
import type { Delivery } from '../core/delivery.ts'
import { wasAccepted } from '../core/delivery.ts'
import type { NewDebt } from '../core/ports.ts'
import type { StoredRequest } from '../core/query.ts'

interface Entry {
  readonly stored: StoredRequest
  readonly orderKey: string | undefined
  readonly destination: string
  attempts: number
  dueAt: number
  delayMs: number
  isGivenUp: boolean
  taken: boolean
}

export interface MemoryOutboxOptions {
  record(delivery: Delivery): Promise<void>
  /** Everything that is kept after a sequence number, oldest first. */
  after(seq: number): readonly StoredRequest[]
}

/** Debts for as long as the process runs, which is their only worker. */
export class MemoryOutbox implements Outbox {
  readonly #options: MemoryOutboxOptions
  /** By destination and order key, then in the order of capture. */
  #debts: Entry[] = []
  #claimed = 0

  constructor(options: MemoryOutboxOptions) {
    this.#options = options
  }

  add(stored: StoredRequest, { destination, orderKey, taken }: NewDebt, now: number, attempts = 0): boolean {
    const { id } = stored.request
    if (this.#debts.some((debt) => debt.stored.request.id === id && debt.destination === destination))
      return false
    this.#debts.push({
      stored,
      destination,
      orderKey,
      taken,
      attempts,
      dueAt: now,
      delayMs: 0,
      isGivenUp: false,
    })
    return true
  }

  /** Pays what nobody works on. */
  payFree(id: string): void {
    this.#debts = this.#debts.filter((debt) => debt.stored.request.id !== id || debt.taken || isCommand(debt))
  }

  forget(isGone: (seq: number) => boolean): void {
    this.#debts = this.#debts.filter(({ stored }) => !isGone(stored.request.seq))
  }

  /** Retention leaves what waits. */
  isWaiting(seq: number): boolean {
    return this.#debts.some(({ stored, isGivenUp }) => stored.request.seq === seq && !isGivenUp)
  }

  openDebtsOf(id: string): OpenDebt[] {
    return this.#debts
      .filter(({ stored }) => stored.request.id === id)
      .map((debt) => ({
        ...owingOf(debt),
        attempts: debt.attempts,
        state: debt.isGivenUp ? 'given-up' : 'waiting',
        dueAt: debt.dueAt,
      }))
  }

  async take({ limit, now, destinations }: Demand): Promise<Taken> {
    const blocked = new Set<string>()
    const debts: Entry[] = []
    let next = Infinity
    for (const debt of this.#debts) {
      if (debt.isGivenUp || !destinations.includes(debt.destination)) continue
      const key = debt.orderKey === undefined ? undefined : JSON.stringify([debt.destination, debt.orderKey])
      const waits = key !== undefined && blocked.has(key)
      if (key !== undefined) blocked.add(key)
      if (debt.taken || waits) continue
      // The clock was put back: nothing waits for longer than it was to wait.
      debt.dueAt = Math.min(debt.dueAt, now + debt.delayMs)
      if (debt.dueAt > now) next = Math.min(next, debt.dueAt - now)
      else if (debts.length < limit) debts.push(debt)
      else next = 0
    }
    for (const debt of debts) debt.taken = true
    return {
      debts: debts.map((debt) => ({
        ...owingOf(debt),
        requestId: debt.stored.request.id,
        attempts: debt.attempts,
      })),
      ...(debts.length === 0 && next !== Infinity && { nextInMs: next }),
    }
  }

  async settle(
    { requestId, destination }: Settled,
    settlement: Settlement,
    now: number,
    delivery?: Delivery,
  ): Promise<boolean> {
    if (delivery !== undefined) await this.#options.record(delivery)
    const debt = this.#debts.find(
      (candidate) => candidate.stored.request.id === requestId && candidate.destination === destination,
    )
    if (debt?.taken !== true) return false
    debt.taken = false
    if (settlement.kind === 'paid') this.#debts = this.#debts.filter((other) => other !== debt)
    if (settlement.kind === 'given-up') debt.isGivenUp = true
    if (settlement.kind === 'retry') {
      debt.dueAt = now + settlement.delayMs
      debt.delayMs = settlement.delayMs
    }
    if (settlement.kind === 'given-up' || settlement.kind === 'retry') debt.attempts++
    return true
  }

  async claim(assign: Assign, now: number): Promise<Claimed> {
    let made = 0
    for (const stored of this.#options.after(this.#claimed)) {
      this.#claimed = stored.request.seq
      if (stored.request.source !== 'captured' || isAccepted(stored)) continue
      if (this.#debts.some((debt) => debt.stored.request.id === stored.request.id)) continue
      for (const owing of assign(stored)) if (this.add(stored, { ...owing, taken: false }, now)) made++
    }
    return { made, more: false }
  }

  async adopt(assign: Assign, now: number): Promise<number> {
    const free = this.#debts.filter((debt) => !debt.taken)
    const stored = new Map(free.map((debt) => [debt.stored.request.id, debt.stored]))
    let adopted = 0
    for (const [id, request] of stored) {
      const owings = assign(request)
      if (owings.length === 0) continue
      const own = this.#debts.filter((debt) => debt.stored.request.id === id)
      const isAsBefore = isAccepted(request) || own.every((debt) => isCommand(debt))
      for (const debt of own) {
        if (debt.taken || !(isAsBefore || isCommand(debt))) continue
        if (!owings.some(({ destination }) => destination === debt.destination)) continue
        Object.assign(debt, { isGivenUp: false, attempts: debt.isGivenUp ? 0 : debt.attempts, dueAt: now })
        adopted++
      }
      if (isAsBefore) continue
      const waiting = own.filter((debt) => !debt.taken && !debt.isGivenUp)
      const attempts = new Map(waiting.map((debt) => [debt.destination, debt.attempts]))
      // A command takes no target's place.
      if (!owings.every((owing) => isCommand(owing))) this.payFree(id)
      for (const owing of owings) {
        const made = this.add(request, { ...owing, taken: false }, now, attempts.get(owing.destination))
        if (made) adopted++
      }
    }
    return adopted
  }

  async count(destinations: readonly string[]): Promise<{ waiting: number; givenUp: number }> {
    const mine = this.#debts.filter(({ destination }) => destinations.includes(destination))
    const givenUp = mine.filter(({ isGivenUp }) => isGivenUp).length
    return { waiting: mine.length - givenUp, givenUp }
  }

  async countOthers(destinations: readonly string[]): Promise<number> {
    return this.#debts.filter(({ destination }) => !destinations.includes(destination)).length
  }

  async release(): Promise<void> {
    for (const debt of this.#debts) debt.taken = false
  }
}

function owingOf({ destination, orderKey }: Entry): Owing {
  return orderKey === undefined ? { destination } : { destination, orderKey }
}

function isAccepted({ deliveries }: StoredRequest): boolean {
  return deliveries.some(({ outcome }) => wasAccepted(outcome))
}
