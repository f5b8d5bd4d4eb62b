import { headerValue } from '../../core/headers.ts'
import type { RawHeaders } from '../../core/request.ts'

/** How long to wait before the next attempt. */
export type Backoff =
  /** A random time up to the ceiling, which doubles with every attempt: retries of many requests spread out. */
  | { readonly kind: 'exponential'; readonly baseMs: number; readonly maxMs: number }
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'list'; readonly ms: readonly number[] }

export const EXPONENTIAL: Backoff = { kind: 'exponential', baseMs: 1000, maxMs: 300_000 }
export const FIXED_MS = 5000

/** A target may ask for patience, but not for more than this. */
const MAX_RETRY_AFTER_MS = 3_600_000

/**
 * Milliseconds to wait after the n-th attempt, from 1. Exponential waits have full jitter, as in
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 * @param chance from 0 up to 1
 */
export function delayAfter(attempt: number, backoff: Backoff, chance: number): number {
  switch (backoff.kind) {
    case 'fixed':
      return backoff.ms
    case 'list':
      return backoff.ms[Math.min(attempt, backoff.ms.length) - 1] ?? 0
    case 'exponential':
      return chance * Math.min(backoff.maxMs, backoff.baseMs * 2 ** (attempt - 1))
  }
}

/** How long all retries of one request wait together, where chance is even; in milliseconds. */
export function patienceMs(retries: number, backoff: Backoff): number {
  let ms = 0
  for (let attempt = 1; attempt <= retries; attempt++) ms += delayAfter(attempt, backoff, 0.5)
  return ms
}

/** What an answer asks us to wait, in milliseconds (RFC 9110 §10.2.3: seconds or a date), within bounds. */
export function retryAfterOf(headers: RawHeaders, now: number): number | undefined {
  const value = headerValue(headers, 'retry-after')?.trim()
  if (value === undefined) return undefined
  // `Date.parse` finds a date in anything, `1.5` and `-5` too; HTTP's begin with the day of the week.
  const isDate = /^[a-z]{3,9}, /i.test(value)
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : isDate ? Date.parse(value) - now : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}
