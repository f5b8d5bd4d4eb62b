import type { Delivery } from '../delivery.ts'
import type { HandshakeNotice, Refusal } from '../events.ts'
import type { RequestSummary, StoredRequest } from '../query.ts'
import type { CapturedRequest, RawHeaders } from '../request.ts'
import type { Identity, Verdict, VerifyFailure } from '../verdict.ts'
import { asBuffer, validUtf8 } from './charset.ts'

/*
 * JSON, version 1: what `--json` prints, the inspector serves and exported files hold. Fields are added, never
 * renamed; readers ignore those they do not know. Times are ISO 8601, durations milliseconds.
 */

/** Bytes: as text where they are UTF-8, else in base64. Without `data` where only the size is told. */
interface BodyJson {
  readonly size: number
  readonly encoding?: 'utf8' | 'base64'
  readonly data?: string
}

interface SignatureJson {
  readonly status: Verdict['status']
  readonly provider?: string
  readonly reason?: VerifyFailure
  /** How far the time signed lies outside now; positive is in the past. */
  readonly skewMs?: number
}

interface LineJson {
  readonly v: 1
  readonly type: 'request'
  readonly id: string
  readonly seq: number
  readonly source: CapturedRequest['source']
  readonly receivedAt: string
  readonly method: string
  readonly target: string
  readonly httpVersion: string
  readonly remoteAddress?: string
}

export interface RequestJson extends LineJson, Identity {
  readonly headers: RawHeaders
  /** Only where there were some. */
  readonly trailers?: RawHeaders
  readonly body: BodyJson
  readonly signature: SignatureJson
}

export interface SummaryJson extends LineJson, Identity {
  readonly body: BodyJson
  readonly signature: SignatureJson
  readonly lastDelivery?: AttemptJson
}

interface AttemptJson {
  readonly cause: Delivery['cause']
  readonly target: string
  /** Which attempt it was, from 1, where attempts are counted. */
  readonly attempt?: number
  readonly startedAt: string
  readonly durationMs: number
  readonly outcome:
    | {
        readonly kind: 'response'
        readonly status: number
        readonly headers: RawHeaders
        readonly body: BodyJson
      }
    | { readonly kind: 'not-sent' | 'unknown'; readonly code: string }
    | {
        readonly kind: 'exit'
        /** The exit status; a signal or the system's error code where there was none. */
        readonly status: number | string
        readonly timedOut: boolean
        readonly output: BodyJson
      }
}

export interface DeliveryJson extends AttemptJson {
  readonly v: 1
  readonly type: 'delivery'
  readonly requestId: string
}

export interface HandshakeJson extends Omit<HandshakeNotice, 'confirmed'> {
  /** The status of the answer, or why there was none. */
  readonly confirmed?: number | string
}

export interface RefusalJson extends Refusal {
  readonly v: 1
  readonly type: 'refused'
}

/** A request with its headers, and with its body unless `bodies` is false. */
export function requestToJson(
  { request, identity, verdict }: StoredRequest,
  { bodies }: { readonly bodies: boolean },
): RequestJson {
  const { headers, trailers, body } = request
  return {
    ...lineToJson(request),
    headers,
    ...(trailers.length > 0 && { trailers }),
    body: bodies ? bodyToJson(body, body.byteLength) : { size: body.byteLength },
    ...identity,
    signature: signatureToJson(verdict),
  }
}

/** A request and every attempt to hand it on, each as `deliveryToJson` writes it. */
export function storedToJson(
  stored: StoredRequest,
): RequestJson & { readonly deliveries: readonly DeliveryJson[] } {
  return { ...requestToJson(stored, { bodies: true }), deliveries: stored.deliveries.map(deliveryToJson) }
}

/** A row of `list`. */
export function summaryToJson({
  request,
  size,
  identity,
  verdict,
  lastDelivery,
}: RequestSummary): SummaryJson {
  return {
    ...lineToJson(request),
    body: { size },
    ...identity,
    signature: signatureToJson(verdict),
    ...(lastDelivery && { lastDelivery: attemptToJson(lastDelivery) }),
  }
}

export function deliveryToJson(delivery: Delivery): DeliveryJson {
  return { v: 1, type: 'delivery', requestId: delivery.requestId, ...attemptToJson(delivery) }
}

/** A challenge and what we did about it; of a confirmation only how it ended. */
export function handshakeToJson({ confirmed, ...notice }: HandshakeNotice): HandshakeJson {
  if (confirmed === undefined) return notice
  return { ...notice, confirmed: confirmed.kind === 'response' ? confirmed.status : confirmed.code }
}

export function refusalToJson(refusal: Refusal): RefusalJson {
  return { v: 1, type: 'refused', ...refusal }
}

function lineToJson(request: RequestSummary['request']): LineJson {
  const { id, seq, source, receivedAt, method, target, httpVersion, remoteAddress } = request
  return {
    v: 1,
    type: 'request',
    id,
    seq,
    source,
    receivedAt: new Date(receivedAt).toISOString(),
    method,
    target,
    httpVersion,
    ...(remoteAddress !== undefined && { remoteAddress }),
  }
}

/** `size` is that of the whole, where `bytes` are its start only. */
function bodyToJson(bytes: Uint8Array, size: number): BodyJson {
  const text = validUtf8(bytes)
  if (text !== undefined) return { size, encoding: 'utf8', data: text }
  return { size, encoding: 'base64', data: asBuffer(bytes).toString('base64') }
}

export function signatureToJson(verdict: Verdict): SignatureJson {
  const { status } = verdict
  switch (status) {
    case 'unsigned':
      return { status }
    case 'stale':
      return { status, provider: verdict.provider, skewMs: verdict.skewMs }
    case 'invalid':
      return { status, provider: verdict.provider, reason: verdict.reason }
    default:
      return { status, provider: verdict.provider }
  }
}

function attemptToJson(delivery: Delivery): AttemptJson {
  const { cause, target, attempt, startedAt, durationMs, outcome } = delivery
  return {
    cause,
    target,
    ...(attempt !== undefined && { attempt }),
    startedAt: new Date(startedAt).toISOString(),
    durationMs,
    outcome: outcomeToJson(outcome),
  }
}

function outcomeToJson(outcome: Delivery['outcome']): AttemptJson['outcome'] {
  switch (outcome.kind) {
    case 'response': {
      const { kind, status, headers, body, bodySize } = outcome
      return { kind, status, headers, body: bodyToJson(body, bodySize) }
    }
    case 'exit': {
      const { kind, status, timedOut, output, outputSize } = outcome
      return { kind, status, timedOut, output: bodyToJson(output, outputSize) }
    }
    default:
      return { kind: outcome.kind, code: outcome.code }
  }
}
