import { createHash } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import { endToEndHeaders } from '../core/headers.ts'
import type { Random } from '../core/ports.ts'
import type { NewRequest, RawHeaders } from '../core/request.ts'
import { dress } from '../providers/engine/dress.ts'
import type { Draft } from '../providers/engine/place.ts'
import { withHeader } from '../providers/engine/place.ts'
import type { FreshSecret } from '../providers/engine/secrets.ts'
import { makeSecret } from '../providers/engine/secrets.ts'
import { sign } from '../providers/engine/sign.ts'
import { targetOf } from '../providers/engine/url.ts'
import { fillSample } from '../providers/samples/fill.ts'
import { placeholderFiller } from '../providers/samples/placeholders.ts'
import type { Sample } from '../providers/samples/types.ts'
import type { Provider, Scheme } from '../providers/types.ts'
import type { Assignment } from './set.ts'
import { applyAssignments } from './set.ts'

/** What is to be sent, before ids, times and signature are in it. */
export interface EventSpec {
  readonly provider: Provider
  /** A ready-made event, or a body of the user's own. */
  readonly content: { readonly sample: Sample } | { readonly body: Uint8Array }
  /** The event's name, for the headers that carry it. */
  readonly event: string
  readonly sets: readonly Assignment[]
  /** Headers of the user's own: they take the place of the provider's. */
  readonly headers: RawHeaders
  readonly url: string
  /** One of the provider's schemes by name; the first that the key fits unless given. */
  readonly scheme?: string
  readonly options: Readonly<Record<string, string>>
}

interface EventSource {
  readonly random: Random
  /** Epoch milliseconds. */
  readonly now: number
}

/** An event as the provider would send it, but for its signature. @throws AppError `bad-value` of `--set` */
export function makeEvent(spec: EventSpec, source: EventSource): Draft {
  const { content, provider, event, url } = spec
  const filled =
    'sample' in content
      ? fillSample(content.sample, source)
      : { method: 'POST', headers: [], body: content.body }
  const body = applyAssignments(filled.body, spec.sets)
  let draft = dress({ ...filled, body, url }, provider, event, source)
  for (const [name, value] of spec.headers) draft = withHeader(draft, name, value)
  return draft
}

/**
 * Signs an event as the provider does.
 * @throws AppError `cannot-sign`: the key is of another form, or an option is missing
 */
export function signEvent(
  draft: Draft,
  spec: EventSpec,
  signingKey: string,
  { random, now }: EventSource,
): { readonly signed: Draft; readonly scheme: Scheme } {
  const result = sign(draft, spec.provider, signingKey, {
    now,
    // Most events carry their id already.
    get id() {
      return placeholderFiller({ random, now })('msg_{id:27}')
    },
    options: spec.options,
    ...(spec.scheme !== undefined && { scheme: spec.scheme }),
  })
  if ('failure' in result) {
    throw new AppError('cannot-sign', { provider: spec.provider.id, failure: result.failure })
  }
  return result
}

/** A secret in the provider's own form, for the scheme that is asked for. */
export function freshSecret(provider: Provider, schemeName: string | undefined, random: Random): FreshSecret {
  const scheme = provider.schemes.find(({ name }) => name === schemeName)
  const recipe = provider.secret?.make ?? { kind: 'hex', bytes: 32 }
  // The recipe is for the first scheme; v1a of Standard Webhooks is the one that needs a key pair instead.
  if (scheme?.algorithm !== 'ed25519' || recipe.kind.startsWith('ed25519')) return makeSecret(recipe, random)
  const { secret, signingKey } = makeSecret({ kind: 'ed25519-base64' }, random)
  const { prefix = '', signingPrefix = '' } = scheme.key ?? {}
  return { secret: prefix + secret, signingKey: signingPrefix + signingKey }
}

/** The request as it will be on the wire. */
export function requestOf({ method, url, headers, body }: Draft, now: number, monotonic: number): NewRequest {
  const { host } = new URL(url)
  const sent = endToEndHeaders(headers).filter(([name]) => !/^(?:host|content-length)$/i.test(name))
  const length =
    body.byteLength === 0 && method === 'GET' ? [] : [['Content-Length', String(body.byteLength)] as const]
  return {
    source: 'sent',
    receivedAt: now,
    receivedMonotonic: monotonic,
    method,
    target: targetOf(url),
    httpVersion: '1.1',
    headers: [['Host', host], ...sent, ...length],
    trailers: [],
    body,
  }
}

/** How many bytes are drawn at once: asking the system for each id costs more than signing the event. */
const POOL_BYTES = 16_384

/** The same bytes, drawn in larger portions; each is given out once. */
export function pooledRandom(random: Random): Random {
  let pool: Uint8Array = new Uint8Array()
  let used = 0
  return (size) => {
    if (size > POOL_BYTES) return random(size)
    if (used + size > pool.byteLength) {
      pool = random(POOL_BYTES)
      used = 0
    }
    used += size
    return pool.subarray(used - size, used)
  }
}

/** Bytes that are the same for the same seed: for events that can be made again, never for secrets. */
export function seededRandom(seed: string): Random {
  let block = 0
  return (size) => {
    const bytes = Buffer.alloc(size)
    for (let at = 0; at < size; at += 32) {
      createHash('sha256').update(`${block++}:${seed}`).digest().copy(bytes, at)
    }
    return bytes
  }
}
