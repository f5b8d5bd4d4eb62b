import type { BenchClock } from '../../core/bench/ports.ts'
import type { Clock } from '../../core/ports.ts'

/** Timers of the event loop are up to a millisecond early or late: the rest is waited for in turns of the loop. */
const SPIN_MS = 2

/**
 * A clock that calls back at an instant to some microseconds, for a busy loop of two milliseconds.
 *
 * @param turn calls back in the event loop's next turn
 */
export function benchClock(clock: Clock, turn: (callback: () => void) => void): BenchClock {
  return {
    ...clock,
    at(instant, callback) {
      let cancelled = false
      const spin = (): void => {
        if (cancelled) return
        if (clock.monotonic() >= instant) callback()
        else turn(spin)
      }
      const leadMs = instant - clock.monotonic() - SPIN_MS
      const cancel = leadMs > 0 ? clock.after(leadMs, spin) : undefined
      if (cancel === undefined) turn(spin)
      return () => {
        cancelled = true
        cancel?.()
      }
    },
  }
}
