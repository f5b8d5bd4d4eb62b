import { closeSync, constants, lstatSync, openSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const LEAST_LOG_BYTES = 512 * 1024
const MOST_LOG_BYTES = 2 * 1024 * 1024

/**
 * How long the write-ahead log gets before SQLite moves it into the database: the longer, the less often that costs a
 * capture its time; but on a small disk it must not take the place of the captures.
 */
export function logBytesFor(databasePath: string): number {
  const { bavail, bsize } = statfsSync(dirname(databasePath))
  return Math.min(Math.max(Math.floor((bavail * bsize) / 8), LEAST_LOG_BYTES), MOST_LOG_BYTES)
}

/**
 * Space kept back beside a database, so that requests can still be deleted when the disk is full: twice what the log
 * may grow to, enough to move the log into the database, and then to delete.
 */
export interface Reserve {
  /** Gives the space back to the disk. */
  release(): void
  /** Takes the space again, where there is any: a full disk is no failure here. */
  restore(): void
}

export function createReserve(databasePath: string, logBytes: number): Reserve {
  const bytes = 2 * logBytes
  const path = `${databasePath}-reserve`
  return {
    release: () => removeIfThere(path),
    restore() {
      if ((lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) >= bytes) return
      removeIfThere(path)
      try {
        const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
        try {
          // Written out: a file that is only long takes no space.
          writeFileSync(fd, new Uint8Array(bytes))
        } finally {
          closeSync(fd)
        }
      } catch {
        removeIfThere(path)
      }
    },
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Not there, or another process was quicker.
  }
}
