import type { Verdict } from '../core/verdict.ts'
import { UNSIGNED } from '../core/verdict.ts'
import { parseFields } from '../providers/fields.ts'
import type { Draft } from '../providers/engine/place.ts'
import type { FreshSecret } from '../providers/engine/secrets.ts'
import { targetOf } from '../providers/engine/url.ts'
import { verify } from '../providers/engine/verify.ts'
import type { Random } from '../core/ports.ts'
import type { EventSpec } from './event.ts'
import { freshSecret, signEvent } from './event.ts'

/** What can be made wrong with a signed event. */
export const TAMPERINGS = ['body', 'signature', 'timestamp', 'missing'] as const
export type Tampering = (typeof TAMPERINGS)[number]

export interface TamperContext {
  readonly spec: EventSpec
  readonly key: FreshSecret
  readonly random: Random
  /** Epoch milliseconds. */
  readonly now: number
}

/** A wrong event and what we think of it; or why there is none: the scheme does not cover that. */
export type Tampered =
  | { readonly draft: Draft; readonly verdict: Verdict; readonly ageMs?: number }
  | { readonly skipped: 'body-not-signed' | 'no-time-signed' | 'not-signed' }

const LEAST_AGE_MS = 600_000

/** Makes an event wrong in one way. A handler that checks signatures rejects it. */
export function tamper(kind: Tampering, draft: Draft, context: TamperContext): Tampered {
  const { spec, key, random, now } = context
  const { provider } = spec
  if (provider.schemes.length === 0) return { skipped: 'not-signed' }
  const { signed, scheme } = signEvent(draft, spec, key.signingKey, context)
  const noMatch: Verdict = {
    status: 'invalid',
    provider: provider.id,
    reason: { code: 'no-match', candidates: 1 },
  }
  switch (kind) {
    case 'missing':
      return { draft, verdict: UNSIGNED }
    case 'signature': {
      const other = freshSecret(provider, spec.scheme, random)
      return { draft: signEvent(draft, spec, other.signingKey, context).signed, verdict: noMatch }
    }
    case 'timestamp': {
      const toleranceS = scheme.timestamp?.toleranceS
      if (toleranceS === undefined) return { skipped: 'no-time-signed' }
      const ageMs = Math.max(LEAST_AGE_MS, 2000 * toleranceS)
      const old = signEvent(draft, spec, key.signingKey, { random, now: now - ageMs }).signed
      return { draft: old, verdict: { status: 'stale', provider: provider.id, skewMs: ageMs }, ageMs }
    }
    case 'body': {
      const changed = changedBody(signed, context)
      return changed === undefined ? { skipped: 'body-not-signed' } : { draft: changed, verdict: noMatch }
    }
  }
}

/** The first change that our own check notices: some sign only a few fields, and tokens sign nothing. */
function changedBody(signed: Draft, { spec, key, now }: TamperContext): Draft | undefined {
  for (const body of changedBodies(signed.body)) {
    const draft = { ...signed, body }
    const request = { ...draft, target: targetOf(draft.url) }
    const context = { now, publicUrl: draft.url, options: spec.options }
    if (verify(request, spec.provider, [key.secret], context).status === 'invalid') return draft
  }
  return undefined
}

const MAX_CHANGES = 100

/** Bodies that say something else and are as well-formed as before. */
function* changedBodies(body: Uint8Array): Generator<Uint8Array> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  const isJson = /^\s*[[{]/.test(text)
  const added = isJson
    ? text.replace(/([^{\s])(\s*\}[\s\]}]*)$/, '$1,"tampered":true$2')
    : `${text}${text.includes('=') ? '&' : ''}tampered=1`
  yield Buffer.from(added, 'utf8')
  const values = isJson ? scalarsOf(text) : parseFields(text).map(([, value]) => encodeURIComponent(value))
  for (const value of values.slice(0, MAX_CHANGES)) {
    if (!text.includes(value)) continue
    yield Buffer.from(
      text.replace(value, () => (value.endsWith('"') ? `${value.slice(0, -1)}x"` : `${value}1`)),
      'utf8',
    )
  }
}

/** Texts and numbers of a JSON document, as they are written in it. */
function scalarsOf(text: string): string[] {
  const found: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') found.push(JSON.stringify(value))
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) collect(one)
  }
  try {
    collect(JSON.parse(text))
  } catch {
    // A body of the user's own that only looks like JSON: one change was offered already.
  }
  return found
}
