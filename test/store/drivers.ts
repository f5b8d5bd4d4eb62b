import { isBuiltin } from 'node:module'
import { openDatabase } from '../../src/store/sqlite-driver.ts'
import type { DriverName } from '../../src/store/sqlite-driver.ts'

/** The SQLite drivers that this runtime has. */
export const DRIVERS: readonly DriverName[] = isBuiltin('node:sqlite')
  ? ['libsql', 'node:sqlite']
  : ['libsql']

/** Has SQLite itself look over a database file. */
export function integrityOf(path: string): string[] {
  const db = openDatabase(path, 'libsql', undefined)
  try {
    return db
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(row['integrity_check']))
  } finally {
    db.close()
  }
}
