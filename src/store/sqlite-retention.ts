import { OWED_STILL } from './outbox-sqlite.ts'
import { excessOf } from './retention.ts'
import type { Keeping } from './retention.ts'
import type { RowReader } from './rows.ts'
import { PAGE_BYTES } from './schema.ts'
import type { Database } from './sqlite-driver.ts'
import type { Counters } from './transactions.ts'

/** Lets the oldest requests go when there are too many, or when they take too much of the disk. */
export class SqliteRetention {
  readonly #keeping: Required<Keeping>
  readonly #reader: RowReader
  readonly #statements: ReturnType<typeof prepareStatements>
  /** While all that is too much waits to be delivered, looking for something to delete is in vain. */
  #countAbove = 0
  #bytesAbove = 0

  constructor(db: Database, reader: RowReader, { keep = 0, keepBytes = 0 }: Keeping) {
    this.#keeping = { keep, keepBytes }
    this.#reader = reader
    this.#statements = prepareStatements(db)
  }

  /** Within a transaction, after its writes: what waits to be delivered stays, and so does the newest request. */
  prune(counters: Counters): void {
    this.#pruneCount(counters)
    this.#pruneBytes(counters)
  }

  #pruneCount(counters: Counters): void {
    const { keep } = this.#keeping
    const excess = excessOf(counters.kept, keep)
    if (excess === 0 || counters.kept < this.#countAbove) return
    const { nthOldest, newest } = this.#statements
    const end = nthOldest.get(excess - 1) ?? newest.get()
    if (end !== undefined) this.#deleteUpTo(this.#reader.number(end, 'seq'), counters)
    const left = excessOf(counters.kept, keep)
    this.#countAbove = left === 0 ? 0 : counters.kept + Math.ceil(keep / 100)
  }

  #pruneBytes(counters: Counters): void {
    const { keepBytes } = this.#keeping
    if (keepBytes === 0) return
    let used = this.#usedBytes()
    if (excessOf(used, keepBytes) === 0 || used < this.#bytesAbove) return
    // A page is free only once all its rows are gone, so that the sum of what was deleted may fall short.
    for (let end: number | undefined; used > keepBytes; used = this.#usedBytes()) {
      end = this.#endOfOldest(used - keepBytes)
      if (end === undefined) break
      this.#deleteUpTo(end, counters)
    }
    this.#bytesAbove = used > keepBytes ? used + Math.ceil(keepBytes / 100) : 0
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

  #deleteUpTo(seq: number, counters: Counters): void {
    const { deleteDeliveriesUpTo, deleteRequestsUpTo, deleteDebtsUpTo } = this.#statements
    deleteDeliveriesUpTo.run(seq)
    counters.kept -= deleteRequestsUpTo.run(seq)
    deleteDebtsUpTo.run(seq)
  }

  /** Of the file; what was freed is filled by the next captures. */
  #usedBytes(): number {
    const { pageCount, freePages } = this.#statements
    const pages = this.#reader.number(pageCount.get(), 'page_count')
    if (pages * PAGE_BYTES <= this.#keeping.keepBytes) return pages * PAGE_BYTES
    return (pages - this.#reader.number(freePages.get(), 'freelist_count')) * PAGE_BYTES
  }
}

function prepareStatements(db: Database) {
  return {
    pageCount: db.prepare('PRAGMA page_count'),
    freePages: db.prepare('PRAGMA freelist_count'),
    nthOldest: db.prepare(`SELECT seq FROM requests WHERE NOT ${OWED_STILL} ORDER BY seq LIMIT 1 OFFSET ?`),
    newest: db.prepare('SELECT seq FROM requests ORDER BY seq DESC LIMIT 1'),
    oldestSizes: db.prepare(
      `SELECT seq, length(head) + length(fields) + length(body) AS bytes FROM requests
        WHERE NOT ${OWED_STILL} AND seq < (SELECT max(seq) FROM requests) ORDER BY seq LIMIT 500`,
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
