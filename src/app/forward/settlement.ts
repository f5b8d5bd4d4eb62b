import type { Delivery } from '../../core/delivery.ts'
import { wasAccepted, wasRefusedByUs } from '../../core/delivery.ts'
import type { Settlement } from '../../core/outbox.ts'
import type { Backoff } from './backoff.ts'
import { delayAfter, retryAfterOf } from './backoff.ts'

export interface SettlementContext {
  /** Which attempt it was, from 1. */
  readonly attempt: number
  /** No other was to follow. */
  readonly isLast: boolean
  /** We were told to stop, and cut short what was under way. */
  readonly wasCut: boolean
  readonly backoff: Backoff
  /** From 0 up to 1. */
  chance(): number
  /** Wall clock, epoch milliseconds. */
  readonly now: number
}

/** What becomes of a debt after an attempt. */
export function settlementOf(outcome: Delivery['outcome'], context: SettlementContext): Settlement {
  if (wasAccepted(outcome)) return { kind: 'paid' }
  // What did not leave, or was not begun, was no attempt; what may have arrived is tried again.
  if (context.wasCut) return wasBegun(outcome) ? { kind: 'retry', delayMs: 0 } : { kind: 'returned' }
  if (isFinal(outcome) || context.isLast) return { kind: 'given-up' }
  const own = delayAfter(context.attempt, context.backoff, context.chance())
  const asked = outcome.kind === 'response' ? retryAfterOf(outcome.headers, context.now) : undefined
  return { kind: 'retry', delayMs: Math.max(own, asked ?? 0) }
}

/** Answers that no retry changes. */
const FINAL: ReadonlySet<number> = new Set([
  // Gone for good (RFC 9110 §15.5.11).
  410,
  // The request came round to somebody it had passed (RFC 5842 §7.2): each retry only goes round once more.
  508,
])

function isFinal(outcome: Delivery['outcome']): boolean {
  return (outcome.kind === 'response' && FINAL.has(outcome.status)) || wasRefusedByUs(outcome)
}

/** For how many milliseconds a target that is overloaded wants to be left alone by everybody. */
export function pauseAsked(outcome: Delivery['outcome'], now: number): number {
  if (outcome.kind !== 'response' || (outcome.status !== 429 && outcome.status !== 503)) return 0
  return retryAfterOf(outcome.headers, now) ?? 0
}

/** An attempt as it is stored. */
export function keptOf(delivery: Delivery): Delivery {
  const { outcome } = delivery
  if (outcome.kind !== 'response' || outcome.body.byteLength <= MAX_KEPT_BYTES) return delivery
  return { ...delivery, outcome: { ...outcome, body: outcome.body.subarray(0, MAX_KEPT_BYTES) } }
}

/** Of an answer so much is stored. */
const MAX_KEPT_BYTES = 1_048_576

function wasBegun(outcome: Delivery['outcome']): boolean {
  return outcome.kind === 'exit' ? outcome.status !== 'INTERRUPTED' : outcome.kind !== 'not-sent'
}
