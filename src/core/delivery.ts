import type { RawHeaders, RequestId } from './request.ts'

/** Why a request was handed on. */
export type DeliveryCause = 'forward' | 'replay' | 'send' | 'exec'

/** What came of one attempt to send. A refused connection is an outcome, not an exception. */
export type DeliveryOutcome =
  | {
      readonly kind: 'response'
      readonly status: number
      readonly headers: RawHeaders
      /** The first bytes of the answer, as received. */
      readonly body: Uint8Array
      /** Size of the whole answer body in bytes, also where `body` was cut. */
      readonly bodySize: number
    }
  /** Nothing reached the target. */
  | { readonly kind: 'not-sent'; readonly code: string }
  /** The request was written, no complete answer came: the target may have processed it. */
  | { readonly kind: 'unknown'; readonly code: string }

/** What came of running a command on a request. */
export interface CommandOutcome {
  readonly kind: 'exit'
  /** The exit status, or why there is none: a signal (`SIGTERM`), or that it could not be started (`ENOENT`). */
  readonly status: number | string
  /** True where it was ended because its time was up. */
  readonly timedOut: boolean
  /** The first bytes that it wrote to stdout and stderr, as they came. */
  readonly output: Uint8Array
  /** How many bytes it wrote in all. */
  readonly outputSize: number
}

/** One attempt to hand a request on. */
export interface Delivery {
  readonly requestId: RequestId
  readonly cause: DeliveryCause
  /** The URL that was sent to, or the command that was run. */
  readonly target: string
  /** Which attempt this was for the same destination, from 1; absent where nobody counts. */
  readonly attempt?: number
  readonly startedAt: number
  readonly durationMs: number
  readonly outcome: DeliveryOutcome | CommandOutcome
}

/** True where the target said that it took the request, or the command that it did its work. */
export function wasAccepted(outcome: Delivery['outcome']): boolean {
  if (outcome.kind === 'exit') return outcome.status === 0
  return outcome.kind === 'response' && outcome.status >= 200 && outcome.status < 300
}

/** The statuses that applications answer with where a check of the signature fails. */
const TURNED_DOWN: ReadonlySet<number> = new Set([400, 401, 403])

/** True where the target turned the request itself down, as it does with one whose signature it finds wrong. */
export function wasTurnedDown(outcome: Delivery['outcome']): boolean {
  return outcome.kind === 'response' && TURNED_DOWN.has(outcome.status)
}

/** What we do not send to: no time changes that, and no later request may take it for a place that one went to. */
const REFUSED_BY_US: ReadonlySet<string> = new Set(['METADATA_ADDRESS', 'NOT_LOOPBACK'])

/** True where it was our own rule, and not the network, that kept a request from its target. */
export function wasRefusedByUs(outcome: Delivery['outcome']): boolean {
  return outcome.kind === 'not-sent' && REFUSED_BY_US.has(outcome.code)
}

/** The outcome in one word: `200`, `ECONNREFUSED`, `exit 1`, `SIGTERM`. */
export function outcomeName(outcome: Delivery['outcome']): string {
  if (outcome.kind === 'response') return String(outcome.status)
  if (outcome.kind !== 'exit') return outcome.code
  return typeof outcome.status === 'number' ? `exit ${outcome.status}` : outcome.status
}
