import { OWED_STILL } from './outbox-sqlite.ts'
import { excessOf } from './retention.ts'
import type { Keeping } from './retention.ts'
import type { RowReader } from './rows.ts'
import type { Database } from './sqlite-driver.ts'
import type { Counters } from './transactions.ts'

/**
 * Deleted in one transaction at most, 10 to 30 ms of work: of a store that grew under another limit a million may have
 * to go, and that took 7 s in which nothing was captured, and a log as long as all of them.
 */
const MOST_ROWS = 1000
const MOST_BYTES = 256 * 1024 * 1024

/** Lets the oldest requests go when there are too many, or when they take too much of the disk. */
export class SqliteRetention {
  readonly #keeping: Required<Keeping>
  readonly #reader: RowReader
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #pageBytes: number
  /** While all that is too much waits to be delivered, looking for something to delete is in vain. */
  #countAbove = 0
  #bytesAbove = 0

  constructor(db: Database, reader: RowReader, { keep = 0, keepBytes = 0 }: Keeping) {
    this.#keeping = { keep, keepBytes }
    this.#reader = reader
    this.#statements = prepareStatements(db)
    this.#pageBytes = reader.number(db.prepare('PRAGMA page_size').get(), 'page_size')
  }

  /** Whether there is more than may be kept, who knows whether any of it can go. */
  isExceeded(kept: () => number): boolean {
    const { keep, keepBytes } = this.#keeping
    return (
      (keep > 0 && excessOf(kept(), keep) > 0) ||
      (keepBytes > 0 && excessOf(this.#usedBytes(), keepBytes) > 0)
    )
  }

  /**
   * Within a transaction, after its writes: what waits to be delivered stays, and so does the newest request.
   * @returns whether more has to go in another transaction
   */
  prune(counters: Counters): boolean {
    const isMoreByCount = this.#pruneCount(counters)
    return this.#pruneBytes(counters) || isMoreByCount
  }

  #pruneCount(counters: Counters): boolean {
    const { keep } = this.#keeping
    const excess = excessOf(counters.kept, keep)
    if (excess === 0 || counters.kept < this.#countAbove) return false
    const { nthOldest, newest } = this.#statements
    const nth = nthOldest.get(Math.min(excess, MOST_ROWS) - 1)
    const end = nth ?? newest.get()
    if (end !== undefined) this.#deleteUpTo(this.#reader.number(end, 'seq'), counters)
    const isMore = excessOf(counters.kept, keep) > 0
    this.#countAbove = isMore && nth === undefined ? counters.kept + Math.ceil(keep / 100) : 0
    return isMore && nth !== undefined
  }

  #pruneBytes(counters: Counters): boolean {
    const { keepBytes } = this.#keeping
    if (keepBytes === 0) return false
    let used = this.#usedBytes()
    if (excessOf(used, keepBytes) === 0 || used < this.#bytesAbove) return false
    this.#bytesAbove = 0
    const goal = Math.max(keepBytes, used - MOST_BYTES)
    // A page is free only once all its rows are gone, so that the sum of what was deleted may fall short.
    for (let rows = 0; used > goal && rows < MOST_ROWS; used = this.#usedBytes()) {
      const end = this.#endOfOldest(used - goal)
      if (end === undefined) {
        this.#bytesAbove = used + Math.ceil(keepBytes / 100)
        return false
      }
      rows += this.#deleteUpTo(end, counters)
    }
    return excessOf(used, keepBytes) > 0
  }

  /** Up to which request the oldest must go so that so many bytes are freed, or as many as one batch has. */
  #endOfOldest(bytes: number): number | undefined {
    let sum = 0
    let end: number | undefined
    for (const row of this.#statements.oldestSizes.all()) {
      end = this.#reader.number(row, 'seq')
      sum += this.#reader.number(row, 'bytes')
      if (sum >= bytes) break
    }
    return end
  }

  /** @returns how many requests were deleted */
  #deleteUpTo(seq: number, counters: Counters): number {
    const { deleteDeliveriesUpTo, deleteRequestsUpTo, deleteDebtsUpTo } = this.#statements
    deleteDeliveriesUpTo.run(seq)
    const deleted = deleteRequestsUpTo.run(seq)
    counters.kept -= deleted
    deleteDebtsUpTo.run(seq)
    return deleted
  }

  /** Of the file; what was freed is filled by the next captures. */
  #usedBytes(): number {
    const { pageCount, freePages } = this.#statements
    const pages = this.#reader.number(pageCount.get(), 'page_count')
    if (pages * this.#pageBytes <= this.#keeping.keepBytes) return pages * this.#pageBytes
    return (pages - this.#reader.number(freePages.get(), 'freelist_count')) * this.#pageBytes
  }
}

function prepareStatements(db: Database) {
  return {
    pageCount: db.prepare('PRAGMA page_count'),
    freePages: db.prepare('PRAGMA freelist_count'),
    nthOldest: db.prepare(`SELECT seq FROM requests WHERE NOT ${OWED_STILL} ORDER BY seq LIMIT 1 OFFSET ?`),
    newest: db.prepare('SELECT seq FROM requests ORDER BY seq DESC LIMIT 1'),
    oldestSizes: db.prepare(
      `SELECT seq, length(head) + length(fields) + length(body) + (SELECT
        coalesce(sum(length(head) + coalesce(length(answer), 0)), 0) FROM deliveries WHERE request_seq = seq) AS bytes
        FROM requests WHERE NOT ${OWED_STILL} AND seq < (SELECT max(seq) FROM requests) ORDER BY seq LIMIT 500`,
    ),
    deleteRequestsUpTo: db.prepare(`DELETE FROM requests WHERE seq <= ? AND NOT ${OWED_STILL}`),
    deleteDeliveriesUpTo: db.prepare(
      'DELETE FROM deliveries WHERE request_seq <= ? AND request_seq NOT IN (SELECT request_seq FROM owed WHERE state = 0)',
    ),
    deleteDebtsUpTo: db.prepare(
      'DELETE FROM owed WHERE request_seq <= ? AND request_seq NOT IN (SELECT seq FROM requests)',
    ),
  }
}
