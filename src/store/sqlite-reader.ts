import type { Delivery } from '../core/delivery.ts'
import type { OpenDebt } from '../core/outbox.ts'
import type { Query, RequestSummary, StoredRequest } from '../core/query.ts'
import { matchesContent, matchesSummary, needsContent } from '../core/query.ts'
import type { SeqIndex } from './refs.ts'
import type { RowReader, SummaryRow } from './rows.ts'
import { UNDELIVERED } from './outbox-sqlite.ts'
import { CONTENT_COLUMNS, DELIVERY_COLUMNS, SUMMARY_COLUMNS } from './rows.ts'
import type { Database, SqlRow } from './sqlite-driver.ts'
import { nextTurn } from './turn.ts'

/** Rows looked at in one go: some 5 ms of work, and at most 32 MiB of the longest targets that a receiver takes. */
const BATCH_ROWS = 500

/** Sequence numbers from `low` to `high`, both included. */
interface Range {
  readonly low: number
  readonly high: number
}

/** To whom requests are owed, those that are owed to somebody. */
type DebtsOf = (seqs: readonly number[]) => ReadonlyMap<number, OpenDebt[]>

/** Requests whose content is read in one go: so many, unless their bodies take more than this together. */
const READ_ROWS = 32
const READ_BYTES = 1024 * 1024

/** A row that matches, with its content where that was needed to know. */
interface Found {
  readonly row: SummaryRow
  readonly stored?: StoredRequest
}

/** Everything that only reads. No statement and no transaction outlives a call, so nothing here holds up a writer. */
export class SqliteReader implements SeqIndex {
  readonly #reader: RowReader
  readonly #debtsOf: DebtsOf
  readonly #statements: ReturnType<typeof prepareStatements>

  /** @param debtsOf to whom a request is owed */
  constructor(db: Database, reader: RowReader, debtsOf: DebtsOf) {
    this.#reader = reader
    this.#debtsOf = debtsOf
    this.#statements = prepareStatements(db)
  }

  bounds(): { readonly oldest: number; readonly newest: number } | undefined {
    const row = this.#statements.bounds.get()
    if (row === undefined || row['oldest'] === null) return undefined
    return { oldest: this.#reader.number(row, 'oldest'), newest: this.#reader.number(row, 'newest') }
  }

  has(seq: number): boolean {
    return this.#statements.has.get(seq) !== undefined
  }

  newest(limit: number, skip: number): number[] {
    return this.#statements.newest.all(limit, skip).map((row) => this.#reader.number(row, 'seq'))
  }

  receivedAt(seq: number): number | undefined {
    return this.#summary(seq)?.summary.request.receivedAt
  }

  nextSeq(): number {
    return this.#reader.number(this.#statements.counters.get(), 'next_seq')
  }

  count(): number {
    return this.#reader.number(this.#statements.counters.get(), 'kept')
  }

  stored(seq: number): StoredRequest | undefined {
    const row = this.#summary(seq)
    return row === undefined ? undefined : this.#content(row)
  }

  async *list(query: Query): AsyncGenerator<RequestSummary> {
    for await (const { row } of this.#matching(query)) yield row.summary
  }

  /** The same with headers, bodies and deliveries. Small ones are read several at a time, large ones one by one. */
  async *read(query: Query): AsyncGenerator<StoredRequest> {
    let rows: SummaryRow[] = []
    let bytes = 0
    for await (const { row, stored } of this.#matching(query)) {
      if (stored !== undefined) {
        yield stored
        continue
      }
      const { size } = row.summary
      if (rows.length === READ_ROWS || bytes + size > READ_BYTES) {
        yield* this.#contents(rows)
        rows = []
        bytes = 0
      }
      rows.push(row)
      bytes += size
    }
    yield* this.#contents(rows)
  }

  /**
   * Requests that match, in the query's order: those that are kept when it begins, less those removed meanwhile.
   * Between batches other work of the process has its turn.
   */
  async *#matching(query: Query): AsyncGenerator<Found> {
    let left = query.limit ?? Infinity
    let rows = Math.min(left, BATCH_ROWS)
    for (let range = this.#rangeOf(query); range !== undefined && left > 0; rows = BATCH_ROWS) {
      const batch = this.#firstRows(range, rows, query)
      for (const sqlRow of this.#rowsWithin(batch, query)) {
        const row = this.#summaryFrom(sqlRow)
        if (!matchesSummary(query, row.summary)) continue
        if (query.undelivered === true && row.summary.request.source !== 'captured' && !this.#isOwed(row))
          continue
        const found = needsContent(query) ? this.#withContent(query, row) : { row }
        if (found === undefined) continue
        yield found
        if (--left <= 0) return
      }
      range = restOf(range, batch, query)
      await nextTurn()
    }
  }

  #rangeOf(query: Query): Range | undefined {
    const bounds = this.bounds()
    if (bounds === undefined) return undefined
    const low = Math.max(bounds.oldest, (query.afterSeq ?? -1) + 1)
    const high = Math.min(bounds.newest, (query.beforeSeq ?? Infinity) - 1)
    return low <= high ? { low, high } : undefined
  }

  /** The part of a range that holds its first so many rows, in the query's order. */
  #firstRows(range: Range, rows: number, query: Query): Range {
    const { nthAfter, nthBefore } = this.#statements
    if (query.oldestFirst === true) {
      const end = nthAfter.get(range.low, rows - 1)
      return end === undefined
        ? range
        : { ...range, high: Math.min(range.high, this.#reader.number(end, 'seq')) }
    }
    const end = nthBefore.get(range.high, rows - 1)
    return end === undefined ? range : { ...range, low: Math.max(range.low, this.#reader.number(end, 'seq')) }
  }

  #rowsWithin({ low, high }: Range, query: Query): SqlRow[] {
    const { ascending, descending } = this.#statements
    const statement = query.oldestFirst === true ? ascending : descending
    const method = query.method?.toUpperCase() ?? null
    const undelivered = query.undelivered === true ? 1 : null
    return statement.all(low, high, query.since ?? null, method, query.provider ?? null, undelivered)
  }

  #summary(seq: number): SummaryRow | undefined {
    const [row] = this.#statements.ascending.all(seq, seq, null, null, null, null)
    return row === undefined ? undefined : this.#summaryFrom(row)
  }

  #summaryFrom(row: SqlRow): SummaryRow {
    const last = row['last_delivery']
    const delivery = typeof last === 'number' ? this.#statements.delivery.get(last) : undefined
    return this.#reader.summaryFrom(
      row,
      delivery === undefined ? undefined : this.#reader.deliveryFrom(delivery),
    )
  }

  #content(row: SummaryRow): StoredRequest | undefined {
    const { seq } = row.summary.request
    const content = this.#statements.content.get(seq)
    if (content === undefined) return undefined
    const stored = this.#reader.contentFrom(content, row, this.#deliveriesOf(seq))
    return withDebts(stored, this.#debtsOf([seq]).get(seq))
  }

  /** One statement for the content of all costs a third of one for each. */
  #contents(rows: readonly SummaryRow[]): StoredRequest[] {
    if (rows.length === 0) return []
    const { contents, deliveriesOf } = this.#statements
    const list = JSON.stringify(rows.map(({ summary }) => summary.request.seq))
    const found = new Map(contents.all(list).map((row) => [this.#reader.number(row, 'seq'), row]))
    const deliveries = new Map<number, Delivery[]>()
    for (const row of deliveriesOf.all(list)) {
      const seq = this.#reader.number(row, 'request_seq')
      const delivery = this.#reader.deliveryFrom(row)
      const known = deliveries.get(seq)
      if (known === undefined) deliveries.set(seq, [delivery])
      else known.push(delivery)
    }
    const debts = this.#debtsOf(rows.map(({ summary }) => summary.request.seq))
    return rows.flatMap((row) => {
      const { seq } = row.summary.request
      const content = found.get(seq)
      if (content === undefined) return []
      return withDebts(this.#reader.contentFrom(content, row, deliveries.get(seq) ?? []), debts.get(seq))
    })
  }

  #withContent(query: Query, row: SummaryRow): Found | undefined {
    const stored = this.#content(row)
    return stored !== undefined && matchesContent(query, stored) ? { row, stored } : undefined
  }

  #isOwed({ summary }: SummaryRow): boolean {
    return this.#debtsOf([summary.request.seq]).size > 0
  }

  #deliveriesOf(seq: number): Delivery[] {
    return this.#statements.deliveries.all(seq).map((row) => this.#reader.deliveryFrom(row))
  }
}

function prepareStatements(db: Database) {
  const within = `SELECT ${SUMMARY_COLUMNS}, (SELECT max(id) FROM deliveries WHERE request_seq = seq) AS last_delivery
    FROM requests WHERE seq BETWEEN ?1 AND ?2
    AND (?3 IS NULL OR received_at >= ?3) AND (?4 IS NULL OR method = ?4) AND (?5 IS NULL OR provider = ?5)
    AND (?6 IS NULL OR ${UNDELIVERED})`
  return {
    bounds: db.prepare(
      'SELECT (SELECT min(seq) FROM requests) AS oldest, (SELECT max(seq) FROM requests) AS newest',
    ),
    has: db.prepare('SELECT 1 FROM requests WHERE seq = ?'),
    newest: db.prepare('SELECT seq FROM requests ORDER BY seq DESC LIMIT ? OFFSET ?'),
    counters: db.prepare('SELECT next_seq, kept FROM counters WHERE one = 1'),
    nthAfter: db.prepare('SELECT seq FROM requests WHERE seq >= ? ORDER BY seq LIMIT 1 OFFSET ?'),
    nthBefore: db.prepare('SELECT seq FROM requests WHERE seq <= ? ORDER BY seq DESC LIMIT 1 OFFSET ?'),
    ascending: db.prepare(`${within} ORDER BY seq`),
    descending: db.prepare(`${within} ORDER BY seq DESC`),
    content: db.prepare(`SELECT ${CONTENT_COLUMNS} FROM requests WHERE seq = ?`),
    delivery: db.prepare(`SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE id = ?`),
    contents: db.prepare(
      `SELECT seq, ${CONTENT_COLUMNS} FROM requests WHERE seq IN (SELECT value FROM json_each(?))`,
    ),
    deliveriesOf: db.prepare(
      `SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE request_seq IN (SELECT value FROM json_each(?)) ORDER BY id`,
    ),
    deliveries: db.prepare(`SELECT ${DELIVERY_COLUMNS} FROM deliveries WHERE request_seq = ? ORDER BY id`),
  }
}

function restOf(range: Range, batch: Range, query: Query): Range | undefined {
  const rest =
    query.oldestFirst === true ? { ...range, low: batch.high + 1 } : { ...range, high: batch.low - 1 }
  return rest.low <= rest.high ? rest : undefined
}

function withDebts(stored: StoredRequest, owed: OpenDebt[] | undefined): StoredRequest {
  return owed === undefined ? stored : { ...stored, owed }
}
