import { closeSync, constants, lstatSync, openSync, unlinkSync, writeFileSync } from 'node:fs'

/** How long the write-ahead log gets before SQLite moves it into the database. */
export const LOG_BYTES: number = 1024 * 1024

/** Twice what the write-ahead log may grow to: enough to move the log into the database, and then to delete. */
const RESERVE_BYTES = 2 * LOG_BYTES

/** Space kept back beside a database, so that requests can still be deleted when the disk is full. */
export interface Reserve {
  /** Gives the space back to the disk. */
  release(): void
  /** Takes the space again, where there is any: a full disk is no failure here. */
  restore(): void
}

export function createReserve(databasePath: string): Reserve {
  const path = `${databasePath}-reserve`
  return {
    release: () => removeIfThere(path),
    restore() {
      if (lstatSync(path, { throwIfNoEntry: false })?.size === RESERVE_BYTES) return
      removeIfThere(path)
      try {
        const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
        try {
          // Written out: a file that is only long takes no space.
          writeFileSync(fd, new Uint8Array(RESERVE_BYTES))
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
