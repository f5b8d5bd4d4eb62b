/**
 * How to wait for another process: SQLite asks for a lock again and again, ever more slowly, and one that asks every
 * 100 ms finds it taken each time where two others hand it to each other. So SQLite waits for a short time only,
 * and begins again, for five seconds in all.
 */
export const BUSY_TIMEOUT_MS = 80
const ATTEMPTS = 60
const PAUSE_MS = 3

/** Tries until it succeeds, or for about five seconds; tells whether it did. The process stands still meanwhile. */
export function tryPatiently(attempt: () => boolean): boolean {
  for (let left = ATTEMPTS; left > 0; left--) {
    if (attempt()) return true
    // Some locks SQLite does not wait for at all.
    Atomics.wait(NEVER, 0, 0, PAUSE_MS)
  }
  return false
}

const NEVER = new Int32Array(new SharedArrayBuffer(4))
