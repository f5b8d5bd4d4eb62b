import { wasAccepted, wasTurnedDown } from '../core/delivery.ts'
import type { Evidence } from '../core/evidence.ts'
import type { StoredRequest } from '../core/query.ts'
import type { NewRequest } from '../core/request.ts'
import type { Identity, Verdict } from '../core/verdict.ts'
import type { VerifyContext } from '../providers/engine/verify.ts'
import { verify } from '../providers/engine/verify.ts'
import type { Provider } from '../providers/types.ts'
import { explain } from '../providers/explain/explain.ts'
import type { KnownSecret } from '../providers/explain/types.ts'
import { explanationWords, turnedDownWords } from '../providers/explain/words.ts'
import { Assessor } from './assess.ts'
import type { Catalog } from './catalog.ts'
import { evidenceOf } from './evidence.ts'
import type { NamedSecret, SecretBook } from './secrets.ts'

export interface VerifyOptions {
  readonly catalog: Catalog
  readonly secrets: SecretBook
  readonly options: Readonly<Record<string, string>>
  /** The provider that the user says it is; absent: the request tells. */
  readonly provider?: Provider
  /** The moment of checking, epoch milliseconds. */
  readonly now: number
  readonly publicUrl?: string
  readonly toleranceS?: number
}

export interface Verification {
  readonly identity: Identity
  readonly verdict: Verdict
  /** Absent where nothing says who sent it. */
  readonly provider?: Provider
  readonly evidence?: Evidence
}

/** Checks a request's signature anew, whatever was thought of it when it came. */
export function verifyRequest(request: NewRequest, options: VerifyOptions): Verification {
  const { secrets, catalog } = options
  const context = contextOf(options)
  const { identity, verdict } =
    options.provider === undefined
      ? new Assessor({ ...options, handshakes: false }).examine({ ...request, receivedAt: options.now })
          .assessment
      : {
          identity: { provider: options.provider.id },
          verdict: verify(request, options.provider, secrets.valuesOf(options.provider.id), context),
        }
  const provider =
    options.provider ?? (identity.provider === undefined ? undefined : catalog.find(identity.provider))
  if (provider === undefined) return { identity, verdict }
  return {
    identity,
    verdict,
    provider,
    evidence: evidenceOf(request, provider, secrets.of(provider.id), context),
  }
}

/** Why a signature is right or not, in words; holds no secret and no signature. */
export interface ExplainedVerdict {
  readonly code: string
  readonly text: string
  /** What to do; empty where there is nothing. */
  readonly fix: string
  /** How each web framework hands a body over untouched, where it was changed. */
  readonly hints?: Readonly<Record<string, string>>
}

/**
 * Looks for the single change that would make the signature right, by trying.
 * `others`: secrets of the user that were not meant for this check, and perhaps should have been.
 */
export function explainRequest(
  request: NewRequest,
  provider: Provider | undefined,
  options: VerifyOptions,
  others: readonly NamedSecret[],
): ExplainedVerdict {
  const explanation = explain(request, provider, options.secrets.all().map(known), {
    ...contextOf(options),
    others: others.map(known),
    providers: options.catalog.providers,
  })
  return { code: explanation.code, ...explanationWords(explanation, provider?.name) }
}

/**
 * What to think where the signature is right and an application has turned the request down; undefined where nothing
 * shows that it did so with these bytes and in time, or where it has taken the request since.
 */
export function explainTurnedDown(
  { request, deliveries }: Pick<StoredRequest, 'deliveries'> & { readonly request: NewRequest },
  options: VerifyOptions,
): ExplainedVerdict | undefined {
  // What was replayed may have been edited.
  const refusal = deliveries.findLast(
    ({ cause, outcome, target, startedAt }) =>
      cause !== 'replay' &&
      wasTurnedDown(outcome) &&
      !deliveries.some(
        (other) => other.target === target && other.startedAt > startedAt && wasAccepted(other.outcome),
      ),
  )
  if (refusal?.outcome.kind !== 'response') return undefined
  const { verdict, evidence } = verifyRequest(request, { ...options, now: refusal.startedAt })
  if (verdict.status !== 'valid') return undefined
  const signsBody = evidence?.signed.some(({ kind }) => kind === 'body') ?? false
  const place = refusal.target.replace(/^http:\/\//i, '')
  return { code: 'turned-down', ...turnedDownWords(place, refusal.outcome.status, signsBody) }
}

function known({ provider, value, origin }: NamedSecret): KnownSecret {
  return { label: origin, value, ...(provider !== undefined && { provider }) }
}

function contextOf({ now, options, publicUrl, toleranceS }: VerifyOptions): VerifyContext {
  return {
    now,
    options,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(toleranceS !== undefined && { toleranceS }),
  }
}
