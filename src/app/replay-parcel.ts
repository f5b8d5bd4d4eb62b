import { editHeaders, headerValue } from '../core/headers.ts'
import type { Outgoing } from '../core/ports.ts'
import type { StoredRequest } from '../core/query.ts'
import type { RawHeaders, RequestId } from '../core/request.ts'
import type { ProviderId } from '../core/verdict.ts'
import type { Catalog } from './catalog.ts'
import { evidenceOf } from './evidence.ts'
import type { Resigned, ResignOptions } from './resign.ts'
import { resign } from './resign.ts'
import type { Assignment } from './set.ts'
import { applyAssignments } from './set.ts'

/** How requests are changed on their way out; what is stored stays as it is. */
export interface ReplayEdits {
  /** In place of the body as captured. */
  readonly body?: Uint8Array
  readonly sets: readonly Assignment[]
  /** Set in place of what is there; an empty value removes the header. */
  readonly headers: RawHeaders
}

export interface ParcelOptions {
  readonly edits: ReplayEdits
  readonly resign?: ResignOptions
}

/** A stored request on its way out. */
export interface ReplayParcel {
  readonly outgoing: Outgoing
  /** Absent where nobody asked for it. */
  readonly resigned?: Resigned
}

/** What the n-th replay of a request is marked with, and which request it is a replay of. */
const REPLAY_HEADER = 'webhook-cli-replay'
const ID_HEADER = 'webhook-cli-id'

/**
 * The request as it will be sent: its own headers and bytes, but for what the user changes, and two headers of ours.
 *
 * @param replay which replay of this request it is, from 1
 * @param id the request's id, empty where it has none
 * @throws AppError `bad-value` where the body has no such place, `cannot-sign`
 */
export function makeParcel(
  { request, identity }: StoredRequest,
  url: string,
  { edits, resign: resigning }: ParcelOptions,
  { replay, id, now }: { readonly replay: number; readonly id: RequestId; readonly now: number },
): ReplayParcel {
  const body = applyAssignments(edits.body ?? request.body, edits.sets)
  const edited = { method: request.method, url, headers: editHeaders(request.headers, edits.headers), body }
  const resigned = resigning === undefined ? undefined : resign(edited, identity.provider, resigning, now)
  const signed = resigned !== undefined && 'draft' in resigned ? resigned.draft : edited
  return {
    outgoing: { ...signed, headers: marked(signed.headers, replay, id) },
    ...(resigned !== undefined && { resigned }),
  }
}

/** Marks of an earlier replay, captured with the request, are not kept beside ours. */
function marked(headers: RawHeaders, replay: number, id: RequestId): RawHeaders {
  const own = headers.filter(([name]) => !isNamed(name, REPLAY_HEADER) && !isNamed(name, ID_HEADER))
  own.push([REPLAY_HEADER, String(replay)])
  if (id !== '') own.push([ID_HEADER, id])
  return own
}

function isNamed(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase()
}

/** Why the application will refuse a request that is sent as it was captured. */
export type ReplayDoubt =
  | {
      readonly kind: 'too-old'
      readonly provider: ProviderId
      readonly ageMs: number
      readonly limitMs: number
    }
  /** What was signed is not what is sent. */
  | { readonly kind: 'edited'; readonly provider: ProviderId }

/** Looks only at what the request itself carries: no secret is needed to know that its time is over. */
export function doubtOf(
  { request, identity }: StoredRequest,
  { edits, resign: resigning }: ParcelOptions,
  catalog: Catalog,
  now: number,
): ReplayDoubt | undefined {
  const provider = identity.provider === undefined ? undefined : catalog.find(identity.provider)
  if (provider === undefined || resigning !== undefined) return undefined
  const { place, signature, timestamp } = evidenceOf(request, provider, [], { now })
  if (place === undefined || signature === undefined) return undefined
  const limitMs = (timestamp?.toleranceS ?? Infinity) * 1000
  if (timestamp !== undefined && Math.abs(timestamp.skewMs) > limitMs)
    return { kind: 'too-old', provider: provider.id, ageMs: timestamp.skewMs, limitMs }
  // A token goes with any body.
  const signsBody = signature !== '…' && headerValue(request.headers, place) !== undefined
  const changesBody = edits.body !== undefined || edits.sets.length > 0
  return changesBody && signsBody ? { kind: 'edited', provider: provider.id } : undefined
}
