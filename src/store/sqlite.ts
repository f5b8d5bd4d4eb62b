import { resolve } from 'node:path'
import type { Delivery } from '../core/delivery.ts'
import { wasAccepted } from '../core/delivery.ts'
import { AppError, isAppError } from '../core/errors.ts'
import type { Outbox, Workers } from '../core/outbox.ts'
import type { Assessment, NewDebt, Random, Store, StoreNotice } from '../core/ports.ts'
import type { Query, RequestSummary, StoredRequest } from '../core/query.ts'
import type { CapturedRequest, NewRequest, RequestId } from '../core/request.ts'
import { named } from '../core/request.ts'
import { prepareStoreFile } from './files.ts'
import type { Ids } from './ids.ts'
import { createIds, ID_KEY_BYTES } from './ids.ts'
import { Refs } from './refs.ts'
import { SqliteOutbox } from './outbox-sqlite.ts'
import { createReserve, logBytesFor } from './reserve.ts'
import type { Keeping } from './retention.ts'
import { deliveryRow, INSERT_DELIVERY, INSERT_REQUEST, requestRow, RowReader } from './rows.ts'
import { migrate, PAGE_BYTES, refuseOthersFile } from './schema.ts'
import type { Database, DriverName, Statement, WarningEmitter } from './sqlite-driver.ts'
import { defaultDriver, openDatabase } from './sqlite-driver.ts'
import { SqliteReader } from './sqlite-reader.ts'
import { SqliteRemover } from './sqlite-remover.ts'
import { SqliteRetention } from './sqlite-retention.ts'
import type { Counters } from './transactions.ts'
import { createTransact, GroupCommit } from './transactions.ts'

export interface SqliteStoreOptions extends Keeping {
  /** The database file; it and its directories are made where they are not there. */
  readonly path: string
  readonly random: Random
  readonly driver?: DriverName
  /** The user we run as, where the system has numeric users. */
  readonly uid?: number | undefined
  /** `process`, where the user shall not read that node:sqlite is experimental. */
  readonly warnings?: WarningEmitter
  readonly onNotice?: (notice: StoreNotice) => void
  /** Who we are to other processes that deliver from this store. */
  readonly workers?: Workers
}

/** A store whose owner delivers nothing has nobody to tell apart. */
const NO_WORKERS: Workers = { self: { pid: 0, began: '' }, isRunning: () => true }

/** Requests deleted in one transaction. */
const DELETE_ROWS = 500

/**
 * Opens the store in an SQLite file, shared with any other process that has it open.
 * @throws AppError one of the `store-…` codes; a file that is refused has not been changed
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = resolve(options.path)
  for (const notice of prepareStoreFile(path, options.uid, refuseOthersFile)) options.onNotice?.(notice)
  const db = openDatabase(path, options.driver ?? defaultDriver(), options.warnings)
  try {
    return new SqliteStore(db, options)
  } catch (error) {
    db.close()
    throw error
  }
}

class SqliteStore implements Store {
  readonly location: string
  readonly #db: Database
  readonly #ids: Ids
  readonly #reader: SqliteReader
  readonly #remover: SqliteRemover
  readonly #refs: Refs
  readonly #commits: GroupCommit
  readonly #insertRequest: Statement
  readonly #insertDelivery: Statement
  readonly outbox: Outbox
  readonly #outbox: SqliteOutbox
  #closed = false

  constructor(db: Database, { random, workers = NO_WORKERS, ...keeping }: SqliteStoreOptions) {
    this.location = db.path
    this.#db = db
    const logBytes = logBytesFor(db.path)
    configure(db, logBytes)
    migrate(db, random)
    const ids = createIds(idKeyOf(db))
    const rows = new RowReader(db.path, (seq) => ids.encode(seq))
    const transact = createTransact(db, rows)
    const reserve = createReserve(db.path, logBytes)
    this.#ids = ids
    this.#reader = new SqliteReader(db, rows, (seqs) => this.#outbox.openDebtsOf(seqs))
    this.#remover = new SqliteRemover(db, transact, reserve, rows)
    this.#refs = new Refs(ids, this.#reader)
    const retention = new SqliteRetention(db, rows, keeping)
    this.#commits = new GroupCommit(transact, (counters) => retention.prune(counters))
    this.#insertRequest = db.prepare(INSERT_REQUEST)
    this.#insertDelivery = db.prepare(INSERT_DELIVERY)
    this.#outbox = new SqliteOutbox({
      db,
      reader: rows,
      workers,
      nonce: Buffer.from(random(8)).toString('hex'),
      submit: (write) => this.#submit(write),
      insertDelivery: (seq, delivery) => this.#insertDelivery.run(...deliveryRow(seq, delivery)),
      seqOf: (id) => ids.decode(id),
      idOf: (seq) => ids.encode(seq),
      stored: (seq) => this.#reader.stored(seq),
    })
    this.outbox = this.#outbox
    if ((this.#reader.bounds()?.newest ?? 0) >= this.#reader.nextSeq()) throw rows.corrupt('next_seq')
    db.exec('PRAGMA journal_mode = WAL')
    if (retention.isExceeded(() => this.#reader.count())) {
      reserve.release()
      this.#letOldestGo(() => transact((counters) => retention.prune(counters)))
    } else reserve.restore()
  }

  /**
   * The limit is lower than it was. A capture lets the oldest go only once it is written, and on a full disk none can
   * be: so the first go now, with the room of the reserve, which is left for the log.
   */
  #letOldestGo(prune: () => unknown): void {
    try {
      prune()
    } catch (error) {
      // The next capture is told the same.
      if (!isAppError(error) || error.code === 'store-corrupt') throw error
    }
  }

  async capture(
    request: NewRequest,
    assessment: Assessment,
    owing?: readonly NewDebt[],
  ): Promise<CapturedRequest> {
    return this.#submit((counters) => {
      const seq = counters.nextSeq++
      counters.kept++
      this.#insertRequest.run(...requestRow(seq, request, assessment))
      if (owing !== undefined) for (const debt of owing) this.#outbox.insert(seq, debt, request.receivedAt)
      return named(request, this.#ids.encode(seq), seq)
    })
  }

  /** A request that is gone by then takes its deliveries with it: that is no failure. */
  async record(delivery: Delivery): Promise<void> {
    return this.#submit(() => {
      const seq = this.#ids.decode(delivery.requestId)
      if (seq === undefined) return
      this.#insertDelivery.run(...deliveryRow(seq, delivery))
      if (delivery.cause === 'replay' && wasAccepted(delivery.outcome)) this.#outbox.payFree(seq)
    })
  }

  async get(ref: string): Promise<StoredRequest> {
    const stored = this.#reader.stored(this.#refs.resolve(ref))
    // Another process may have removed it since the ref was resolved.
    if (stored === undefined) throw this.#refs.noSuchRequest(ref)
    return stored
  }

  async complete(prefix: string, limit: number): Promise<RequestId[]> {
    return this.#refs.complete(prefix, limit)
  }

  list(query: Query): AsyncIterable<RequestSummary> {
    return this.#reader.list(query)
  }

  read(query: Query): AsyncIterable<StoredRequest> {
    return this.#reader.read(query)
  }

  async count(): Promise<number> {
    return this.#reader.count()
  }

  async remove(query: Query): Promise<number> {
    let removed = 0
    let seqs: number[] = []
    for await (const { request } of this.#reader.list(query)) {
      seqs.push(request.seq)
      if (seqs.length < DELETE_ROWS) continue
      removed += this.#remover.delete(seqs)
      seqs = []
    }
    if (seqs.length > 0) removed += this.#remover.delete(seqs)
    await this.#remover.scrub()
    return removed
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const released = this.#outbox.release()
    this.#commits.close()
    await released
    this.#closed = true
    closeDatabase(this.#db)
  }

  #submit<T>(write: (counters: Counters) => T): Promise<T> {
    if (!this.#closed) return this.#commits.submit(write)
    return Promise.reject(new AppError('store-unavailable', { path: this.location, reason: 'closed' }))
  }
}

/**
 * Settings of the connection: none of them writes to the file. `secure_delete = FAST` overwrites what it can
 * without writing more: pages that retention frees are filled by the next captures. Removing on request overwrites
 * all, see `SqliteRemover`.
 */
function configure(db: Database, logBytes: number): void {
  db.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = FAST;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -8000;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = ${Math.floor(logBytes / PAGE_BYTES)};
  `)
}

function idKeyOf(db: Database): Uint8Array {
  const key = db.prepare(`SELECT CAST(value AS BLOB) AS value FROM meta WHERE key = 'id_key'`).get()?.[
    'value'
  ]
  if (key instanceof Uint8Array && key.length === ID_KEY_BYTES) return key
  throw new AppError('store-corrupt', { path: db.path, reason: 'id key' })
}

/** Empties the log into the database where nobody else needs it: a store at rest is one file. */
function closeDatabase(db: Database): void {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // The log stays and is read by whoever opens the store next.
  }
  db.close()
}
