import type { CapturedRequest } from './request.ts'
import type { Assessment } from './ports.ts'

/** Why a request got an error from us and was not kept. */
export type RefusalReason =
  | 'body-too-large'
  | 'too-much-in-flight'
  | 'store-failed'
  | 'cut-off'
  | 'path-not-served'
  | 'transfer-coding'
  | 'malformed'
  | 'headers-too-large'
  | 'too-slow'
  | 'bug'

/** A request that was not kept, and what its sender was told. */
export interface Refusal {
  readonly reason: RefusalReason
  /** The status answered; absent where the connection was already gone. */
  readonly status?: number
  readonly method?: string
  readonly target?: string
  readonly remoteAddress?: string
  /** Body bytes that had come by then. */
  readonly receivedBytes?: number
  readonly detail?: string
}

/** What `listen` has to tell, in the order it happens. */
export type AppEvent =
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'request'; readonly request: CapturedRequest; readonly assessment: Assessment }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** The store takes requests again after it had refused some. */
  | { readonly type: 'recovered'; readonly refused: number }
  | { readonly type: 'draining'; readonly inFlight: number }
  | { readonly type: 'stopped'; readonly summary: Summary }

export interface Ready {
  /** The URL to give to a sender, with a trailing slash. */
  readonly endpoint: string
  /** Address bound, where it is not the loopback interface: others can reach it. */
  readonly exposedHost?: string
  /** Where captures are kept; absent with `--no-store`. */
  readonly store?: { readonly location: string; readonly kept: number }
  /** Only requests on this path are taken. */
  readonly path?: string
  /** SHA-256 fingerprint of a certificate we made ourselves. */
  readonly selfSigned?: { readonly fingerprint: string; readonly path: string }
  readonly startMs: number
}

export interface Summary {
  readonly captured: number
  readonly invalid: number
  readonly refused: number
  readonly durationMs: number
}
