import type { Delivery } from '../core/delivery.ts'
import type {
  Assign,
  Claimed,
  Debt,
  Demand,
  OpenDebt,
  Outbox,
  Settlement,
  Taken,
  WorkerMark,
  Workers,
} from '../core/outbox.ts'
import { EXEC_PREFIX } from '../core/outbox.ts'
import type { NewDebt } from '../core/ports.ts'
import type { StoredRequest } from '../core/query.ts'
import type { RequestId } from '../core/request.ts'
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
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #self: string
  #holdsAny = false
  /** Requests up to here have been looked at in this run. */
  #claimedUpTo = 0

  constructor(options: SqliteOutboxOptions) {
    const { pid, began } = options.workers.self
    this.#options = options
    this.#self = JSON.stringify([pid, began, options.nonce])
    this.#statements = prepareStatements(options.db)
  }

  /** Within the transaction of a capture. */
  insert(seq: number, { destination, orderKey, taken }: NewDebt, now: number): void {
    if (taken) this.#holdsAny = true
    this.#statements.insert.run(seq, destination, orderKey ?? null, now, taken ? this.#self : null)
  }

  /** Within a transaction: pays what nobody works on. */
  payFree(seq: number): void {
    this.#statements.payFree.run(seq)
  }

  openDebtsOf(seq: number): OpenDebt[] {
    return this.#statements.ofRequest.all(seq).map((row) => ({
      destination: String(row['destination']),
      attempts: this.#number(row, 'attempts'),
      state: row['state'] === 0 ? 'waiting' : 'given-up',
      dueAt: this.#number(row, 'due_at'),
      ...orderKeyOf(row),
    }))
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
    { requestId, destination }: Pick<Debt, 'requestId' | 'destination'>,
    settlement: Settlement,
    now: number,
    delivery?: Delivery,
  ): Promise<boolean> {
    return this.#options.submit(() => {
      const seq = this.#options.seqOf(requestId)
      if (seq === undefined) return false
      if (delivery !== undefined) this.#options.insertDelivery(seq, delivery)
      return this.#settle(seq, destination, settlement, now) > 0
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
    return assign(stored).reduce(
      (made, { destination, orderKey }) =>
        made + this.#statements.insert.run(seq, destination, orderKey ?? null, now, null),
      0,
    )
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
    const { wasAcceptedOnce, revive, payFree, insert } = this.#statements
    const stored = this.#options.stored(seq)
    if (stored === undefined) return 0
    const owings = assign(stored)
    if (owings.length === 0) return 0
    // Somebody has it already: to the others it is owed as before, and to nobody else.
    if (wasAcceptedOnce.get(seq) !== undefined)
      return owings.reduce((count, { destination }) => count + revive.run(seq, destination, now), 0)
    payFree.run(seq)
    return owings.reduce(
      (count, { destination, orderKey }) => count + insert.run(seq, destination, orderKey ?? null, now, null),
      0,
    )
  }

  async count(destinations: readonly string[]): Promise<{ waiting: number; givenUp: number }> {
    const row = this.#statements.count.get(JSON.stringify(destinations))
    return { waiting: this.#number(row, 'waiting'), givenUp: this.#number(row, 'given_up') }
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

function prepareStatements(db: Database) {
  const isWanted = `destination IN (SELECT value FROM json_each(?))`
  // Of each order key only the oldest that is owed still, whoever has it.
  const free = `state = 0 AND worker IS NULL AND ${isWanted}
    AND (order_key IS NULL OR NOT EXISTS (SELECT 1 FROM owed AS earlier WHERE earlier.destination = owed.destination
      AND earlier.order_key = owed.order_key AND earlier.request_seq < owed.request_seq AND earlier.state = 0))`
  const mine = `request_seq = ?1 AND destination = ?2 AND worker = ?3`
  const notCommand = `substr(destination, 1, ${EXEC_PREFIX.length}) <> '${EXEC_PREFIX}'`
  return {
    insert: db.prepare(`INSERT OR IGNORE INTO owed (request_seq, destination, order_key, due_at, worker)
      VALUES (?, ?, ?, ?, ?)`),
    due: db.prepare(`SELECT request_seq, CAST(destination AS TEXT) AS destination, order_key, attempts FROM owed
      WHERE due_at <= ? AND ${free} ORDER BY due_at, request_seq LIMIT ?`),
    nextDue: db.prepare(`SELECT due_at FROM owed WHERE ${free} ORDER BY due_at LIMIT 1`),
    hold: db.prepare(`UPDATE owed SET worker = ? WHERE request_seq = ? AND destination = ?`),
    workers: db.prepare(`SELECT DISTINCT worker FROM owed WHERE worker IS NOT NULL AND worker <> ?`),
    free: db.prepare(`UPDATE owed SET worker = NULL WHERE worker = ?`),
    unstick: db.prepare(
      `SELECT 1 FROM owed WHERE state = 0 AND worker IS NULL AND due_at - delay > ? LIMIT 1`,
    ),
    clockBack: db.prepare(
      `UPDATE owed SET due_at = ?1 + delay WHERE state = 0 AND worker IS NULL AND due_at - delay > ?1`,
    ),
    pay: db.prepare(`DELETE FROM owed WHERE ${mine}`),
    giveUp: db.prepare(`UPDATE owed SET attempts = attempts + 1, state = 1, worker = NULL WHERE ${mine}`),
    retry: db.prepare(
      `UPDATE owed SET attempts = attempts + 1, due_at = ?4, delay = ?5, worker = NULL WHERE ${mine}`,
    ),
    giveBack: db.prepare(`UPDATE owed SET worker = NULL WHERE ${mine}`),
    payFree: db.prepare(`DELETE FROM owed WHERE request_seq = ? AND worker IS NULL AND ${notCommand}`),
    ofRequest: db.prepare(
      `SELECT destination, order_key, attempts, state, due_at FROM owed WHERE request_seq = ? ORDER BY destination`,
    ),
    unclaimed:
      db.prepare(`SELECT seq FROM requests WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM owed WHERE request_seq = seq)
      AND NOT EXISTS (SELECT 1 FROM deliveries WHERE request_seq = seq AND accepted = 1) ORDER BY seq LIMIT ?`),
    newest: db.prepare('SELECT coalesce(max(seq), 0) AS newest FROM requests'),
    wasAcceptedOnce: db.prepare(`SELECT 1 FROM deliveries WHERE request_seq = ? AND accepted = 1 LIMIT 1`),
    freeAfter: db.prepare(`SELECT DISTINCT request_seq FROM owed WHERE request_seq > ? AND worker IS NULL
      AND ${notCommand} ORDER BY request_seq LIMIT ?`),
    revive: db.prepare(`UPDATE owed SET state = 0, attempts = 0, delay = 0, due_at = ?3
      WHERE request_seq = ?1 AND destination = ?2 AND worker IS NULL`),
    count: db.prepare(`SELECT coalesce(sum(state = 0), 0) AS waiting, coalesce(sum(state = 1), 0) AS given_up
      FROM owed WHERE ${isWanted}`),
  }
}
