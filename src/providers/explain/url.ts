import { queryOf } from '../../core/request.ts'
import { signedUrls, targetOf } from '../engine/url.ts'
import type { Attempt, Subject } from './subject.ts'
import { shown, signsUrl } from './subject.ts'
import type { UrlChange } from './types.ts'

interface Parts {
  readonly scheme: string
  readonly host: string
  /** With its colon, or empty. */
  readonly port: string
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
}

/** A value for one part, and what it is for a change; none where it is the value seen. */
interface Option {
  readonly value: string
  readonly change?: UrlChange
}

const MAX_URLS = 160

/** The URL as the sender may have known it: through proxies and tunnels each of its parts may have changed. */
export function* urlVariants(subject: Subject): Generator<Attempt> {
  if (!subject.schemes.some(signsUrl)) return
  const { reader, context } = subject
  const seen = new Set<string>()
  for (const base of signedUrls(reader, context.publicUrl).slice(0, 2)) {
    const parts = partsOf(base)
    if (parts === undefined) continue
    for (const { url, changes } of combinations(parts, subject)) {
      if (seen.size >= MAX_URLS) return
      if (changes.length === 0 || seen.has(url)) continue
      seen.add(url)
      yield { cause: { code: 'url', data: { url: withoutQuery(url, subject), changes } }, publicUrl: url }
    }
  }
}

/** A query may hold tokens of others. */
function withoutQuery(url: string, subject: Subject): string {
  const question = url.indexOf('?')
  return question === -1 ? shown(url, subject) : `${shown(url.slice(0, question), subject)}?…`
}

function partsOf(url: string): Parts | undefined {
  const match = /^(https?):\/\/([^/?#:@\s]+|\[[0-9a-f:.]+\])(:\d{1,5})?([^?#\s]*)(\?[^#\s]*)?$/i.exec(url)
  if (match === null) return undefined
  const [, scheme = '', host = '', port = '', path = '', query = ''] = match
  return { scheme: scheme.toLowerCase(), host, port, path, query }
}

/** Every combination of the parts' options, those with fewer changes first. */
function combinations(
  parts: Parts,
  subject: Subject,
): readonly { readonly url: string; readonly changes: readonly UrlChange[] }[] {
  let found: { readonly url: string; readonly changes: readonly UrlChange[] }[] = [{ url: '', changes: [] }]
  const columns: readonly (readonly Option[])[] = [
    [
      { value: `${parts.scheme}://` },
      { value: parts.scheme === 'https' ? 'http://' : 'https://', change: 'scheme' },
    ],
    hosts(parts, subject),
    ports(parts, subject),
    paths(parts, subject),
    queries(parts, subject),
  ]
  for (const column of columns) {
    found = found.flatMap(({ url, changes }) =>
      column.map(({ value, change }) => ({
        url: url + value,
        changes: change === undefined ? changes : [...changes, change],
      })),
    )
  }
  return found.toSorted((a, b) => a.changes.length - b.changes.length)
}

function hosts({ host }: Parts, subject: Subject): Option[] {
  const { context } = subject
  const names = [
    firstOf(subject, 'x-forwarded-host'),
    forwardedHost(subject),
    firstOf(subject, 'x-original-host'),
    firstOf(subject, 'host'),
    context.publicUrl === undefined ? undefined : partsOf(context.publicUrl)?.host,
    host.toLowerCase(),
  ]
  const found = names.map((name) => (name === undefined ? undefined : partsOf(`http://${name}`)?.host))
  return [{ value: host }, ...options(found, host, 'host')].slice(0, 4)
}

function ports({ port, scheme }: Parts, subject: Subject): Option[] {
  const own = scheme === 'https' ? ':443' : ':80'
  const forwardedPort = firstOf(subject, 'x-forwarded-port')
  const hostPort = partsOf(`http://${firstOf(subject, 'host') ?? ''}`)?.port
  const others = [own, forwardedPort === undefined ? undefined : `:${forwardedPort}`, hostPort]
  const found = others.filter((other) => other !== undefined && /^:\d{1,5}$/.test(other))
  const change: UrlChange = port === '' ? 'port-added' : 'port-changed'
  const removed: Option[] = port === '' ? [] : [{ value: '', change: 'port-removed' }]
  return [{ value: port }, ...removed, ...options(found, port, change)]
}

function paths({ path }: Parts, subject: Subject): Option[] {
  const slash: Option = path.endsWith('/')
    ? { value: path.slice(0, -1), change: 'slash-removed' }
    : { value: `${path}/`, change: 'slash-added' }
  const prefixes = ['x-forwarded-prefix', 'x-script-name'].map((name) => firstOf(subject, name))
  const added = prefixes.map((prefix) =>
    prefix?.startsWith('/') === true ? prefix.replace(/\/+$/, '') + path : undefined,
  )
  const stripped = /^\/[^/]+(\/.*)$/.exec(path)?.[1]
  return [
    { value: path },
    slash,
    ...options(added, path, 'prefix-added'),
    ...options([stripped], path, 'prefix-removed'),
    ...options(
      originals(subject).map((target) => target.replace(/\?.*$/s, '')),
      path,
      'path-rewritten',
    ),
  ]
}

function queries({ query }: Parts, subject: Subject): Option[] {
  const dropped: Option[] = query === '' ? [] : [{ value: '', change: 'query-dropped' }]
  const found = [subject.request.target, ...originals(subject)].map((target) => {
    const own = queryOf(target)
    return own === undefined ? undefined : `?${own}`
  })
  return [{ value: query }, ...dropped, ...options(found, query, 'query-changed')]
}

/** What proxies say was asked for before they rewrote it. */
function originals(subject: Subject): string[] {
  return ['x-original-uri', 'x-original-url', 'x-forwarded-uri', 'x-rewrite-url']
    .map((name) => firstOf(subject, name))
    .filter((value) => value !== undefined && /^(?:\/|https?:\/\/)\S*$/.test(value))
    .map((value) => targetOf(value ?? ''))
}

function options(values: readonly (string | undefined)[], own: string, change: UrlChange): Option[] {
  const others = new Set(values.filter((value) => value !== undefined && value !== own))
  return [...others].flatMap((value) => (value === undefined ? [] : [{ value, change }]))
}

function firstOf({ reader }: Subject, name: string): string | undefined {
  return reader.headerValues(name)[0]?.split(',')[0]?.trim()
}

/** The host of the first hop in `Forwarded` (RFC 7239). */
function forwardedHost(subject: Subject): string | undefined {
  return /(?:^|;)\s*host="?([^";]+)/i.exec(firstOf(subject, 'forwarded') ?? '')?.[1]
}
