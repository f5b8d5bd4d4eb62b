import { endToEndHeaders, headerValue } from '../headers.ts'
import type { CapturedRequest, RawHeaders } from '../request.ts'
import { asBuffer, validUtf8 } from './charset.ts'
import { printfFormat, quotableText, shellWord } from './shell.ts'

type Copied = Pick<CapturedRequest, 'method' | 'target' | 'httpVersion' | 'headers' | 'body'>

/** What a URL can carry as it is; curl and HTTPie rewrite or refuse the rest. */
const PLAIN_TARGET = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/
/**
 * HTTPie 3.2 drops an empty query, escapes a `%` that is no escape, writes the others in upper case, and takes those
 * away of what needs none.
 */
const HTTPIE_REWRITES = /\?$|%(?![0-9A-F]{2})|%(?:2D|2E|5F|7E|3\d|[46][1-9A-F]|[57][0-9A])/
/** Above this size curl first asks whether it may send, with `Expect: 100-continue`. */
const EXPECT_THRESHOLD = 1_048_576

/**
 * A command for a POSIX shell that sends a request again with curl: method, request-target, end-to-end headers in
 * order and body are the same, byte for byte. Host and framing are curl's own.
 *
 * @param origin where to, without a path: `http://localhost:3000`
 */
export function toCurl(request: Copied, origin: string): string {
  const { method, target, httpVersion } = request
  const headers = sentHeaders(request.headers)
  const body = copiedBody(request)
  const inUrl = PLAIN_TARGET.test(target)
  const version = httpVersion === '1.0' ? ['--http1.0'] : origin.startsWith('https:') ? ['--http1.1'] : []
  return command(body, [
    ['curl', '--path-as-is', ...version, ...curlMethod(method, body !== undefined)].join(' '),
    ...(inUrl ? [] : [`--request-target ${word(target)}`]),
    ...headers.map(([name, value]) => `-H ${word(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...defaultsOf(headers, ['User-Agent', 'Accept', ...(body ? ['Content-Type'] : [])]).map(
      (name) => `-H ${name}:`,
    ),
    ...(request.body.byteLength > EXPECT_THRESHOLD ? ['-H Expect:'] : []),
    // Not --data-binary: it would take a body that begins with @ for the name of a file.
    ...(body === undefined ? [] : body.kind === 'word' ? [`--data-raw ${body.word}`] : ['--data-binary @-']),
    word(`${origin}${inUrl ? target : '/'}`),
  ])
}

function curlMethod(method: string, hasBody: boolean): string[] {
  // With -X HEAD curl waits for the body that the answer's Content-Length seems to announce.
  if (method === 'HEAD') return hasBody ? ['-X HEAD', '--ignore-content-length'] : ['--head']
  return method === (hasBody ? 'POST' : 'GET') ? [] : [`-X ${word(method)}`]
}

/**
 * The same with HTTPie 3, as near as it comes: HTTPie sends headers in an order of its own, with a User-Agent and an
 * Accept-Encoding where there was none. What else it cannot say is told in a comment above the command.
 */
export function toHttpie(request: Copied, origin: string): string {
  const { method, target } = request
  const headers = sentHeaders(request.headers)
  const body = copiedBody(request)
  const inUrl = PLAIN_TARGET.test(target)
  const flaws = [
    ...(/^[A-Z]+$/.test(method) ? [] : ['this method']),
    ...(inUrl && !HTTPIE_REWRITES.test(target) ? [] : ['this request-target']),
    ...headers
      .filter(([name, value]) => name.startsWith('-') || !isSayable(value))
      .map(([name]) => `this ${name}`),
  ]
  const said = command(body, [
    ['http', '--path-as-is', ...(body?.kind === 'stdin' ? [] : ['--ignore-stdin']), word(method)].join(' '),
    word(`${origin}${target}`),
    // The space keeps a value that begins with = or @ from being taken for JSON or a file.
    ...headers.map(([name, value]) => utf8Word(value === '' ? `${name};` : `${name}: ${value}`)),
    ...defaultsOf(headers, ['Accept', ...(body ? ['Content-Type'] : [])]).map((name) => `${name}:`),
    ...(body?.kind === 'word' && body.word !== `''` ? [`--raw=${body.word}`] : []),
  ])
  return [...flaws.map((flaw) => `# not exact: HTTPie cannot send ${flaw} as it is`), said].join('\n')
}

/** HTTPie sends UTF-8 only, and takes a backslash before one of its separators away. */
function isSayable(latin1: string): boolean {
  return validUtf8(Buffer.from(latin1, 'latin1')) !== undefined && !/\\[:;=@]/.test(latin1)
}

/** HTTPie dies of an argument that is not UTF-8: the same characters, in other bytes, are better than that. */
function utf8Word(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1')
  return shellWord(validUtf8(bytes) === undefined ? Buffer.from(latin1) : bytes)
}

/** Host and Content-Length are the business of whoever sends. */
function sentHeaders(headers: RawHeaders): RawHeaders {
  return endToEndHeaders(headers).filter(([name]) => !/^(?:host|content-length)$/i.test(name))
}

/** Headers that the tool would add by itself, to be taken away. */
function defaultsOf(headers: RawHeaders, names: readonly string[]): string[] {
  return names.filter((name) => headerValue(headers, name) === undefined)
}

/** Header values are latin1, as they were on the wire; everything else of a head is ASCII. */
function word(latin1: string): string {
  return shellWord(Buffer.from(latin1, 'latin1'))
}

/** A body as an argument, or as a command that prints it and the lines which that command reads. */
type CopiedBody =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'stdin'; readonly print: string; readonly lines: readonly string[] }

/** A single argument may be 128 KiB on Linux, and nobody reads this much of one. */
const MAX_ARGUMENT = 65_536

function copiedBody({ method, headers, body }: Copied): CopiedBody | undefined {
  if (body.byteLength === 0) {
    // Some refuse a POST without a length: where a length of 0 was sent, it is sent again.
    const length = headerValue(headers, 'content-length')
    return length === undefined || method === 'HEAD' ? undefined : { kind: 'word', word: `''` }
  }
  if (body.byteLength <= MAX_ARGUMENT) {
    if (quotableText(body) !== undefined) return { kind: 'word', word: shellWord(body) }
    if (validUtf8(body)?.includes('\0') === false) {
      return { kind: 'stdin', print: `printf '${printfFormat(body)}'`, lines: [] }
    }
  }
  const base64 =
    asBuffer(body)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  return { kind: 'stdin', print: `base64 -d <<'EOF'`, lines: [...base64, 'EOF'] }
}

function command(body: CopiedBody | undefined, parts: readonly string[]): string {
  const main = parts.join(' \\\n  ')
  return body?.kind === 'stdin' ? [`${body.print} | ${main}`, ...body.lines].join('\n') : main
}
