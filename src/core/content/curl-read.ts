import type { NewRequest } from '../request.ts'
import { asBuffer } from './charset.ts'
import type { CurlOption } from './curl-options.ts'
import { curlOptions } from './curl-options.ts'
import { withoutPadding } from './padding.ts'
import type { ShellCommand } from './shell-read.ts'
import { unescapePrintf } from './shell-escapes.ts'

/** What a command says of a request, or why it cannot be told. */
export type RequestFromCurl =
  | { readonly ok: true; readonly requests: readonly NewRequest[] }
  | { readonly ok: false; readonly problem: string }

export interface CurlContext {
  /** Epoch milliseconds: a command does not tell. */
  readonly receivedAt: number
  /**
   * The bytes of a file that a command names with `@`; undefined where it cannot be read. Absent: none is read, since
   * whoever wrote the command chose which.
   */
  readonly readFile?: (path: string) => Uint8Array | undefined
}

class Unreadable extends Error {}

/** True for a simple command that runs curl. */
export function isCurl({ words }: ShellCommand): boolean {
  return /^(?:.*\/)?curl(?:\.exe)?$/i.test(words[0] ?? '')
}

/**
 * The requests that a curl command would send, one for each of its URLs, with the headers that curl adds and in its
 * order. Nothing is run or sent. What curl says of itself, its User-Agent, is not invented.
 */
export function requestFromCurl(command: ShellCommand, context: CurlContext): RequestFromCurl {
  const parsed = curlOptions(command.words.slice(1))
  if ('unknown' in parsed) return { ok: false, problem: `the option ${parsed.unknown} is not read` }
  try {
    const urls = parsed.options.filter(({ effect }) => effect === 'url')
    if (urls.length === 0) return { ok: false, problem: 'it has no URL' }
    const plan = planOf(parsed.options, command, context)
    return { ok: true, requests: urls.map(({ value }) => requestTo(value, plan, context)) }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { ok: false, problem: error.message }
  }
}

/** A header of the user's: a value, nothing in place of curl's own, or one that is empty. */
interface CustomHeader {
  readonly name: string
  readonly value: string | undefined
}

interface Plan {
  readonly method: string
  readonly httpVersion: string
  readonly body: Buffer | undefined
  /** Added to the URL's query (`-G`). */
  readonly query: string
  readonly custom: readonly CustomHeader[]
  readonly own: readonly (readonly [string, string])[]
  readonly contentType: string | undefined
  readonly target: string | undefined
  readonly keepsPath: boolean
  readonly globs: boolean
  readonly authorization: string | undefined
}

function planOf(options: readonly CurlOption[], command: ShellCommand, context: CurlContext): Plan {
  const last = (effect: CurlOption['effect']): string | undefined =>
    options.findLast((option) => option.effect === effect)?.value
  const has = (effect: CurlOption['effect']): boolean => last(effect) !== undefined
  const data = dataOf(options, command, context)
  const inQuery = has('get') && data !== undefined
  const body = inQuery ? undefined : data
  const isHead = has('head')
  const cookies = options.filter(({ effect }) => effect === 'cookie').map(({ value }) => value)
  if (cookies.some((cookie) => !cookie.includes('=')))
    throw new Unreadable('it takes its cookies from a file')
  const custom = options.filter(({ effect }) => effect === 'header').map(({ value }) => customHeader(value))
  const agent = last('agent')
  const referer = last('referer')?.replace(/;auto$/, '')
  const user = last('user')
  const bearer = last('bearer')
  return {
    method: last('method') ?? (isHead ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    httpVersion: has('http1.0') ? '1.0' : '1.1',
    body,
    query: inQuery ? data.toString('latin1') : '',
    custom: has('json') ? withJsonTypes(custom) : custom,
    own: [
      ...(agent ? [['User-Agent', agent] as const] : []),
      ['Accept', '*/*'],
      ...(has('compressed') ? [['Accept-Encoding', 'deflate, gzip'] as const] : []),
      ...(referer ? [['Referer', referer] as const] : []),
      ...(cookies.length > 0 ? [['Cookie', cookies.join(';')] as const] : []),
    ],
    contentType: body === undefined ? undefined : 'application/x-www-form-urlencoded',
    target: last('target'),
    keepsPath: has('as-is'),
    globs: !has('globoff'),
    authorization: bearer !== undefined ? `Bearer ${bearer}` : user === undefined ? undefined : basic(user),
  }
}

function basic(user: string): string {
  return `Basic ${Buffer.from(user.includes(':') ? user : `${user}:`, 'latin1').toString('base64')}`
}

/** `--json` adds these as if they had been typed last. */
function withJsonTypes(custom: readonly CustomHeader[]): readonly CustomHeader[] {
  const missing = ['Content-Type', 'Accept'].filter((name) => !custom.some((header) => isNamed(header, name)))
  return [...custom, ...missing.map((name) => ({ name, value: 'application/json' }))]
}

function isNamed(header: CustomHeader, name: string): boolean {
  return header.name.toLowerCase() === name.toLowerCase()
}

function customHeader(text: string): CustomHeader {
  if (text.startsWith('@')) throw new Unreadable('it takes its headers from a file')
  const [, name = '', mark = '', rest = ''] = /^([^:;]*)([:;]?)([^]*)$/.exec(text) ?? []
  const value = withoutPadding(rest, ' \t\r\n\v\f')
  if (mark === ';' && value === '') return { name, value: '' }
  if (mark !== ':') throw new Unreadable('a header has no colon')
  return { name, value: value === '' ? undefined : value }
}

/** The pieces of `-d` and its kin, joined as curl joins them. */
function dataOf(
  options: readonly CurlOption[],
  command: ShellCommand,
  context: CurlContext,
): Buffer | undefined {
  let data: Buffer | undefined
  for (const { effect, value } of options) {
    const piece = pieceOf(effect, value, command, context)
    if (piece === undefined) continue
    data =
      data === undefined ? piece : Buffer.concat([data, Buffer.from(effect === 'json' ? '' : '&'), piece])
  }
  return data
}

function pieceOf(
  effect: CurlOption['effect'],
  value: string,
  command: ShellCommand,
  context: CurlContext,
): Buffer | undefined {
  const text = Buffer.from(value, 'latin1')
  switch (effect) {
    case 'data-raw':
      return text
    case 'data-binary':
    case 'json':
      return value.startsWith('@') ? fileOf(value.slice(1), command, context) : text
    case 'data':
      // Of a file, curl leaves out line breaks and NUL.
      return value.startsWith('@')
        ? Buffer.from(
            fileOf(value.slice(1), command, context).filter(
              (byte) => byte !== 10 && byte !== 13 && byte !== 0,
            ),
          )
        : text
    case 'data-urlencode':
      return Buffer.from(urlEncoded(value, command, context), 'latin1')
    default:
      return undefined
  }
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`: the content is escaped, the name is not. */
function urlEncoded(value: string, command: ShellCommand, context: CurlContext): string {
  const [, name = '', mark = '', rest = ''] = /^([^=@]*)([=@]?)([^]*)$/.exec(value) ?? []
  if (mark === '') return escaped(Buffer.from(value, 'latin1'))
  const content = mark === '=' ? Buffer.from(rest, 'latin1') : fileOf(rest, command, context)
  return `${name === '' ? '' : `${name}=`}${escaped(content)}`
}

function escaped(bytes: Buffer): string {
  const hex = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
  return bytes
    .toString('latin1')
    .replaceAll(/[^A-Za-z0-9\-._~]/g, (char) => (char === ' ' ? '+' : `%${hex(char)}`))
}

function fileOf(path: string, command: ShellCommand, { readFile }: CurlContext): Buffer {
  if (path === '-') return stdinOf(command)
  if (readFile === undefined)
    throw new Unreadable('its body is in a file; --read-files reads what commands name')
  const bytes = readFile(path)
  if (bytes === undefined) throw new Unreadable('the file with its body cannot be read')
  return asBuffer(bytes)
}

/** What the command before the pipe prints, where that is known without running it. */
function stdinOf({ stdin, from }: ShellCommand): Buffer {
  if (from === undefined && stdin !== undefined) return Buffer.from(stdin, 'latin1')
  const [program, ...args] = from?.words ?? []
  const [first = '', ...others] = args
  if (program === 'printf' && others.length === 0 && !first.startsWith('-')) {
    return Buffer.from(unescapePrintf(first), 'latin1')
  }
  if (
    program === 'base64' &&
    /^(?:-d|-D|--decode)$/.test(first) &&
    others.length === 0 &&
    from?.stdin !== undefined
  ) {
    return Buffer.from(from.stdin, 'base64')
  }
  throw new Unreadable('its body comes from another command')
}

function requestTo(url: string, plan: Plan, { receivedAt }: CurlContext): NewRequest {
  const [, scheme = 'http:', user, authority = '', rest = ''] =
    /^(?:([a-z][a-z0-9+.-]*:)\/\/)?(?:([^/?#@]*)@)?([^/?#]*)([^#]*)/i.exec(url) ?? []
  if (!/^https?:$/i.test(scheme) || authority === '') throw new Unreadable('its URL is not one of http')
  if (plan.globs && /[[\]{}]/.test(rest))
    throw new Unreadable('its URL stands for several (-g takes it as it is)')
  const path = rest.startsWith('/') ? rest : `/${rest}`
  const asked = plan.query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${plan.query}`
  const body = plan.body ?? Buffer.alloc(0)
  const authorization = plan.authorization ?? (user === undefined ? undefined : basic(decoded(user)))
  return {
    source: 'imported',
    receivedAt,
    receivedMonotonic: receivedAt,
    method: plan.method,
    target: plan.target ?? (plan.keepsPath ? asked : withoutDots(asked)),
    httpVersion: plan.httpVersion,
    headers: headersOf(plan, hostOf(scheme, authority), authorization),
    trailers: [],
    body,
  }
}

/** Where curl puts each header; one of the user's takes the place of curl's own. */
function headersOf(plan: Plan, host: string, authorization: string | undefined): [string, string][] {
  const isCustom = (name: string): boolean => plan.custom.some((header) => isNamed(header, name))
  const own = (name: string, value: string | undefined): [string, string][] =>
    value === undefined || isCustom(name) ? [] : [[name, value]]
  const isHost = (header: CustomHeader): boolean => isNamed(header, 'Host')
  const toPairs = (headers: readonly CustomHeader[]): [string, string][] =>
    headers.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))
  return [
    ...toPairs(plan.custom.filter(isHost)),
    ...own('Host', host),
    ...own('Authorization', authorization),
    ...plan.own.flatMap(([name, value]) => own(name, value)),
    ...toPairs(plan.custom.filter((header) => !isHost(header))),
    ...own('Content-Length', plan.body === undefined ? undefined : String(plan.body.byteLength)),
    ...own('Content-Type', plan.contentType),
  ]
}

function hostOf(scheme: string, authority: string): string {
  return authority.replace(scheme.toLowerCase() === 'https:' ? /:443$/ : /:80$/, '')
}

function decoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** RFC 3986 §5.2.4, as curl does without `--path-as-is`. */
function withoutDots(target: string): string {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [at, segment] of segments.entries()) {
    const isLast = at === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return `/${kept.join('/')}${query === -1 ? '' : target.slice(query)}`
}
