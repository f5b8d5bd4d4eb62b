import { verify } from '../engine/verify.ts'
import type { Scheme } from '../types.ts'
import { providersThatVerify } from './other-provider.ts'
import type { PlannedProbe } from './probes.ts'
import type { Attempt, Subject } from './subject.ts'
import { isSigned } from './subject.ts'
import type { Cause, Explanation, Limits, ProbeGroup } from './types.ts'

/** What trying led to. */
export interface Outcome {
  readonly found?: Explanation
  readonly attempts: number
  readonly tried: readonly ProbeGroup[]
  /** False where the limits ended it. */
  readonly complete: boolean
}

// Of a body of 25 MiB 30 changes are tried, in a second or two; of one of 2 kB all.
const DEFAULT_LIMITS: Limits = { attempts: 2000, bytes: 768 * 1024 * 1024 }

/** Tries one change after another until one makes the signature right. */
export function search(
  subject: Subject,
  probes: readonly PlannedProbe[],
  limits: Partial<Limits> = {},
): Outcome {
  const left = { ...DEFAULT_LIMITS, ...limits }
  const tried = new Set<ProbeGroup>()
  let attempts = 0
  for (const { group, probe, needs } of probes) {
    if (needs !== undefined && !subject.carried) continue
    if (needs === 'signed' && !subject.schemes.some(isSigned)) continue
    for (const attempt of probe(subject)) {
      left.attempts--
      left.bytes -= costOf(attempt, subject)
      if (left.attempts < 0 || left.bytes < 0) return { attempts, tried: [...tried], complete: false }
      tried.add(group)
      attempts++
      const found = judge(attempt, subject)
      if (found !== undefined) return { found, attempts, tried: [...tried], complete: true }
    }
  }
  return { attempts, tried: [...tried], complete: true }
}

/** Parsing a body takes eight times as long as hashing it, and up to thirty times where it is out for harm. */
const PARSING = 24

/** Bytes hashed, about. */
function costOf(attempt: Attempt, subject: Subject): number {
  const { body } = attempt.request ?? subject.request
  const secrets = attempt.secrets?.length ?? subject.secrets.length
  return body.byteLength * (Math.max(secrets, 1) + (subject.schemes.some(readsBody) ? PARSING : 0))
}

function readsBody(scheme: Scheme): boolean {
  if (scheme.also === 'reserialised-json') return true
  return [
    scheme.signature,
    scheme.timestamp?.from,
    ...Object.keys(scheme.when ?? {}),
    contentOf(scheme),
  ].some((source) => source?.includes('json:'))
}

function contentOf({ content }: Scheme): string {
  return typeof content === 'string' ? content : ''
}

// Read in a wrong unit a time lies decades away, or millennia.
const TEN_YEARS_MS = 10 * 365 * 86_400_000

export function isFarAway(skewMs: number): boolean {
  return Math.abs(skewMs) > TEN_YEARS_MS
}

function judge(attempt: Attempt, subject: Subject): Explanation | undefined {
  const { publicUrl } = attempt
  const verdict = verify(
    attempt.request ?? subject.request,
    attempt.provider ?? subject.provider,
    attempt.secrets ?? subject.secrets.map(({ value }) => value),
    publicUrl === undefined ? subject.context : { ...subject.context, publicUrl },
  )
  if (verdict.status !== 'valid' && verdict.status !== 'stale') return undefined
  const skewMs = verdict.status === 'stale' ? verdict.skewMs : undefined
  if (attempt.cause.code === 'timestamp-unit' && isFarAway(skewMs ?? 0)) return undefined
  const cause = completed(attempt.cause, subject)
  return skewMs === undefined ? cause : { ...cause, skewMs }
}

function completed(cause: Cause, subject: Subject): Cause {
  const [first] = cause.code === 'other-provider' ? cause.data.providers : []
  if (first === undefined) return cause
  return { code: 'other-provider', data: { providers: providersThatVerify(subject, first) } }
}
