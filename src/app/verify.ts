import type { Evidence } from '../core/evidence.ts'
import type { NewRequest } from '../core/request.ts'
import type { Identity, Verdict } from '../core/verdict.ts'
import type { VerifyContext } from '../providers/engine/verify.ts'
import { verify } from '../providers/engine/verify.ts'
import type { Provider } from '../providers/types.ts'
import { Assessor } from './assess.ts'
import type { Catalog } from './catalog.ts'
import { evidenceOf } from './evidence.ts'
import type { SecretBook } from './secrets.ts'

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

function contextOf({ now, options, publicUrl, toleranceS }: VerifyOptions): VerifyContext {
  return {
    now,
    options,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(toleranceS !== undefined && { toleranceS }),
  }
}
