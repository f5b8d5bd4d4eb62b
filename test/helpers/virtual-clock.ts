import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/core/ports.ts'

/** Time that passes only when it is told to. */
export interface VirtualClock extends Clock {
  /** Lets so many milliseconds pass, each timer at its own time, with what it sets off done before the next. */
  pass(ms: number): Promise<void>
  /** Puts the wall clock forward, or back; the monotonic one goes on as before. */
  skew(ms: number): void
  /** How many timers have gone off. */
  readonly fired: number
}

/** Turns of the event loop in which all that a timer set off has come to rest: promises, and writes in groups. */
const TURNS = 24
/** The same where no timer comes after it: whole series of requests, each begun by the end of the one before. */
const LAST_TURNS = 400

export function createVirtualClock(startMs = 1_700_000_000_000): VirtualClock {
  const timers = new Set<{ readonly at: number; readonly call: () => void }>()
  let now = startMs
  let skewMs = 0
  const after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: now + Math.max(ms, 0), call }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  const rest = async (turns: number): Promise<void> => {
    for (let i = 0; i < turns; i++) await turn()
  }
  const clock = {
    fired: 0,
    now: () => now + skewMs,
    monotonic: () => now - startMs,
    after,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve()
        const end = (): void => {
          cancel()
          signal.removeEventListener('abort', end)
          resolve()
        }
        const cancel = after(ms, end)
        signal.addEventListener('abort', end)
      }),
    skew(ms: number): void {
      skewMs += ms
    },
    async pass(ms: number): Promise<void> {
      const end = now + ms
      await rest(LAST_TURNS)
      for (;;) {
        const [next] = [...timers].toSorted((a, b) => a.at - b.at)
        if (next === undefined || next.at > end) break
        timers.delete(next)
        now = Math.max(now, next.at)
        clock.fired++
        next.call()
        await rest(TURNS)
      }
      await rest(LAST_TURNS)
      now = end
    },
  }
  return clock
}
