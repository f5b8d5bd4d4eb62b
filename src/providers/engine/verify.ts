import type { Verdict, VerifyFailure } from '../../core/verdict.ts'
import { UNSIGNED } from '../../core/verdict.ts'
import type { ProviderRequest } from '../reader.ts'
import { parseSource, RequestReader } from '../reader.ts'
import type { Provider, Scheme } from '../types.ts'
import type { ContentInput } from './content-input.ts'
import { optionOf } from './content-input.ts'
import { contentsOf } from './content.ts'
import { decodeSignature, sameBytes } from './encoding.ts'
import type { SignatureSet } from './format.ts'
import { jwtFailure } from './jwt.ts'
import { sharedKey } from './keys.ts'
import type { SignedUnit } from './locate.ts'
import { findSignatures, tooManyUnits } from './locate.ts'
import type { Check } from './mac.ts'
import { checkWith } from './mac.ts'
import { parseTimestamp, skewOf } from './timestamp.ts'
import { allowedUrl } from './url.ts'

export interface VerifyContext {
  /** The verifier's clock, epoch milliseconds. */
  readonly now: number
  /** Seconds, in place of every scheme's own window; also for schemes that have none. */
  readonly toleranceS?: number
  /** The URL that the provider was given, for schemes that sign it: whole, or up to where the request's path begins. */
  readonly publicUrl?: string
  /** What the scheme needs beside the secret, by name (`Provider.options`); `cert` counts as a secret. */
  readonly options?: Readonly<Record<string, string>>
}

/** How many signatures of one request are tried: a sender could name thousands, at our cost. */
export const MAX_SIGNATURES = 20

/**
 * Checks a request's signature against every secret.
 *
 * Works on the bytes as received, never throws on what a stranger sent, and looks at the clock only once a
 * signature holds, so that a replayed request is told apart from a forged one. A weaker scheme is never tried
 * after a stronger one has failed: it counts only where the other is absent, or no secret is of its kind.
 */
export function verify(
  request: ProviderRequest,
  provider: Provider,
  secrets: readonly string[],
  context: VerifyContext,
): Verdict {
  if (provider.schemes.length === 0) return UNSIGNED
  const reader = new RequestReader(request)
  const certificate = optionOf(context.options ?? {}, 'cert')
  const attempt: Attempt = {
    reader,
    context,
    options: context.options ?? {},
    secrets: certificate === undefined ? secrets : [...secrets, certificate],
  }
  const found = judgeSchemes(provider, attempt)
  if (found === undefined) return UNSIGNED
  return { ...found, provider: provider.id }
}

interface Attempt {
  readonly reader: RequestReader
  readonly context: VerifyContext
  readonly options: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

type Outcome =
  | { readonly status: 'valid' | 'unchecked' }
  | { readonly status: 'stale'; readonly skewMs: number }
  | { readonly status: 'invalid'; readonly reason: VerifyFailure }

function judgeSchemes(provider: Provider, attempt: Attempt): Outcome | undefined {
  let decided: Scheme | undefined
  let failure: VerifyFailure | undefined
  let carried = false
  for (const scheme of provider.schemes) {
    if (scheme.when !== undefined && !attempt.reader.matches(scheme.when)) continue
    const units = findSignatures(attempt.reader, scheme, optionOf(attempt.options, 'publicKey'))
    if (units === undefined) continue
    carried = true
    const isWeaker = scheme.signature !== decided?.signature && scheme.alternative !== true
    if (decided !== undefined && isWeaker) continue
    const outcome = judgeScheme(scheme, units, attempt)
    if (outcome.status !== 'invalid') return outcome
    if (outcome.reason.code !== 'secret-malformed') decided = scheme
    failure = worse(failure, outcome.reason)
  }
  if (attempt.secrets.length === 0) return carried ? { status: 'unchecked' } : undefined
  return { status: 'invalid', reason: failure ?? missingSignature(provider) }
}

function judgeScheme(scheme: Scheme, units: readonly SignedUnit[], attempt: Attempt): Outcome {
  if (attempt.secrets.length === 0) return { status: 'unchecked' }
  if (tooManyUnits(units)) return invalid({ code: 'too-many-signatures', candidates: units.length })
  const untrusted = certificateFailure(scheme, attempt.reader)
  if (untrusted !== undefined) return invalid(untrusted)
  const judge = judgeFor(scheme, attempt)
  if (judge === undefined) return invalid({ code: 'secret-malformed' })
  const outcomes = units.map((unit) => judgeUnit(scheme, unit, judge))
  return (
    outcomes.find((outcome) => outcome.status === 'invalid') ??
    outcomes.find((outcome) => outcome.status === 'stale') ?? { status: 'valid' }
  )
}

/** Judges the signatures of one set, all of them over the same text. */
type Judge = (set: SignatureSet, unit: SignedUnit) => Outcome

function judgeFor(scheme: Scheme, attempt: Attempt): Judge | undefined {
  if (scheme.algorithm === 'token' || scheme.algorithm === 'jwt-hs256') {
    const keys = attempt.secrets.map((secret) => sharedKey(secret, scheme)).filter((key) => key !== undefined)
    if (keys.length === 0) return undefined
    return scheme.algorithm === 'token' ? tokenJudge(scheme, keys) : jwtJudge(keys, attempt.context)
  }
  const checks = attempt.secrets
    .map((secret) => checkWith(secret, scheme))
    .filter((check) => check !== undefined)
  return checks.length === 0 ? undefined : signatureJudge(scheme, checks, attempt)
}

function judgeUnit(scheme: Scheme, unit: SignedUnit, judge: Judge): Outcome {
  const subject =
    parseSource(scheme.signature).kind === 'header' ? scheme.signature.slice(7) : scheme.signature
  const total = unit.sets.reduce((sum, set) => sum + set.signatures.length, 0)
  if (unit.sets.length === 0) return invalid({ code: 'header-missing', subject })
  if (total === 0) {
    const foreign = unit.sets.some((set) => set.foreign)
    return invalid({ code: foreign ? 'no-known-scheme' : 'header-malformed', subject })
  }
  if (scheme.single === true && total > 1) return invalid({ code: 'too-many-signatures', candidates: total })
  let failure: VerifyFailure | undefined
  let left = MAX_SIGNATURES
  for (const set of unit.sets) {
    if (set.signatures.length === 0 || left === 0) continue
    const signatures = set.signatures.slice(0, left)
    left -= signatures.length
    const outcome = judge({ ...set, signatures }, unit)
    if (outcome.status !== 'invalid') return outcome
    failure = worse(failure, outcome.reason)
  }
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
    const time = timeOf(scheme, t, attempt.context)
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
  const { reader, options, context } = attempt
  return {
    reader,
    scheme,
    options,
    publicUrl: context.publicUrl,
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

function jwtJudge(keys: readonly Buffer[], context: VerifyContext): Judge {
  return (set) => {
    let failure: VerifyFailure | undefined
    for (const token of set.signatures) {
      for (const key of keys) {
        const found = jwtFailure(token, key, context.now, (context.toleranceS ?? 0) * 1000)
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
  context: VerifyContext,
): { readonly skewMs: number | undefined } | { readonly failure: VerifyFailure } {
  const rule = scheme.timestamp
  if (rule === undefined) return { skewMs: undefined }
  const subject = rule.from === 'signature' ? scheme.signature : rule.from
  if (t === undefined || t === '') return { failure: { code: 'timestamp-missing', subject } }
  const toleranceS = context.toleranceS ?? rule.toleranceS
  if (toleranceS === undefined) return { skewMs: undefined }
  const at = parseTimestamp(t, rule.unit)
  if (at === undefined) return { failure: { code: 'timestamp-malformed', subject } }
  const skewMs = skewOf(at, context.now, rule.unit)
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

/** A certificate from anywhere proves nothing, so a request that names another host is not the provider's. */
function certificateFailure(scheme: Scheme, reader: RequestReader): VerifyFailure | undefined {
  if (scheme.certificate === undefined) return undefined
  const { url, allowed } = scheme.certificate
  const given = reader.text(url)
  return given !== undefined && allowedUrl(given, allowed) !== undefined
    ? undefined
    : { code: 'certificate-untrusted', subject: url }
}

function missingSignature(provider: Provider): VerifyFailure {
  const source = provider.schemes[0]?.signature ?? ''
  return { code: 'header-missing', subject: source.startsWith('header:') ? source.slice(7) : source }
}

function invalid(reason: VerifyFailure): Outcome {
  return { status: 'invalid', reason }
}

/** Of two reasons the one that got further: a signature that was compared says more than one that could not be read. */
function worse(a: VerifyFailure | undefined, b: VerifyFailure): VerifyFailure {
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
