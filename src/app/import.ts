import { asBuffer } from '../core/content/charset.ts'
import { isCurl, requestFromCurl } from '../core/content/curl-read.ts'
import { isWebhookSite, requestFromHar, requestFromWebhookSite } from '../core/content/foreign-read.ts'
import { requestFromGosmee } from '../core/content/gosmee.ts'
import { requestFromHttp } from '../core/content/http-read.ts'
import { parseBounded } from '../core/content/json-bounds.ts'
import type { RequestFromJson } from '../core/content/jsonv1-read.ts'
import { requestFromJson } from '../core/content/jsonv1-read.ts'
import type { ShellCommand, ShellFault } from '../core/content/shell-read.ts'
import { shellEntries } from '../core/content/shell-read.ts'
import type { NewRequest } from '../core/request.ts'

export const IMPORT_FORMATS = ['auto', 'ndjson', 'json', 'har', 'webhook-site', 'curl', 'http'] as const

export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** A request that was read, or why it cannot be; `place` is where in its file, for people. */
export type ImportEntry =
  | { readonly place: string; readonly request: NewRequest }
  | { readonly place: string; readonly problem: string }

export interface ImportContext {
  /** Epoch milliseconds, for formats that do not tell when. */
  readonly now: number
  /** The largest body that is taken, in bytes. */
  readonly maxBodyBytes: number
  /** Reads files that curl commands name; absent: none is. */
  readonly readFile?: (path: string) => Uint8Array | undefined
}

/**
 * The requests of a file, one at a time: a file of lines is never held as objects. All of it is a stranger's: what
 * could not have come over the wire is a problem, and nothing is run, sent or looked up.
 */
export function* readImport(
  bytes: Uint8Array,
  format: ImportFormat,
  context: ImportContext,
): Generator<ImportEntry> {
  for (const entry of entriesOf(bytes, format === 'auto' ? formatOf(bytes) : format, context))
    yield withinLimit(entry, context)
}

/** The request of a pair of files in gosmee's save directory; `name` is that of both, without an ending. */
export function readGosmee(
  pair: { readonly name: string; readonly script: Uint8Array; readonly body: Uint8Array },
  context: ImportContext,
): ImportEntry[] {
  const read = requestFromGosmee(pair.script, pair.body, pair.name, context.now)
  if (!read.ok) return [{ place: '', problem: read.problem }]
  return read.requests.map((request) => withinLimit(checked('', request), context))
}

function withinLimit(entry: ImportEntry, { maxBodyBytes }: ImportContext): ImportEntry {
  if (!('request' in entry) || entry.request.body.byteLength <= maxBodyBytes) return entry
  return { place: entry.place, problem: `its body is over ${maxBodyBytes} bytes (--max-body)` }
}

/** Told by how a file begins. */
function formatOf(bytes: Uint8Array): ImportFormat {
  const start = asBuffer(bytes.subarray(0, 4096))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (/^[{[]/.test(start)) return 'json'
  return HTTP_START.test(start) && !/^\S*curl /i.test(start) ? 'http' : 'curl'
}

/** A request line; without its version only one that nobody takes for prose: `# webhook-cli` was a method and a target. */
const HTTP_START = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP\/\d\.\d|[A-Z]+ (?:\/|https?:\/\/)\S*)(?:\r?\n|$)/
/** Where a shell would look for a command; people copy a prompt along. */
const CURL_START = /(?:^|[\n;&|({`])[ \t]*(?:\$ )?(?:[\w.~/-]*\/)?curl(?:\.exe)?[ \t\\]/i

function entriesOf(bytes: Uint8Array, format: ImportFormat, context: ImportContext): Iterable<ImportEntry> {
  if (format === 'curl') return curlEntries(bytes, context)
  if (format === 'http') return [httpEntry(bytes, context)]
  return jsonEntries(bytes, format)
}

function httpEntry(bytes: Uint8Array, { now }: ImportContext): ImportEntry {
  const read = requestFromHttp(bytes, now)
  return read.ok
    ? { place: '', request: read.request }
    : { place: `line ${read.line}`, problem: `expected ${read.expected}` }
}

/** So many lines are wrong only of what is something else. */
const MAX_PROBLEMS = 100_000

function* curlEntries(bytes: Uint8Array, context: ImportContext): Generator<ImportEntry> {
  if (!CURL_START.test(asBuffer(bytes).toString('latin1'))) {
    if (!isBlank(asBuffer(bytes), 0))
      yield { place: '', problem: `it holds no request; ${beginningOf(bytes)}` }
    return
  }
  let problems = 0
  for (const command of shellEntries(bytes)) {
    for (const entry of commandEntries(command, context)) {
      yield entry
      if ('problem' in entry) problems += 1
    }
    if (problems < MAX_PROBLEMS) continue
    return yield { place: `line ${command.line}`, problem: 'the rest is not read: it is no list of commands' }
  }
}

function* commandEntries(
  command: ShellCommand | ShellFault,
  { now, readFile }: ImportContext,
): Generator<ImportEntry> {
  const place = `line ${command.line}`
  if ('problem' in command) return yield { place, problem: command.problem }
  // Where people copy a line from a page, its prompt comes along.
  const bare = command.words[0] === '$' ? { ...command, words: command.words.slice(1) } : command
  if (!isCurl(bare)) return yield { place, problem: 'it is no curl command' }
  const read = requestFromCurl(bare, { receivedAt: now, ...(readFile !== undefined && { readFile }) })
  if (!read.ok) return yield { place, problem: read.problem }
  for (const request of read.requests) yield checked(place, request)
}

const LINE_START = /^.{0,40}/u

/** What was seen in the place of a request. */
function beginningOf(bytes: Uint8Array): string {
  const text = asBuffer(bytes.subarray(0, 4096)).toString('utf8')
  // oxlint-disable-next-line no-control-regex -- NUL and its kin are what tells bytes from a text
  if (/[\0-\x08\x0e-\x1a]/.test(text)) return 'it is no text'
  const [line = ''] = text.trimStart().split(/\r?\n/, 1)
  const [shown = ''] = LINE_START.exec(line) ?? []
  return `it begins with "${shown}${shown.length < line.length ? '…' : ''}"`
}

/** Words of a command may hold anything; what is no request is found by those who read them from JSON. */
function checked(place: string, request: NewRequest): ImportEntry {
  const { receivedAt, body } = request
  const read = requestFromJson({
    ...request,
    v: 1,
    type: 'request',
    receivedAt: new Date(receivedAt).toISOString(),
    body: { size: body.byteLength, encoding: 'base64', data: asBuffer(body).toString('base64') },
  })
  return entryOf(place, read)
}

function entryOf(place: string, read: RequestFromJson): ImportEntry {
  if (read.ok) return { place, request: read.request }
  return { place, problem: `${read.path === '' ? '' : `${read.path}: `}expected ${read.expected}` }
}

/** One value, or one a line. */
function* jsonEntries(bytes: Uint8Array, format: ImportFormat): Generator<ImportEntry> {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const text = asBuffer(bytes.subarray(start))
  const firstEnd = text.indexOf('\n')
  const first = firstEnd === -1 ? undefined : parseBounded(text.subarray(0, firstEnd))
  const isLines = format === 'ndjson' || (first !== undefined && 'value' in first && !isBlank(text, firstEnd))
  if (isLines) return yield* lineEntries(text, format)
  const whole = first !== undefined && 'value' in first ? first : parseBounded(text)
  if ('problem' in whole) yield { place: '', problem: whole.problem }
  else yield* valueEntries(whole.value, '', format)
}

function* lineEntries(text: Buffer, format: ImportFormat): Generator<ImportEntry> {
  let number = 0
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\n', at)
    const end = found === -1 ? text.length : found
    number += 1
    const line = text.subarray(at, end)
    at = end + 1
    if (isBlank(line, 0)) continue
    const place = `line ${number}`
    const parsed = parseBounded(line)
    if ('problem' in parsed) yield { place, problem: parsed.problem }
    // `listen --json` also tells of other things than requests.
    else if (typeOf(parsed.value) === undefined || typeOf(parsed.value) === 'request')
      yield* valueEntries(parsed.value, place, format)
  }
}

/** A request in any of the forms we read, a list of them, or an archive. */
function* valueEntries(value: unknown, place: string, format: ImportFormat): Generator<ImportEntry> {
  const list = listIn(value)
  if (list === undefined) return yield entryOf(place, readValue(value, format))
  for (const [index, item] of list.entries()) {
    const where = `entry ${index + 1}`
    yield entryOf(place === '' ? where : `${place}, ${where}`, readValue(item, format))
  }
}

/** The requests of a HAR, of a page of webhook.site's, or of a list. */
function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  const entries = fieldOf(fieldOf(value, 'log'), 'entries')
  if (Array.isArray(entries)) return entries
  const data = fieldOf(value, 'data')
  return Array.isArray(data) && typeOf(value) === undefined ? data : undefined
}

function readValue(value: unknown, format: ImportFormat): RequestFromJson {
  if (format === 'har' || typeof fieldOf(value, 'startedDateTime') === 'string') return requestFromHar(value)
  if (format === 'webhook-site' || isWebhookSite(value)) return requestFromWebhookSite(value)
  if (fieldOf(value, 'v') !== undefined) return requestFromJson(value)
  return { ok: false, path: '', expected: 'a request in our JSON, or an entry of a HAR or of webhook.site' }
}

function typeOf(value: unknown): string | undefined {
  const type = fieldOf(value, 'type')
  return typeof type === 'string' && fieldOf(value, 'v') === 1 ? type : undefined
}

/** Its own field, never one of a prototype. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Object.getOwnPropertyDescriptor(value, name)?.value
}

function isBlank(text: Buffer, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const byte = text[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false
  }
  return true
}
