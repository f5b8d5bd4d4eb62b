import type { Delivery, DeliveryOutcome } from './delivery.ts'
import type { Settlement } from './outbox.ts'
import type { Assessment } from './ports.ts'
import type { CapturedRequest, RequestId } from './request.ts'
import type { ProviderId } from './verdict.ts'

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
  | 'loop'
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
  | { readonly type: 'delivery'; readonly attempt: AttemptNotice }
  /** A command has run for a moment and goes on: its end may be long in coming. */
  | { readonly type: 'running'; readonly run: RunningNotice }
  /** Something went wrong while nobody waited for it: deliveries that could not be recorded. */
  | { readonly type: 'trouble'; readonly detail: string }
  /** A provider's challenge, and what we did about it. */
  | { readonly type: 'handshake'; readonly handshake: HandshakeNotice }
  /** The store takes requests again after it had refused some. */
  | { readonly type: 'recovered'; readonly refused: number }
  /** `wasTold`: to end, by somebody; else it has done what it was started for. */
  | { readonly type: 'draining'; readonly inFlight: number; readonly wasTold: boolean }
  | { readonly type: 'stopped'; readonly summary: Summary }

/** An attempt to pass a request on, and what follows from it. */
export interface AttemptNotice {
  readonly request: Pick<CapturedRequest, 'id' | 'method' | 'target'>
  readonly delivery: Delivery
  readonly settlement: Settlement
  /** The sender got this answer. */
  readonly isMirrored: boolean
  /** The filter of the listener hides the request: its arrival was not shown. */
  readonly isHidden: boolean
}

/** A command at work on a request. */
export interface RunningNotice {
  readonly request: Pick<CapturedRequest, 'id'>
  readonly command: readonly string[]
}

export interface HandshakeNotice {
  readonly requestId: RequestId
  readonly provider: ProviderId
  readonly name: string
  /** False: refused, for a wrong verify token or signature. */
  readonly accepted: boolean
  /** The secret that came along, masked; it is used from now on. */
  readonly learnt?: string
  /** What has to be fetched to confirm. Not ours to do unasked: a stranger named it. */
  readonly confirmUrl?: string
  /** What came of fetching it, where the user asked for that. */
  readonly confirmed?: DeliveryOutcome
}

/** What a look at a target has shown: that something listens there or not, or by which code nothing is sent to it. */
export type Look = 'reachable' | 'unreachable' | 'METADATA_ADDRESS' | 'NOT_LOOPBACK'

export interface Ready {
  /** The URL to give to a sender, with a trailing slash. */
  readonly endpoint: string
  /** Address bound, where it is not the loopback interface: others can reach it. */
  readonly exposedHost?: string
  /** Where captures are kept; absent with `--no-store`. */
  readonly store?: { readonly location: string; readonly kept: number }
  /** Where requests are passed on to, and whether something listens there; absent where nobody looked. */
  readonly targets?: readonly {
    readonly name: string
    readonly when?: string
    readonly look?: Look
  }[]
  /** Only requests on this path are taken. */
  readonly path?: string
  /** SHA-256 fingerprint of a certificate we made ourselves. */
  readonly selfSigned?: { readonly fingerprint: string; readonly path: string }
  /** The secrets that signatures are checked with; only what may be told of them. */
  readonly secrets?: readonly {
    readonly provider?: ProviderId
    readonly origin: string
    readonly masked: string
  }[]
  readonly startMs: number
}

export interface Summary {
  readonly captured: number
  readonly invalid: number
  readonly refused: number
  /** How many deliveries are still owed or were given up; absent where nothing is passed on. */
  readonly undelivered?: number
  readonly durationMs: number
}
