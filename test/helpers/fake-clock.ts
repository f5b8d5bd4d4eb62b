import type { Clock } from '../../src/core/ports.ts'

export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass, timer by timer, and all that follows from each. */
  pass(ms: number): Promise<void>
  /** Timers that are armed. */
  armed(): number
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Time that passes only when it is told to. */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let elapsed = 0
  const timers = new Set<Timer>()
  const clock: FakeClock = {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(ms, callback) {
      const timer = { at: elapsed + ms, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const cancel = clock.after(ms, () => resolve())
        signal.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      }),
    async pass(ms) {
      const end = elapsed + ms
      await settled()
      for (;;) {
        const [next] = [...timers].toSorted((a, b) => a.at - b.at)
        if (next === undefined || next.at > end) break
        timers.delete(next)
        elapsed = Math.max(elapsed, next.at)
        next.callback()
        await settled()
      }
      elapsed = end
      await settled()
    },
    armed: () => timers.size,
  }
  return clock
}

/** All that needs no time has happened: promises, turns of the event loop, and writes that are gathered over some. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve))
}
