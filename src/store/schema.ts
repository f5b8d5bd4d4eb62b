import { readSync } from 'node:fs'
import { AppError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import { ID_KEY_BYTES } from './ids.ts'
import type { Database } from './sqlite-driver.ts'

/** Marks a database as ours: `whkc`. */
const APPLICATION_ID = 0x77686b63

/**
 * A body of 64 KiB takes four pages of this size instead of sixteen of SQLite's own choice, and each page of a body is
 * written twice, with a call for its frame header: that halved the time of such a capture. Small ones cost the same.
 */
export const PAGE_BYTES = 16_384

/** One step from the schema before to the next; the n-th of the list leads to schema n. */
export type Migration = (db: Database, random: Random) => void

export const MIGRATIONS: readonly Migration[] = [
  (db, random) => {
    // `received_at`, `method` and `provider` repeat what `head` says, for SQL to narrow by. The body stands last:
    // SQLite reads a row from its start, and a list has no use for bodies.
    db.exec(`
      CREATE TABLE requests (
        seq INTEGER PRIMARY KEY,
        received_at INTEGER NOT NULL,
        method TEXT NOT NULL,
        provider TEXT,
        head TEXT NOT NULL,
        head_check INTEGER NOT NULL,
        fields TEXT NOT NULL,
        body BLOB NOT NULL
      );
      CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        request_seq INTEGER NOT NULL,
        head TEXT NOT NULL,
        head_check INTEGER NOT NULL,
        answer BLOB
      );
      CREATE INDEX deliveries_by_request ON deliveries (request_seq);
      CREATE TABLE counters (one INTEGER PRIMARY KEY CHECK (one = 1), next_seq INTEGER NOT NULL, kept INTEGER NOT NULL);
      INSERT INTO counters VALUES (1, 1, 0);
      CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    `)
    db.prepare(`INSERT INTO meta VALUES ('id_key', ?)`).run(random(ID_KEY_BYTES))
  },
  (db) => {
    // `accepted` repeats what `head` says. State 0 waits, 1 is given up; `delay` is how long it was to wait before
    // `due_at`, so that a wall clock put back does not make it wait for longer.
    db.exec(`
      ALTER TABLE deliveries ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
      UPDATE deliveries SET accepted = 1 WHERE CASE WHEN json_valid(CAST(head AS TEXT))
        THEN json_extract(CAST(head AS TEXT), '$.outcome.status') BETWEEN 200 AND 299 END;
      CREATE TABLE owed (
        request_seq INTEGER NOT NULL,
        destination TEXT NOT NULL,
        order_key TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER NOT NULL,
        delay INTEGER NOT NULL DEFAULT 0,
        state INTEGER NOT NULL DEFAULT 0,
        worker TEXT,
        PRIMARY KEY (request_seq, destination)
      ) WITHOUT ROWID;
      CREATE INDEX owed_due ON owed (due_at, request_seq) WHERE state = 0 AND worker IS NULL;
      CREATE INDEX owed_keys ON owed (destination, order_key, request_seq) WHERE state = 0 AND order_key IS NOT NULL;
      CREATE INDEX owed_taken ON owed (worker) WHERE worker IS NOT NULL;
    `)
  },
]

const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'

/**
 * The head of a database, read before SQLite may write to it; undefined for an empty file, which is ours to fill.
 * Layout: https://sqlite.org/fileformat.html
 * @throws AppError `store-corrupt`
 */
function readHeader(path: string, fd: number): Buffer | undefined {
  const header = Buffer.alloc(HEADER_BYTES)
  const length = readSync(fd, header, 0, HEADER_BYTES, 0)
  if (length === 0) return undefined
  if (length === HEADER_BYTES && header.toString('latin1', 0, MAGIC.length) === MAGIC) return header
  throw new AppError('store-corrupt', { path, reason: 'not an SQLite database' })
}

/**
 * Refuses a file that is no database at all. An empty file is ours to fill.
 * @throws AppError `store-corrupt`
 */
export function refuseNoDatabase(path: string, fd: number): void {
  readHeader(path, fd)
}

/**
 * Refuses a file that is not ours to write, without having changed a byte of it. An empty file is ours to fill.
 * @throws AppError `store-corrupt`, `store-foreign` or `store-newer`
 */
export function refuseOthersFile(
  path: string,
  fd: number,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  const header = readHeader(path, fd)
  if (header === undefined) return
  if (header.readUInt32BE(68) !== APPLICATION_ID) throw new AppError('store-foreign', { path })
  const schema = header.readUInt32BE(60)
  if (schema > migrations.length)
    throw new AppError('store-newer', { path, schema, known: migrations.length })
  // 1 is a rollback journal, 2 a write-ahead log. SQLite would turn anything else into a read-only database.
  const formats = [header[18], header[19]]
  if (schema === 0 || formats.some((format) => format !== 1 && format !== 2)) {
    throw new AppError('store-corrupt', { path, reason: 'damaged file header' })
  }
}

/**
 * Brings the database to the newest schema, each step whole or not at all, whoever else tries the same.
 * @throws AppError `store-newer`, `store-busy`, `store-write-failed` or `store-corrupt`
 */
export function migrate(db: Database, random: Random, migrations: readonly Migration[] = MIGRATIONS): void {
  if (schemaOf(db, migrations) === migrations.length) return
  // Not BEGIN IMMEDIATE: that fixes the format of an empty file, and auto_vacuum, by which freed pages can be given
  // back to the disk, would come too late. The pragma itself begins writing, so it waits for others just as well.
  // Outside of a transaction it would leave a header behind that does not say yet whose file it is.
  db.exec('BEGIN')
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL`)
    for (let schema = schemaOf(db, migrations); schema < migrations.length; schema++) {
      migrations[schema]?.(db, random)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schema + 1}`)
    }
    db.exec('COMMIT')
  } catch (error) {
    rollBack(db)
    throw error
  }
  // An older program looks at the file's own header, not into the log.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Ends a transaction that failed. SQLite may have ended it itself by then, which is the one error ignored. */
export function rollBack(db: Database): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // No transaction is active. Were it anything else, the next BEGIN would say so.
  }
}

function schemaOf(db: Database, migrations: readonly Migration[]): number {
  const schema = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (schema > migrations.length) {
    throw new AppError('store-newer', { path: db.path, schema, known: migrations.length })
  }
  return schema
}
