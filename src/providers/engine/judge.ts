import type { VerifyFailure } from '../../core/verdict.ts'
import type { RequestReader } from '../reader.ts'
import type { Scheme } from '../types.ts'
import type { ContentInput } from './content-input.ts'
import { contentsOf } from './content.ts'
import { decodeSignature, sameBytes } from './encoding.ts'
import type { SignatureSet } from './format.ts'
import { jwtFailure } from './jwt.ts'
import { sharedKey } from './keys.ts'
import type { SignedUnit } from './locate.ts'
import type { Check } from './mac.ts'
import { checkWith } from './mac.ts'
import { parseTimestamp, skewOf } from './timestamp.ts'

/** What a verifier knows beside the request. */
export interface Attempt {
  readonly reader: RequestReader
  /** Epoch milliseconds. */
  readonly now: number
  readonly toleranceS: number | undefined
  readonly publicUrl: string | undefined
  readonly options: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** A verdict without its provider. */
export type Outcome =
  | { readonly status: 'valid' | 'unchecked' }
  | { readonly status: 'stale'; readonly skewMs: number }
  | { readonly status: 'invalid'; readonly reason: VerifyFailure }

/** How many signatures of one request are tried: a sender could name thousands, at our cost. */
const MAX_SIGNATURES = 20

/** Judges the signatures of one set, all of them over the same text. */
export type Judge = (set: SignatureSet, unit: SignedUnit) => Outcome

/** The judge of a scheme, or undefined where none of the secrets is one of it. */
export function judgeFor(scheme: Scheme, attempt: Attempt): Judge | undefined {
  if (scheme.algorithm === 'token' || scheme.algorithm === 'jwt-hs256') {
    const keys = attempt.secrets.map((secret) => sharedKey(secret, scheme)).filter((key) => key !== undefined)
    if (keys.length === 0) return undefined
    return scheme.algorithm === 'token' ? tokenJudge(scheme, keys) : jwtJudge(keys, attempt)
  }
  const checks = attempt.secrets
    .map((secret) => checkWith(secret, scheme))
    .filter((check) => check !== undefined)
  return checks.length === 0 ? undefined : signatureJudge(scheme, checks, attempt)
}

export function judgeUnit(scheme: Scheme, unit: SignedUnit, judge: Judge): Outcome {
  const subject = placeOf(scheme)
  const total = unit.sets.reduce((sum, set) => sum + set.signatures.length, 0)
  if (unit.sets.length === 0) return invalid({ code: 'header-missing', subject })
  if (total === 0) {
    const foreign = unit.sets.some((set) => set.foreign)
    return invalid({ code: foreign ? 'no-known-scheme' : 'header-malformed', subject })
  }
  if (scheme.single === true && total > 1) return invalid({ code: 'too-many-signatures', candidates: total })
  let failure: VerifyFailure | undefined
  let stale: Outcome | undefined
  let left = MAX_SIGNATURES
  for (const set of unit.sets) {
    if (set.signatures.length === 0 || left === 0) continue
    const signatures = set.signatures.slice(0, left)
    left -= signatures.length
    const outcome = judge({ ...set, signatures }, unit)
    if (outcome.status === 'valid') return outcome
    if (outcome.status === 'invalid') failure = worse(failure, outcome.reason)
    else stale ??= outcome
  }
  if (stale !== undefined) return stale
  if (total > MAX_SIGNATURES) return invalid({ code: 'too-many-signatures', candidates: total })
  return invalid(describe(failure ?? { code: 'no-match' }, total, subject))
}

function signatureJudge(scheme: Scheme, checks: readonly Check[], attempt: Attempt): Judge {
  const { reader } = attempt
  return (set, unit) => {
    const id = scheme.id === undefined ? undefined : reader.bytes(scheme.id)
    const malformedId = idFailure(scheme, id)
    if (malformedId !== undefined) return invalid(malformedId)
    const t = timestampText(scheme, set, reader)
    const time = timeOf(scheme, t, attempt)
    if ('failure' in time) return invalid(time.failure)
    const signatures = set.signatures
      .map((text) => decodeSignature(text, scheme.encoding))
      .filter((bytes) => bytes !== undefined)
    if (signatures.length === 0) return invalid({ code: 'header-malformed' })
    const found = contentsOf(inputOf(scheme, set, unit, attempt, t, id))
    if ('failure' in found) return invalid(found.failure)
    const holds = found.contents.some((content) =>
      checks.some((check) => signatures.some((signature) => check(signature, content))),
    )
    if (!holds) return invalid({ code: 'no-match' })
    return time.skewMs === undefined ? { status: 'valid' } : { status: 'stale', skewMs: time.skewMs }
  }
}

function inputOf(
  scheme: Scheme,
  set: SignatureSet,
  unit: SignedUnit,
  attempt: Attempt,
  t: string | undefined,
  id: Buffer | undefined,
): ContentInput {
  const { reader, options, publicUrl } = attempt
  return {
    reader,
    scheme,
    options,
    publicUrl,
    t,
    id,
    names: set.names ?? (scheme.signedHeaders === undefined ? undefined : reader.text(scheme.signedHeaders)),
    item: unit.item,
  }
}

function tokenJudge(scheme: Scheme, keys: readonly Buffer[]): Judge {
  return (set) => {
    const holds = set.signatures.some((text) => {
      const token = decodeSignature(text, scheme.encoding)
      return token !== undefined && keys.some((key) => sameBytes(token, key))
    })
    return holds ? { status: 'valid' } : invalid({ code: 'token-mismatch' })
  }
}

function jwtJudge(keys: readonly Buffer[], attempt: Attempt): Judge {
  return (set) => {
    let failure: VerifyFailure | undefined
    for (const token of set.signatures) {
      for (const key of keys) {
        const found = jwtFailure(token, key, attempt.now, (attempt.toleranceS ?? 0) * 1000)
        if (found === undefined) return { status: 'valid' }
        failure = worse(failure, found)
      }
    }
    return invalid(failure ?? { code: 'no-match' })
  }
}

function timestampText(scheme: Scheme, set: SignatureSet, reader: RequestReader): string | undefined {
  const from = scheme.timestamp?.from
  if (from === undefined) return undefined
  return from === 'signature' ? set.t : reader.text(from)
}

/** Whether the time is outside the window, decided before the signature is but told only after it holds. */
function timeOf(
  scheme: Scheme,
  t: string | undefined,
  attempt: Attempt,
): { readonly skewMs: number | undefined } | { readonly failure: VerifyFailure } {
  const rule = scheme.timestamp
  if (rule === undefined) return { skewMs: undefined }
  const subject = rule.from === 'signature' ? scheme.signature : rule.from
  if (t === undefined || t === '') return { failure: { code: 'timestamp-missing', subject } }
  const toleranceS = attempt.toleranceS ?? rule.toleranceS
  if (toleranceS === undefined) return { skewMs: undefined }
  const at = parseTimestamp(t, rule.unit)
  if (at === undefined) return { failure: { code: 'timestamp-malformed', subject } }
  const skewMs = skewOf(at, attempt.now, rule.unit)
  return { skewMs: Math.abs(skewMs) > toleranceS * 1000 ? skewMs : undefined }
}

/**
 * An id that holds the separator would let `a.1` + `2` be read as `a` + `1.2`
 * (standard-webhooks spec: the id must not contain a full stop).
 */
function idFailure(scheme: Scheme, id: Buffer | undefined): VerifyFailure | undefined {
  if (scheme.id === undefined) return undefined
  if (id === undefined || id.byteLength === 0) return { code: 'id-missing', subject: scheme.id }
  const dotted = typeof scheme.content === 'string' && scheme.content.startsWith('{id}.')
  return dotted && id.includes('.') ? { code: 'id-malformed', subject: scheme.id } : undefined
}

/** Where a scheme's signature is looked for: a header by its name, anything else by its source. */
export function placeOf({ signature }: Scheme): string {
  return signature.startsWith('header:') ? signature.slice('header:'.length) : signature
}

export function invalid(reason: VerifyFailure): Outcome {
  return { status: 'invalid', reason }
}

/** Of two reasons the one that got further: a signature that was compared says more than one that could not be read. */
export function worse(a: VerifyFailure | undefined, b: VerifyFailure): VerifyFailure {
  if (a === undefined) return b
  return REACHED.indexOf(b.code) > REACHED.indexOf(a.code) ? b : a
}

const REACHED: readonly VerifyFailure['code'][] = [
  'secret-malformed',
  'header-missing',
  'header-malformed',
  'no-known-scheme',
  'id-missing',
  'id-malformed',
  'timestamp-missing',
  'timestamp-malformed',
  'option-missing',
  'certificate-untrusted',
  'body-malformed',
  'too-many-signatures',
  'body-hash-mismatch',
  'no-match',
  'token-mismatch',
  'token-expired',
]

function describe(failure: VerifyFailure, candidates: number, subject: string): VerifyFailure {
  if (failure.code === 'header-malformed') return { code: failure.code, subject }
  const compared = failure.code === 'no-match' || failure.code === 'token-mismatch'
  return compared ? { ...failure, candidates } : failure
}
