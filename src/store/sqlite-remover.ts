import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError, isAppError } from '../core/errors.ts'
import { FREE_PARKED } from './outbox-statements.ts'
import { tryPatiently } from './patience.ts'
import type { Reserve } from './reserve.ts'
import type { RowReader } from './rows.ts'
import type { Database } from './sqlite-driver.ts'
import type { Transact } from './transactions.ts'
import { nextTurn } from './turn.ts'

/** Pages moved in one transaction when the file is made smaller: 4 MiB, and with a full disk a quarter of the reserve. */
const VACUUM_PAGES = 1024
const VACUUM_PAGES_WHEN_FULL = 64

/** Deletes rows so that their bytes are gone from the files, on a full disk as well. */
export class SqliteRemover {
  readonly #db: Database
  readonly #transact: Transact
  readonly #reserve: Reserve
  readonly #reader: RowReader
  readonly #statements: ReturnType<typeof prepareStatements>
  #diskFull = false

  constructor(db: Database, transact: Transact, reserve: Reserve, reader: RowReader) {
    this.#db = db
    this.#transact = transact
    this.#reserve = reserve
    this.#reader = reader
    this.#statements = prepareStatements(db)
  }

  /**
   * Deletes requests with their deliveries and tells how many there were. Call `scrub` when all are deleted.
   * @throws AppError `store-busy` or `store-write-failed`
   */
  delete(seqs: readonly number[]): number {
    if (!this.#diskFull) this.#db.exec('PRAGMA secure_delete = ON')
    try {
      return this.#deleteAtOnce(seqs)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      if (this.#diskFull && seqs.length === 1) throw error
      this.#makeRoom()
      // Half as many write half as much into the log.
      const middle = Math.ceil(seqs.length / 2)
      return this.delete(seqs.slice(0, middle)) + this.delete(seqs.slice(middle))
    }
  }

  /**
   * Overwrites or gives back to the disk what deleted rows leave behind: freed pages, and their copies in the log.
   * @throws AppError `store-busy` where another process did not let go of the log, `store-write-failed`
   */
  async scrub(): Promise<void> {
    try {
      const pages = this.#diskFull ? VACUUM_PAGES_WHEN_FULL : VACUUM_PAGES
      for (let free = this.#freePages(), before = Infinity; free > 0 && free < before;) {
        this.#db.exec(`PRAGMA incremental_vacuum(${pages})`)
        if (this.#diskFull) this.#checkpointIfItFits()
        before = free
        free = this.#freePages()
        await nextTurn()
      }
      if (!tryPatiently(() => this.#checkpoint())) throw new AppError('store-busy', { path: this.#db.path })
    } finally {
      this.#db.exec('PRAGMA secure_delete = FAST')
      this.#diskFull = false
      this.#reserve.restore()
    }
  }

  #deleteAtOnce(seqs: readonly number[]): number {
    if (seqs.length === 0) return 0
    return this.#transact((counters) => {
      const list = JSON.stringify(seqs)
      this.#statements.deleteDeliveriesOf.run(list)
      if (this.#statements.deleteDebtsOf.run(list) > 0) this.#statements.freeParked.run()
      const deleted = this.#statements.deleteRequests.run(list)
      counters.kept -= deleted
      return deleted
    })
  }

  /**
   * A delete writes to the log before it frees anything. So on a full disk the reserve goes first, and overwriting
   * waits for `scrub`, because it costs as much log as the rows are long.
   */
  #makeRoom(): void {
    if (!this.#diskFull) {
      this.#diskFull = true
      this.#reserve.release()
      this.#db.exec('PRAGMA secure_delete = FAST')
    }
    this.#checkpointIfItFits()
  }

  /**
   * A checkpoint that the disk has no room for would use up what room there is, and leave none to delete with. It
   * needs as much as the database has grown in the log alone.
   */
  #checkpointIfItFits(): void {
    const { bavail, bsize } = statfsSync(dirname(this.#db.path))
    const size = this.#pragma('page_count') * this.#pragma('page_size')
    if (size - statSync(this.#db.path).size <= bavail * bsize) this.#checkpoint()
  }

  /** Writes the log into the database and empties it; false where another process still reads from it. */
  #checkpoint(): boolean {
    return this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0
  }

  #freePages(): number {
    return this.#pragma('freelist_count')
  }

  #pragma(name: string): number {
    return this.#reader.number(this.#db.prepare(`PRAGMA ${name}`).get(), name)
  }
}

function prepareStatements(db: Database) {
  return {
    deleteDebtsOf: db.prepare('DELETE FROM owed WHERE request_seq IN (SELECT value FROM json_each(?))'),
    freeParked: db.prepare(FREE_PARKED),
    deleteRequests: db.prepare('DELETE FROM requests WHERE seq IN (SELECT value FROM json_each(?))'),
    deleteDeliveriesOf: db.prepare(
      'DELETE FROM deliveries WHERE request_seq IN (SELECT value FROM json_each(?))',
    ),
  }
}

function isDiskFull(error: unknown): boolean {
  return isAppError(error) && error.code === 'store-write-failed' && error.data.full
}
