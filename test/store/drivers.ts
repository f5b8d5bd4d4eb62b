import { isBuiltin } from 'node:module'
import type { Database, DriverName } from '../../src/store/sqlite-driver.ts'
import { defaultDriver, openDatabase } from '../../src/store/sqlite-driver.ts'

/** The SQLite drivers that this runtime has. */
export const DRIVERS: readonly DriverName[] = isBuiltin('node:sqlite')
  ? ['libsql', 'node:sqlite']
  : ['libsql']

/**
 * The database below a store, opened with the driver that a store has unless told otherwise: the locks of two copies
 * of SQLite in one process do not see each other.
 */
export function openRaw(path: string): Database {
  return openDatabase(path, defaultDriver(), undefined)
}

/** Has SQLite itself look over a database file. */
export function integrityOf(path: string): string[] {
  const db = openRaw(path)
  try {
    return db
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(row['integrity_check']))
  } finally {
    db.close()
  }
}
