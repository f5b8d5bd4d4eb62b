import type { AssertionResult } from '../../core/bench/result.ts'
import { intervalText, percent, significant } from './numbers.ts'

const UNIT_DIGITS = 3

/** What was measured, to be read after what was asked: `0.95 [0.80, 1.20] ms (95 % CI)`. */
export function measuredText({ actual, unit, ci95, needN }: AssertionResult): string {
  if (needN !== undefined) return `cannot be told: that takes ${needN} events, and fewer were seen`
  if (actual === Number.POSITIVE_INFINITY) return 'beyond any limit: events were never seen'
  if (!Number.isFinite(actual)) return 'cannot be told: nothing was seen, or there is no model of it'
  const interval = ci95 && intervalText({ value: actual, ci95 })
  switch (unit) {
    case 'ms':
      return interval === undefined ? `${significant(actual, UNIT_DIGITS)} ms` : `${interval} ms (95 % CI)`
    case 'per cent':
      return percent(actual)
    case 'yes':
      return actual === 1 ? 'it fits' : 'it does not fit'
    default:
      return Number.isInteger(actual) ? String(actual) : significant(actual, UNIT_DIGITS)
  }
}
