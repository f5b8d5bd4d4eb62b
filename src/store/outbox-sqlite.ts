import type { Delivery } from '../core/delivery.ts'
import type {
  Assign,
  Claimed,
  Debt,
  Demand,
  OpenDebt,
  Outbox,
  Settled,
  Settlement,
  Taken,
  WorkerMark,
  Workers,
} from '../core/outbox.ts'
import { isCommand } from '../core/outbox.ts'
import type { NewDebt } from '../core/ports.ts'
import type { StoredRequest } from '../core/query.ts'
import type { RequestId } from '../core/request.ts'
import { PARKED, prepareOutboxStatements } from './outbox-statements.ts'
import type { RowReader } from './rows.ts'
import type { Database, SqlRow } from './sqlite-driver.ts'

/** Requests that are looked at, with their bodies, in one transaction. */
const CLAIM_ROWS = 50

export interface SqliteOutboxOptions {
  readonly db: Database
  readonly reader: RowReader
  readonly workers: Workers
  /** Tells this outbox from others of the same process. */
  readonly nonce: string
  /** Runs writes with others in one transaction. */
  submit<T>(write: () => T): Promise<T>
  /** Within a transaction: keeps an attempt. */
  insertDelivery(seq: number, delivery: Delivery): void
  seqOf(id: RequestId): number | undefined
  idOf(seq: number): RequestId
  stored(seq: number): StoredRequest | undefined
}

/** The table `owed`, one row for each debt. */
export class SqliteOutbox implements Outbox {
  readonly #options: SqliteOutboxOptions
  readonly #statements: ReturnType<typeof prepareOutboxStatements>
  readonly #self: string
  #holdsAny = false
  /** Requests up to here have been looked at in this run. */
  #claimedUpTo = 0

  constructor(options: SqliteOutboxOptions) {
    const { pid, began } = options.workers.self
    this.#options = options
    this.#self = JSON.stringify([pid, began, options.nonce])
    this.#statements = prepareOutboxStatements(options.db)
  }

  /** Within the transaction of a capture. */
  insert(seq: number, { destination, orderKey, taken }: NewDebt, now: number, attempts = 0): number {
    const { insert, isBehind } = this.#statements
    if (taken) this.#holdsAny = true
    const waits = orderKey !== undefined && isBehind.get(destination, orderKey, seq) !== undefined
    const worker = taken ? this.#self : waits ? PARKED : null
    return insert.run(seq, destination, orderKey ?? null, now, worker, attempts)
  }

  /** Within a transaction: pays what nobody works on. */
  payFree(seq: number): void {
    this.#ending(seq, () => this.#statements.payFree.run(seq))
  }

  /** Ends debts of a request; what waited behind them is free then. */
  #ending(seq: number, end: () => number): number {
    const { keysOf, freeNext } = this.#statements
    const keys = keysOf.all(seq)
    const ended = end()
    for (const row of keys) freeNext.run(String(row['destination']), String(row['order_key']))
    return ended
  }

  /** By sequence number, of those requests that are owed to somebody. */
  openDebtsOf(seqs: readonly number[]): ReadonlyMap<number, OpenDebt[]> {
    const debts = new Map<number, OpenDebt[]>()
    for (const row of this.#statements.ofRequests.all(JSON.stringify(seqs))) {
      const seq = this.#number(row, 'request_seq')
      const debt: OpenDebt = {
        destination: String(row['destination']),
        attempts: this.#number(row, 'attempts'),
        state: row['state'] === 0 ? 'waiting' : 'given-up',
        dueAt: this.#number(row, 'due_at'),
        ...orderKeyOf(row),
      }
      debts.set(seq, [...(debts.get(seq) ?? []), debt])
    }
    return debts
  }

  async take({ limit, now, destinations }: Demand): Promise<Taken> {
    const { due, unstick, hold, nextDue } = this.#statements
    const wanted = JSON.stringify(destinations)
    const abandoned = this.#abandonedBy()
    // Looking costs no write, and mostly there is nothing.
    if (limit > 0 && (abandoned.length > 0 || due.get(now, wanted, 1) !== undefined)) {
      const debts = await this.#options.submit(() => {
        for (const mark of abandoned) this.#statements.free.run(mark)
        return due.all(now, wanted, limit).map((row) => {
          hold.run(this.#self, this.#number(row, 'request_seq'), String(row['destination']))
          return this.#debtFrom(row)
        })
      })
      if (debts.length > 0) {
        this.#holdsAny = true
        return { debts }
      }
    }
    if (unstick.get(now) !== undefined) await this.#options.submit(() => this.#statements.clockBack.run(now))
    const next = nextDue.get(wanted)?.['due_at']
    return { debts: [], ...(typeof next === 'number' && { nextInMs: Math.max(0, next - now) }) }
  }

  async settle(
    { requestId, destination, orderKey }: Settled,
    settlement: Settlement,
    now: number,
    delivery?: Delivery,
  ): Promise<boolean> {
    return this.#options.submit(() => {
      const seq = this.#options.seqOf(requestId)
      if (seq === undefined) return false
      if (delivery !== undefined) this.#options.insertDelivery(seq, delivery)
      const settle = (): number => this.#settle(seq, destination, settlement, now)
      const isOver = settlement.kind === 'paid' || settlement.kind === 'given-up'
      return (isOver && orderKey !== undefined ? this.#ending(seq, settle) : settle()) > 0
    })
  }

  #settle(seq: number, destination: string, settlement: Settlement, now: number): number {
    const { pay, giveUp, retry, giveBack } = this.#statements
    switch (settlement.kind) {
      case 'paid':
        return pay.run(seq, destination, this.#self)
      case 'given-up':
        return giveUp.run(seq, destination, this.#self)
      case 'retry': {
        const delay = Math.ceil(settlement.delayMs)
        return retry.run(seq, destination, this.#self, now + delay, delay)
      }
      case 'returned':
        return giveBack.run(seq, destination, this.#self)
    }
  }

  async claim(assign: Assign, now: number): Promise<Claimed> {
    const { unclaimed, newest } = this.#statements
    const find = (): SqlRow[] => unclaimed.all(this.#claimedUpTo, CLAIM_ROWS)
    // What is captured from here on comes after it.
    const end = this.#number(newest.get(), 'newest')
    if (find().length === 0) {
      this.#claimedUpTo = Math.max(this.#claimedUpTo, end)
      return { made: 0, more: false }
    }
    return this.#options.submit(() => {
      // Another worker may have been here since we looked.
      const seqs = find().map((row) => this.#number(row, 'seq'))
      const made = seqs.reduce((sum, seq) => sum + this.#claim(seq, assign, now), 0)
      const more = seqs.length === CLAIM_ROWS
      this.#claimedUpTo = more ? (seqs.at(-1) ?? end) : Math.max(end, seqs.at(-1) ?? 0)
      return { made, more }
    })
  }

  #claim(seq: number, assign: Assign, now: number): number {
    const stored = this.#options.stored(seq)
    if (stored?.request.source !== 'captured') return 0
    return assign(stored).reduce((made, owing) => made + this.insert(seq, { ...owing, taken: false }, now), 0)
  }

  async adopt(assign: Assign, now: number): Promise<number> {
    let adopted = 0
    for (let from = 0; ;) {
      const abandoned = this.#abandonedBy()
      const seqs = await this.#options.submit(() => {
        for (const mark of abandoned) this.#statements.free.run(mark)
        const rows = this.#statements.freeAfter.all(from, CLAIM_ROWS)
        const found = rows.map((row) => this.#number(row, 'request_seq'))
        for (const seq of found) adopted += this.#adoptDebtsOf(seq, assign, now)
        return found
      })
      if (seqs.length < CLAIM_ROWS) return adopted
      from = seqs.at(-1) ?? from
    }
  }

  #adoptDebtsOf(seq: number, assign: Assign, now: number): number {
    const { wasAcceptedOnce, revive } = this.#statements
    const stored = this.#options.stored(seq)
    if (stored === undefined) return 0
    const owings = assign(stored)
    if (owings.length === 0) return 0
    const open = this.openDebtsOf([seq]).get(seq) ?? []
    // Somebody has it already, or it was for commands alone: it is owed as before, and to nobody else.
    if (open.every((debt) => isCommand(debt)) || wasAcceptedOnce.get(seq) !== undefined)
      return owings.reduce((count, { destination }) => count + revive.run(seq, destination, now), 0)
    const waiting = open.filter(({ state }) => state === 'waiting')
    const attempts = new Map(waiting.map((debt) => [debt.destination, debt.attempts]))
    // A command takes no target's place.
    if (!owings.every((owing) => isCommand(owing))) this.payFree(seq)
    return owings.reduce(
      (count, owing) =>
        count +
        (isCommand(owing) ? revive.run(seq, owing.destination, now) : 0) +
        this.insert(seq, { ...owing, taken: false }, now, attempts.get(owing.destination)),
      0,
    )
  }

  async count(destinations: readonly string[]): Promise<{ waiting: number; givenUp: number }> {
    const row = this.#statements.count.get(JSON.stringify(destinations))
    return { waiting: this.#number(row, 'waiting'), givenUp: this.#number(row, 'given_up') }
  }

  async countOthers(destinations: readonly string[]): Promise<number> {
    return this.#number(this.#statements.countOthers.get(JSON.stringify(destinations)), 'others')
  }

  async release(): Promise<void> {
    if (!this.#holdsAny) return
    await this.#options.submit(() => this.#statements.free.run(this.#self))
  }

  /** The marks of workers that are gone and have left debts behind. */
  #abandonedBy(): string[] {
    const marks = this.#statements.workers.all(this.#self).map((row) => String(row['worker']))
    return marks.filter((text) => {
      const mark = markFrom(text)
      return mark === undefined || !this.#options.workers.isRunning(mark)
    })
  }

  #debtFrom(row: SqlRow): Debt {
    return {
      requestId: this.#options.idOf(this.#number(row, 'request_seq')),
      destination: String(row['destination']),
      attempts: this.#number(row, 'attempts'),
      ...orderKeyOf(row),
    }
  }

  #number(row: SqlRow | undefined, column: string): number {
    return this.#options.reader.number(row, column)
  }
}

/** True for a request with debts that wait: retention leaves it. */
export const OWED_STILL = `EXISTS (SELECT 1 FROM owed WHERE request_seq = seq AND state = 0)`

/** As `isUndelivered` of core says, but for the request's source. */
export const UNDELIVERED = `(EXISTS (SELECT 1 FROM owed WHERE request_seq = seq)
  OR NOT EXISTS (SELECT 1 FROM deliveries WHERE request_seq = seq AND accepted = 1))`

function orderKeyOf(row: SqlRow): { readonly orderKey?: string } {
  const key = row['order_key']
  return typeof key === 'string' ? { orderKey: key } : {}
}

function markFrom(text: string): WorkerMark | undefined {
  try {
    const mark: unknown = JSON.parse(text)
    const [pid, began]: readonly unknown[] = Array.isArray(mark) ? mark : []
    return typeof pid === 'number' && typeof began === 'string' ? { pid, began } : undefined
  } catch {
    return undefined
  }
}
