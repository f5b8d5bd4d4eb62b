import type { ProviderId } from '../../core/verdict.ts'
import { verify } from '../engine/verify.ts'
import type { Provider, Scheme } from '../types.ts'
import type { Attempt, Subject } from './subject.ts'
import { carriedSchemes, isShared, isSigned, withScheme } from './subject.ts'

/** Another scheme of the same provider, whatever the request says of its version. */
export function* otherScheme({ provider, schemes }: Subject): Generator<Attempt> {
  if (provider.schemes.length === 1 && provider.schemes[0]?.when === undefined) return
  for (const scheme of provider.schemes) {
    const { when: _when, ...always } = scheme
    const isFirst = scheme === schemes[0] && scheme.when === undefined
    if (isFirst) continue
    yield {
      cause: { code: 'other-scheme', data: { scheme: scheme.name } },
      provider: withScheme(provider, always),
    }
  }
}

/** Another provider whose signature the request carries: of a family that shares the header, or simply another one. */
export function* otherProvider(subject: Subject): Generator<Attempt> {
  for (const provider of subject.providers) {
    if (provider.id === subject.provider.id) continue
    if (carriedSchemes(subject.glance, provider, subject.context).length === 0) continue
    yield { cause: { code: 'other-provider', data: { providers: [provider.id] } }, provider }
  }
}

const MAX_NAMED = 5

/** Everybody who signs exactly so: GitHub's way is also Meta's, Bitbucket's also Jira's. */
export function providersThatVerify(subject: Subject, first: ProviderId): ProviderId[] {
  const secrets = subject.secrets.map(({ value }) => value)
  const named: ProviderId[] = [first]
  for (const provider of subject.providers) {
    if (named.length === MAX_NAMED) break
    if (provider.id === first || provider.id === subject.provider.id) continue
    if (carriedSchemes(subject.glance, provider, subject.context).length === 0) continue
    const { status } = verify(subject.request, provider, secrets, subject.context)
    if (status === 'valid' || status === 'stale') named.push(provider.id)
  }
  return named
}

/** What others sign, where this provider has its signature: for senders that changed their scheme. */
export function* signedContent(subject: Subject): Generator<Attempt> {
  const stamps = timestampHeaders(subject)
  const ids = idHeaders(subject)
  for (const scheme of subject.schemes.filter(isShared)) {
    for (const [content, like] of contentsOfOthers(subject.providers)) {
      if (content === scheme.content) continue
      const times: readonly (readonly [string, string] | undefined)[] =
        content.includes('{t}') && !hasTime(scheme, subject) ? stamps : [undefined]
      const names: readonly (readonly [string, string] | undefined)[] =
        content.includes('{id}') && scheme.id === undefined ? ids : [undefined]
      for (const time of times) {
        for (const id of names) {
          yield {
            cause: { code: 'signed-content', data: { content, like } },
            provider: withScheme(subject.provider, rewritten(scheme, content, time, id)),
            request: withValues(subject, time, id),
          }
        }
      }
    }
  }
}

// Fixed names, since the reader remembers every source it has parsed.
const TIME_HEADER = 'x-explain-timestamp'
const ID_HEADER = 'x-explain-id'

type Pair = readonly [name: string, value: string]

function rewritten(scheme: Scheme, content: string, time: Pair | undefined, id: Pair | undefined): Scheme {
  return {
    ...scheme,
    content,
    ...(time === undefined ? {} : { timestamp: { from: `header:${TIME_HEADER}`, unit: unitOf(time[1]) } }),
    ...(id === undefined ? {} : { id: `header:${ID_HEADER}` }),
  }
}

function withValues({ request }: Subject, time: Pair | undefined, id: Pair | undefined): Subject['request'] {
  const added: Pair[] = []
  if (time !== undefined) added.push([TIME_HEADER, time[1]])
  if (id !== undefined) added.push([ID_HEADER, id[1]])
  return added.length === 0 ? request : { ...request, headers: [...request.headers, ...added] }
}

function unitOf(text: string): 's' | 'ms' | 'iso' {
  if (!/^\d+$/.test(text)) return 'iso'
  return text.length > 11 ? 'ms' : 's'
}

function hasTime({ timestamp }: Scheme, { reader }: Subject): boolean {
  if (timestamp === undefined) return false
  return timestamp.from === 'signature' || reader.exists(timestamp.from)
}

const MAX_HEADERS = 4

/** Headers that hold a moment. */
export function timestampHeaders({ request }: Pick<Subject, 'request'>): Pair[] {
  return request.headers
    .filter(([, value]) => /^\d{9,16}$|^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-][\d:]{4,5})$/.test(value))
    .slice(0, MAX_HEADERS)
}

function idHeaders({ request }: Subject): Pair[] {
  return request.headers
    .filter(([name, value]) => /(?:^|[-_])id$/i.test(name) && value !== '')
    .slice(0, MAX_HEADERS)
}

/** Every text of the table that is made of body, time, id, URL, method and secret, with those who sign it. */
function contentsOfOthers(providers: readonly Provider[]): ReadonlyMap<string, readonly ProviderId[]> {
  const contents = new Map<string, ProviderId[]>()
  for (const { id, schemes } of providers) {
    for (const { content } of schemes.filter(isSigned)) {
      if (typeof content !== 'string' || !content.includes('{body}')) continue
      if (/\{(?:option|json|form|header|query|crc32)/.test(content)) continue
      const like = contents.get(content)
      if (like === undefined) contents.set(content, [id])
      else if (like.length < MAX_NAMED && !like.includes(id)) like.push(id)
    }
  }
  return contents
}
