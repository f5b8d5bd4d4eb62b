import type { RawHeaders, RequestId } from './request.ts'

/** Why a request was handed to a target. */
export type DeliveryCause = 'forward' | 'replay' | 'send'

/** What came of one attempt. A refused connection is an outcome, not an exception. */
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

/** One attempt to hand a request to a target. */
export interface Delivery {
  readonly requestId: RequestId
  readonly cause: DeliveryCause
  readonly target: string
  readonly startedAt: number
  readonly durationMs: number
  readonly outcome: DeliveryOutcome
}

/** True where the target said that it took the request. */
export function wasAccepted(outcome: DeliveryOutcome): boolean {
  return outcome.kind === 'response' && outcome.status >= 200 && outcome.status < 300
}
