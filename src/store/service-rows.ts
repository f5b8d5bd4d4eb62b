import type { StoreNotice } from '../core/ports.ts'
import type { ServiceRows } from '../core/service.ts'
import { prepareStoreFile } from './files.ts'
import { refuseNoDatabase } from './schema.ts'
import type { Statement, WarningEmitter } from './sqlite-driver.ts'
import { defaultDriver, openDatabase } from './sqlite-driver.ts'

export interface ServiceRowsOptions {
  /** Absolute. */
  readonly path: string
  readonly uid: number | undefined
  readonly warnings: WarningEmitter
  readonly onNotice: (notice: StoreNotice) => void
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS service_row (
  place INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (name, key)
)`

/**
 * The sample service's data in a SQLite file of its own. What was written is durable: it is a
 * sample's data, of which there is little.
 * @throws AppError one of the `store-…` codes
 */
export function openServiceRows({ path, uid, warnings, onNotice }: ServiceRowsOptions): ServiceRows {
  for (const notice of prepareStoreFile(path, uid, refuseNoDatabase)) onNotice(notice)
  const db = openDatabase(path, defaultDriver(), warnings)
  // One service at a time: two would give the same numbers to different events. The first write takes the lock.
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  db.exec('PRAGMA journal_mode = TRUNCATE')
  db.exec('PRAGMA synchronous = NORMAL')
  db.exec('BEGIN EXCLUSIVE')
  db.exec(SCHEMA)
  db.exec('COMMIT')
  const all: Statement = db.prepare('SELECT key, value FROM service_row WHERE name = ? ORDER BY place')
  const put: Statement = db.prepare(
    'INSERT INTO service_row (name, key, value) VALUES (?, ?, ?) ON CONFLICT (name, key) DO UPDATE SET value = excluded.value',
  )
  const remove: Statement = db.prepare('DELETE FROM service_row WHERE name = ? AND key = ?')
  return {
    location: path,
    all: (table) =>
      all.all(table).map(({ key, value }) => ({ key: String(key ?? ''), value: String(value ?? '') })),
    put: (table, key, value) => void put.run(table, key, value),
    remove: (table, key) => void remove.run(table, key),
    close() {
      // A statement that the driver has not let go of would keep the lock beyond `close`.
      db.exec('PRAGMA locking_mode = NORMAL')
      all.all('')
      db.close()
    },
  }
}
