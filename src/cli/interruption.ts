import type { Clock } from '../core/ports.ts'
import type { Interruption } from './deps.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/**
 * So soon after the first, in milliseconds, a signal is the first one again: npm and timeout(1) pass on what the whole
 * process group has got already. A person needs longer to press twice.
 */
const SAME_PRESS_MS = 100

/**
 * The first signal asks a command to finish, a second SIGINT ends it there and then.
 *
 * @param onSignal calls back each time the process gets it
 * @param end ends the process
 */
export function watchSignals(
  onSignal: (signal: StopSignal, callback: () => void) => void,
  clock: Pick<Clock, 'monotonic'>,
  end: () => void,
): Interruption {
  const stop = new AbortController()
  let firstAt = 0
  let bySigint = false
  const ask = (): void => {
    if (stop.signal.aborted) return
    firstAt = clock.monotonic()
    stop.abort()
  }
  onSignal('SIGINT', () => {
    if (stop.signal.aborted && clock.monotonic() - firstAt >= SAME_PRESS_MS) return end()
    bySigint = true
    ask()
  })
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) onSignal(signal, ask)
  return { stop: stop.signal, bySigint: () => bySigint }
}
