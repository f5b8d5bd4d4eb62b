import type { Delivery } from './delivery.ts'
import { wasAccepted } from './delivery.ts'
import { globMatches } from './glob.ts'
import type { OpenDebt } from './outbox.ts'
import type { CapturedRequest } from './request.ts'
import { pathOf } from './request.ts'
import type { Identity, Verdict } from './verdict.ts'

/** A request with all that was learnt about it. */
export interface StoredRequest {
  readonly request: CapturedRequest
  readonly identity: Identity
  readonly verdict: Verdict
  readonly deliveries: readonly Delivery[]
  /** To whom it is owed; absent where to nobody. */
  readonly owed?: readonly OpenDebt[]
}

/** A row of `list`: everything but headers, trailers and body. */
export interface RequestSummary {
  readonly request: Omit<CapturedRequest, 'headers' | 'trailers' | 'body'>
  readonly size: number
  readonly identity: Identity
  readonly verdict: Verdict
  readonly lastDelivery?: Delivery
}

/** A predicate that had to be compiled: `--where`. */
export type Predicate = (stored: StoredRequest) => boolean

/** Which requests are meant. Every condition that is present must hold. */
export interface Query {
  readonly provider?: string
  /** Globs over the event name with commas between them, any of which may match; `*` spans anything: `invoice.*,push`. */
  readonly event?: string
  /** Glob over the path: `*` within a segment, `**` across segments. */
  readonly path?: string
  readonly method?: string
  /** Epoch milliseconds: received at this moment or later. */
  readonly since?: number
  /** Text to be found in target, header values or body (as UTF-8 bytes). */
  readonly grep?: string
  readonly failed?: boolean
  /** Owed to a destination still; or captured, and nobody has accepted it. */
  readonly undelivered?: boolean
  readonly where?: Predicate
  /** Only requests captured before / after this sequence number. */
  readonly beforeSeq?: number
  readonly afterSeq?: number
  /** At most so many, the newest first. */
  readonly limit?: number
  /** Oldest first; with a limit, the oldest ones. */
  readonly oldestFirst?: boolean
}

/** True where a condition can only be decided with headers or body at hand. */
export function needsContent(query: Query): boolean {
  return query.grep !== undefined || query.where !== undefined
}

/** The conditions that a summary can decide, all but `undelivered`. The one definition for the stores and for the live view. */
export function matchesSummary(query: Query, summary: RequestSummary): boolean {
  const { request, identity } = summary
  if (query.beforeSeq !== undefined && request.seq >= query.beforeSeq) return false
  if (query.afterSeq !== undefined && request.seq <= query.afterSeq) return false
  if (query.since !== undefined && request.receivedAt < query.since) return false
  if (query.method !== undefined && request.method !== query.method.toUpperCase()) return false
  if (query.provider !== undefined && identity.provider !== query.provider) return false
  if (query.event !== undefined && !isEvent(query.event, identity.event ?? '')) return false
  if (query.path !== undefined && !globMatches(query.path, pathOf(request.target), 'path')) return false
  if (query.failed === true && !hasFailed(summary)) return false
  return true
}

function isEvent(globs: string, event: string): boolean {
  return globs.split(',').some((glob) => globMatches(glob.trim(), event, 'text'))
}

/** The conditions that need headers or body. */
export function matchesContent(query: Query, stored: StoredRequest): boolean {
  if (query.grep !== undefined && !containsText(stored.request, query.grep)) return false
  if (query.where !== undefined && !query.where(stored)) return false
  return true
}

export function matches(query: Query, stored: StoredRequest): boolean {
  // A listener without a filter asks this of every request.
  if (Object.keys(query).length === 0) return true
  if (query.undelivered === true && !isUndelivered(stored)) return false
  return matchesSummary(query, summaryOf(stored)) && matchesContent(query, stored)
}

/** Owed to somebody, or captured and accepted by nobody. What was sent or imported is owed to nobody by itself. */
export function isUndelivered({ request, deliveries, owed }: StoredRequest): boolean {
  if (owed !== undefined && owed.length > 0) return true
  return request.source === 'captured' && !deliveries.some(({ outcome }) => wasAccepted(outcome))
}

export function summaryOf(stored: StoredRequest): RequestSummary {
  const { request, identity, verdict, deliveries } = stored
  const head: { -readonly [Key in keyof RequestSummary['request']]: RequestSummary['request'][Key] } = {
    id: request.id,
    seq: request.seq,
    source: request.source,
    receivedAt: request.receivedAt,
    receivedMonotonic: request.receivedMonotonic,
    method: request.method,
    target: request.target,
    httpVersion: request.httpVersion,
  }
  if (request.remoteAddress !== undefined) head.remoteAddress = request.remoteAddress
  const summary = { request: head, size: request.body.byteLength, identity, verdict }
  const lastDelivery = deliveries.at(-1)
  return lastDelivery === undefined ? summary : { ...summary, lastDelivery }
}

/** Its signature is wrong or out of time, or the last attempt to deliver it was not accepted. */
export function hasFailed(summary: RequestSummary): boolean {
  const { status } = summary.verdict
  if (status === 'invalid' || status === 'stale') return true
  return summary.lastDelivery !== undefined && !wasAccepted(summary.lastDelivery.outcome)
}

function containsText(request: CapturedRequest, text: string): boolean {
  if (request.target.includes(text)) return true
  if (request.headers.some(([name, value]) => name.includes(text) || value.includes(text))) return true
  const body = request.body
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(text)
}
