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
  readonly #most: number
  readonly #onSpent: () => void

  /** @param onSpent called when the last request has been given */
  constructor(most: number | undefined, onSpent: () => void) {
    this.#most = most ?? Number.POSITIVE_INFINITY
    this.#onSpent = onSpent
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

  /** What an answer asks of whoever polls: `Retry-After` with 429 and 503, `X-Poll-Interval` as GitHub has it. */
  wishesOf(
    { status, headers }: Extract<DeliveryOutcome, { kind: 'response' }>,
    clock: Clock,
  ): { notBefore: number; askedInterval?: number } {
    const seconds = Number(headerValue(headers, 'x-poll-interval') ?? Number.NaN)
    const askedInterval = seconds > 0 ? Math.min(seconds * 1000, LONGEST_PAUSE_MS) : undefined
    let notBefore = 0
    if (status === 429 || status === 503) {
      this.wasPaused = true
      notBefore = clock.monotonic() + pauseOf(headerValue(headers, 'retry-after'), clock.now())
    }
    return { notBefore, ...(askedInterval !== undefined && { askedInterval }) }
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
