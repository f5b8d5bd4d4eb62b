import type { TimestampRule } from '../types.ts'

// Years 1970 to 9999. A longer number is no time, and arithmetic with it would lose digits.
const MAX_MS = 253_402_300_799_999

// What providers send: 2025-11-21T09:00:00.000Z, also with an offset. `Date.parse` takes far more.
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/

/** Epoch milliseconds, or undefined for anything but plain digits or an ISO 8601 date and time. */
export function parseTimestamp(text: string, unit: TimestampRule['unit']): number | undefined {
  if (unit === 'iso') {
    const ms = ISO.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(ms) ? undefined : ms
  }
  if (!/^\d{1,15}$/.test(text)) return undefined
  const ms = unit === 's' ? Number(text) * 1000 : Number(text)
  return ms > MAX_MS ? undefined : ms
}

export function formatTimestamp(nowMs: number, unit: TimestampRule['unit']): string {
  if (unit === 'iso') return new Date(nowMs).toISOString()
  return String(unit === 's' ? Math.floor(nowMs / 1000) : Math.floor(nowMs))
}

/**
 * How far the timestamp lies behind the verifier's clock, in milliseconds; negative is in the future.
 * Counted in whole seconds where the provider does so, as the SDKs do: half a second is not late.
 */
export function skewOf(timestampMs: number, nowMs: number, unit: TimestampRule['unit']): number {
  return (unit === 's' ? Math.floor(nowMs / 1000) * 1000 : nowMs) - timestampMs
}
