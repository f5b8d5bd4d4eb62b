import { defaultDriver, openDatabase } from '../../src/store/sqlite-driver.ts'

/** SQLite's own word on a file: `ok`, or what is wrong. */
export function checkIntegrity(path: string): string {
  const db = openDatabase(path, defaultDriver(), process)
  try {
    return String(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'])
  } finally {
    db.close()
  }
}
