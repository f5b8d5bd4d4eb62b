import type { DeliveryOutcome } from '../../core/delivery.ts'
import { headerValue } from '../../core/headers.ts'
import type { Clock } from '../../core/ports.ts'
import type { Pace } from './plan.ts'

/** The longest pause that a target can impose, milliseconds: the run has an end. */
const LONGEST_PAUSE_MS = 3_600_000

/** Keeps the run within its number of requests, and to what the target asks for. */
export class Governor {
  /** Requests sent, triggers included. */
  spent = 0
  /** The target asked for a longer interval than planned. */
  wasSlowed = false
  /** The target asked to be left alone for a while. */
  wasPaused = false
  /** Least time between two requests of one client that nothing else keeps apart, milliseconds. */
  readonly leastGapMs: number
  readonly #most: number
  readonly #onSpent: () => void
  #pausedUntil = 0

  /** @param onSpent called when the last request has been given */
  constructor(
    limits: { readonly most?: number | undefined; readonly leastGapMs: number },
    onSpent: () => void,
  ) {
    this.#most = limits.most ?? Number.POSITIVE_INFINITY
    this.leastGapMs = limits.leastGapMs
    this.#onSpent = onSpent
  }

  /** Resolves when the target may be asked again, or the run ends. */
  async ready(clock: Clock, stop: AbortSignal): Promise<void> {
    if (this.isPaused(clock)) await clock.sleep(this.#pausedUntil - clock.monotonic(), stop)
  }

  /** The target has asked to be left alone, and it is not over. */
  isPaused(clock: Clock): boolean {
    return clock.monotonic() < this.#pausedUntil
  }

  /** Takes one request from what is left; false: there is none. */
  spend(): boolean {
    if (this.spent >= this.#most) {
      this.#onSpent()
      return false
    }
    this.spent++
    return true
  }

  /**
   * Takes what an answer asks for: `Retry-After` with 429 and 503 holds for everybody. What is told is the interval
   * of `X-Poll-Interval`, as GitHub has it, in milliseconds.
   */
  heed(
    { status, headers }: Extract<DeliveryOutcome, { kind: 'response' }>,
    clock: Clock,
  ): number | undefined {
    if (status === 429 || status === 503) {
      this.wasPaused = true
      const pauseMs = pauseOf(headerValue(headers, 'retry-after'), clock.now())
      this.#pausedUntil = Math.max(this.#pausedUntil, clock.monotonic() + pauseMs)
    }
    const seconds = Number(headerValue(headers, 'x-poll-interval') ?? Number.NaN)
    return seconds > 0 ? Math.min(seconds * 1000, LONGEST_PAUSE_MS) : undefined
  }

  slowedBy(pace: Pace, askedInterval: number | undefined): Pace {
    if (askedInterval === undefined || askedInterval <= pace.intervalMs) return pace
    this.wasSlowed = true
    return { ...pace, intervalMs: askedInterval }
  }
}

/** RFC 9110 §10.2.3: seconds or a date. Without one, a second. */
function pauseOf(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 1000
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS) : 1000
}
