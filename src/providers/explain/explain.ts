import type { VerifyFailure } from '../../core/verdict.ts'
import { Detector } from '../detect.ts'
import { verify } from '../engine/verify.ts'
import type { ProviderRequest } from '../reader.ts'
import { RequestReader } from '../reader.ts'
import { PROVIDERS } from '../table/index.ts'
import type { Laxness, Provider } from '../types.ts'
import { lossSeen } from './evidence.ts'
import { otherProvider } from './other-provider.ts'
import type { PlannedProbe } from './probes.ts'
import { PROBES } from './probes.ts'
import type { Outcome } from './search.ts'
import { isFarAway, search } from './search.ts'
import { otherSecret } from './secret.ts'
import { signatureLike } from './signature.ts'
import type { Subject } from './subject.ts'
import { carriedSchemes, shown, signsUrl } from './subject.ts'
import { timestampUnit } from './timestamp.ts'
import type { Cause, ExplainContext, Explanation, KnownSecret, Limits } from './types.ts'

/**
 * Why a request's signature verifies or does not: the single change that makes it right, found by trying.
 *
 * Pure and bounded (`context.limits`); never throws on what a stranger sent. Without a provider the sender is
 * detected. `secrets` are those it was verified with; one that is labelled for another provider counts as one of
 * `context.others`.
 */
export function explain(
  request: ProviderRequest,
  provider: Provider | undefined,
  secrets: readonly KnownSecret[],
  context: ExplainContext,
): Explanation {
  const providers = context.providers ?? PROVIDERS
  const labelled = [...secrets, ...(context.others ?? [])]
  const sender = provider ?? senderOf(request, providers, labelled)
  if (sender === undefined) return explainStranger(request, providers, secrets, context)
  const subject = subjectOf(request, sender, providers, secrets, context)
  return { ...causeOf(subject, context), provider: sender.id }
}

function senderOf(
  request: ProviderRequest,
  providers: readonly Provider[],
  secrets: readonly KnownSecret[],
): Provider | undefined {
  const preferred = secrets.flatMap(({ provider }) => (provider === undefined ? [] : [provider]))
  return new Detector(providers, new Set(preferred)).detect(request).provider
}

const MAX_GLANCED_BYTES = 1024 * 1024

function subjectOf(
  request: ProviderRequest,
  provider: Provider,
  providers: readonly Provider[],
  secrets: readonly KnownSecret[],
  context: ExplainContext,
): Subject {
  const reader = new RequestReader(request)
  const carried = carriedSchemes(reader, provider, context)
  const own = secrets.filter((secret) => secret.provider === undefined || secret.provider === provider.id)
  const used = new Set(own.map(({ value }) => value))
  const others = [...secrets, ...(context.others ?? [])].filter(({ value }) => !used.has(value))
  return {
    request,
    reader,
    glance: new RequestReader(request, { maxJsonBytes: MAX_GLANCED_BYTES }),
    provider,
    providers,
    schemes: carried.length > 0 ? carried : provider.schemes,
    carried: carried.length > 0,
    secrets: own,
    others,
    context,
  }
}

const NOBODY: Provider = {
  id: '',
  name: '',
  detect: [],
  schemes: [],
  confidence: { signature: 'recalled', events: 'recalled', delivery: 'recalled' },
}

/** Nothing says who sent it: perhaps a secret does. */
function explainStranger(
  request: ProviderRequest,
  providers: readonly Provider[],
  secrets: readonly KnownSecret[],
  context: ExplainContext,
): Explanation {
  const all = secrets.map(({ label, value }) => ({ label, value }))
  const subject = subjectOf(request, NOBODY, providers, all, context)
  const { found } = search(subject, [{ group: 'provider', probe: otherProvider }], context.limits)
  if (found !== undefined) return found
  const headers = signatureLike(subject).map(([name]) => shown(name, subject))
  return headers.length === 0
    ? { code: 'unsigned', data: { never: false } }
    : { code: 'unrecognised', data: { headers: headers.slice(0, 5) } }
}

function causeOf(subject: Subject, { limits }: ExplainContext): Explanation {
  const { request, provider, secrets, context } = subject
  const values = secrets.map(({ value }) => value)
  const verdict = verify(request, provider, values, context)
  switch (verdict.status) {
    case 'valid':
      return { code: 'valid', data: {} }
    case 'unsigned':
      return { code: 'unsigned', data: { never: provider.schemes.length === 0 } }
    case 'unchecked':
      return search(subject, [{ group: 'secret', probe: otherSecret }], limits).found ?? unchecked(provider)
    case 'stale': {
      const { skewMs } = verdict
      const found = isFarAway(skewMs) ? search(subject, UNITS, limits).found : undefined
      return found ?? stale(subject, skewMs)
    }
    default:
      return explainFailure(subject, verdict.reason, limits)
  }
}

const UNITS: readonly PlannedProbe[] = [{ group: 'timestamp', probe: timestampUnit, needs: 'signature' }]

function unchecked({ secret }: Provider): Cause {
  return { code: 'unchecked', data: secret === undefined ? {} : { env: secret.env } }
}

function stale({ provider, schemes, context }: Subject, skewMs: number): Cause {
  const own = schemes.find(({ timestamp }) => timestamp?.toleranceS !== undefined)?.timestamp?.toleranceS
  const toleranceS = context.toleranceS ?? own
  const accepted: readonly Laxness['accepts'][] =
    skewMs < 0
      ? ['future-timestamp', 'any-timestamp', 'wider-timestamp']
      : ['any-timestamp', 'wider-timestamp']
  const laxer = provider.laxer?.find(({ accepts }) => accepted.includes(accepts))
  return {
    code: 'stale',
    data: {
      skewMs,
      ...(toleranceS === undefined ? {} : { toleranceS }),
      ...(laxer === undefined ? {} : { laxer }),
    },
  }
}

/** Failures that say all there is to say: no other secret, body or URL would mend them. */
const CLEAR: ReadonlySet<VerifyFailure['code']> = new Set<VerifyFailure['code']>([
  'certificate-untrusted',
  'id-malformed',
  'id-missing',
  'option-missing',
  'token-expired',
  'too-many-signatures',
])

function explainFailure(
  subject: Subject,
  failure: VerifyFailure,
  limits: Partial<Limits> | undefined,
): Explanation {
  const told = failureCause(failure, subject)
  const { code } = failure
  if (told !== undefined && CLEAR.has(code)) return told
  const probes = code === 'timestamp-malformed' ? [...UNITS, ...PROBES] : PROBES
  const outcome = search(subject, probes, limits)
  if (outcome.found !== undefined) return outcome.found
  const isOverBody = code === 'no-match' || code === 'body-hash-mismatch' || code === 'body-malformed'
  const lost = isOverBody ? lossSeen(subject) : undefined
  return lost ?? told ?? nothingFound(subject, outcome)
}

function failureCause(failure: VerifyFailure, { provider }: Subject): Cause | undefined {
  const { code } = failure
  if (code === 'no-match') return undefined
  const isSloppy = code === 'id-malformed' || code === 'timestamp-malformed'
  const laxer = isSloppy ? provider.laxer?.find(({ accepts }) => accepts === 'sloppy-signature') : undefined
  return {
    code,
    data: {
      failure,
      ...(laxer === undefined ? {} : { laxer }),
    },
  }
}

function nothingFound(
  { provider, schemes, context }: Subject,
  { attempts, tried, complete }: Outcome,
): Cause {
  return {
    code: 'nothing-found',
    data: {
      attempts,
      tried,
      complete,
      signsUrl: schemes.some(signsUrl),
      publicUrlGiven: context.publicUrl !== undefined,
      ...(provider.secret === undefined ? {} : { hint: provider.secret.hint }),
    },
  }
}
