import type { Verdict, VerifyFailure } from '../../core/verdict.ts'
import { UNSIGNED } from '../../core/verdict.ts'
import type { ProviderRequest } from '../reader.ts'
import { RequestReader } from '../reader.ts'
import type { Provider, Scheme } from '../types.ts'
import { optionOf } from './content-input.ts'
import type { Attempt, Outcome } from './judge.ts'
import { invalid, judgeFor, judgeUnit, placeOf, worse } from './judge.ts'
import type { SignedUnit } from './locate.ts'
import { findSignatures, tooManyUnits } from './locate.ts'
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
  const options = context.options ?? {}
  const certificate = optionOf(options, 'cert')
  const attempt: Attempt = {
    reader: new RequestReader(request),
    now: context.now,
    toleranceS: context.toleranceS,
    publicUrl: context.publicUrl,
    options,
    secrets: certificate === undefined ? secrets : [...secrets, certificate],
  }
  const found = judgeSchemes(provider, attempt)
  if (found === undefined) return UNSIGNED
  return { ...found, provider: provider.id }
}

function judgeSchemes(provider: Provider, attempt: Attempt): Outcome | undefined {
  const keyId = optionOf(attempt.options, 'publicKey')
  let decided: Scheme | undefined
  let failure: VerifyFailure | undefined
  for (const scheme of provider.schemes) {
    const units = findSignatures(attempt.reader, scheme, keyId)
    if (units === undefined) continue
    if (attempt.secrets.length === 0) return { status: 'unchecked' }
    if (scheme.when !== undefined && !attempt.reader.matches(scheme.when)) {
      failure = worse(failure, { code: 'no-known-scheme', subject: placeOf(scheme) })
      continue
    }
    const isWeaker = scheme.signature !== decided?.signature && scheme.alternative !== true
    if (decided !== undefined && isWeaker) continue
    const outcome = judgeScheme(scheme, units, attempt)
    if (outcome.status !== 'invalid') return outcome
    if (outcome.reason.code !== 'secret-malformed') decided = scheme
    failure = worse(failure, outcome.reason)
  }
  if (attempt.secrets.length === 0) return undefined
  return invalid(failure ?? missingSignature(provider))
}

function judgeScheme(scheme: Scheme, units: readonly SignedUnit[], attempt: Attempt): Outcome {
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

/** A certificate from anywhere proves nothing, so a request that names another host is not the provider's. */
function certificateFailure(scheme: Scheme, reader: RequestReader): VerifyFailure | undefined {
  if (scheme.certificate === undefined) return undefined
  const { url, allowed } = scheme.certificate
  const given = reader.text(url)
  return given !== undefined && allowedUrl(given, allowed) !== undefined
    ? undefined
    : { code: 'certificate-untrusted', subject: url }
}

function missingSignature({ schemes: [first] }: Provider): VerifyFailure {
  return first === undefined
    ? { code: 'header-missing' }
    : { code: 'header-missing', subject: placeOf(first) }
}
