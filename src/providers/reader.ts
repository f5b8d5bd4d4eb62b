import type { CapturedRequest } from '../core/request.ts'
import { queryOf } from '../core/request.ts'
import type { FieldPairs } from './fields.ts'
import { parseFields, utf8Of } from './fields.ts'
import type { Condition, Source } from './types.ts'

/** What the providers look at: a captured request, or one that is about to be sent. */
export type ProviderRequest = Pick<CapturedRequest, 'method' | 'target' | 'headers' | 'body'>

interface ReaderOptions {
  /** Bodies above this many bytes are not parsed as JSON. */
  readonly maxJsonBytes?: number
}

/** Reads sources from one request. Its body and query are parsed at most once, when first asked for. */
export class RequestReader {
  readonly request: ProviderRequest
  readonly #maxJsonBytes: number
  #json: { readonly value: unknown } | undefined
  #form: FieldPairs | undefined
  #query: FieldPairs | undefined

  constructor(request: ProviderRequest, options: ReaderOptions = {}) {
    this.request = request
    this.#maxJsonBytes = options.maxJsonBytes ?? Number.POSITIVE_INFINITY
  }

  /** Every value of a header, in the order sent; the name in lower case. */
  headerValues(name: string): readonly string[] {
    // No index: a request is asked for a few names, and most differ in length already.
    const values: string[] = []
    for (const [candidate, value] of this.request.headers) if (isNamed(candidate, name)) values.push(value)
    return values
  }

  /** The first value of a header. */
  header(name: string): string | undefined {
    for (const [candidate, value] of this.request.headers) if (isNamed(candidate, name)) return value
    return undefined
  }

  /** Values of the headers whose name is `prefix` and a number, in the order sent. */
  numberedHeaders(prefix: string): string[] {
    return this.request.headers
      .filter(([name]) => {
        const lower = name.toLowerCase()
        return lower.startsWith(prefix) && /^\d{1,4}$/.test(lower.slice(prefix.length))
      })
      .map(([, value]) => value)
  }

  /** The body as JSON, or undefined where it is none. */
  json(): unknown {
    this.#json ??= { value: parseJson(this.request.body, this.#maxJsonBytes) }
    return this.#json.value
  }

  form(): FieldPairs {
    const { body } = this.request
    this.#form ??= looksLikeJson(body) ? [] : parseFields(bufferOf(body).toString('latin1'))
    return this.#form
  }

  query(): FieldPairs {
    this.#query ??= parseFields(queryOf(this.request.target) ?? '')
    return this.#query
  }

  /** The text at a source: the first value where there are several; undefined where it is absent or no scalar. */
  text(source: Source): string | undefined {
    const parsed = parseSource(source)
    switch (parsed.kind) {
      case 'header':
        return this.header(parsed.name)
      case 'json':
        return scalarText(pick(this.json(), parsed.path)[0])
      case 'form':
        return textOfField(this.form(), parsed.name)
      case 'query':
        return textOfField(this.query(), parsed.name)
      case 'xml':
        return xmlElement(textOfField(this.form(), parsed.field) ?? '', parsed.element)
      default:
        return firstKey(this.json(), parsed.except)
    }
  }

  /** The same as the bytes that were sent (header, form, query) or that the text has in UTF-8 (JSON). */
  bytes(source: Source): Buffer | undefined {
    const parsed = parseSource(source)
    if (parsed.kind === 'header') return latin1(this.header(parsed.name))
    if (parsed.kind === 'form') return latin1(fieldOf(this.form(), parsed.name))
    if (parsed.kind === 'query') return latin1(fieldOf(this.query(), parsed.name))
    const text = this.text(source)
    return text === undefined ? undefined : Buffer.from(text, 'utf8')
  }

  /** True where a source exists, whatever it holds. */
  exists(source: Source): boolean {
    const parsed = parseSource(source)
    if (parsed.kind === 'json') return pick(this.json(), parsed.path).some((value) => value !== undefined)
    return this.text(source) !== undefined
  }

  /** Whether all of a condition holds. */
  matches(where: Condition): boolean {
    return conditionsOf(where).every(({ source, wanted }) => {
      if (wanted === null) return !this.exists(source)
      if (wanted === true) return this.exists(source)
      return this.text(source) === wanted
    })
  }
}

interface ParsedCondition {
  readonly source: Source
  readonly wanted: string | true | null
}

const parsedConditions = new WeakMap<Condition, readonly ParsedCondition[]>()

function conditionsOf(where: Condition): readonly ParsedCondition[] {
  let parsed = parsedConditions.get(where)
  if (parsed === undefined) {
    parsed = Object.entries(where).flatMap(([source, wanted]) => {
      if (!isSource(source) || wanted === undefined) return []
      return [{ source, wanted: typeof wanted === 'number' ? String(wanted) : wanted }]
    })
    parsedConditions.set(where, parsed)
  }
  return parsed
}

/** Whether the body is said to be a URL-encoded form. */
export function isFormRequest(reader: RequestReader): boolean {
  const type = reader.header('content-type')
  return type !== undefined && /^\s*application\/x-www-form-urlencoded\b/i.test(type)
}

export function isSource(text: string): text is Source {
  return /^(?:header|json|form|query|key|xml):./.test(text)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

export type ParsedSource =
  | { readonly kind: 'header' | 'form' | 'query'; readonly name: string }
  | { readonly kind: 'json'; readonly path: readonly string[] }
  | { readonly kind: 'key'; readonly except: ReadonlySet<string> }
  | { readonly kind: 'xml'; readonly field: string; readonly element: string }

// Sources come from the table and from the user's own definitions, never from a request: the map stays small.
const parsedSources = new Map<Source, ParsedSource>()

export function parseSource(source: Source): ParsedSource {
  let parsed = parsedSources.get(source)
  if (parsed === undefined) {
    parsed = parseFresh(source)
    parsedSources.set(source, parsed)
  }
  return parsed
}

function parseFresh(source: Source): ParsedSource {
  const colon = source.indexOf(':')
  const rest = source.slice(colon + 1)
  switch (source.slice(0, colon)) {
    case 'header':
      return { kind: 'header', name: rest.toLowerCase() }
    case 'form':
      return { kind: 'form', name: rest }
    case 'query':
      return { kind: 'query', name: rest }
    case 'key':
      return { kind: 'key', except: new Set(rest.split(',')) }
    case 'xml': {
      const slash = rest.indexOf('/')
      return { kind: 'xml', field: rest.slice(0, slash), element: rest.slice(slash + 1) }
    }
    default:
      return { kind: 'json', path: rest.split('.') }
  }
}

/** The values at a path; `*` branches over an array. Only own properties count: `__proto__` is a key like any other. */
export function pick(value: unknown, path: readonly string[]): unknown[] {
  let current: unknown = value
  for (const [index, step] of path.entries()) {
    if (step === '*') {
      const rest = path.slice(index + 1)
      return Array.isArray(current) ? current.flatMap((item: unknown) => pick(item, rest)) : [undefined]
    }
    current = childOf(current, step)
  }
  return [current]
}

function childOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** Text of a JSON scalar. A number beyond 2^53 has lost digits in parsing and is no value to rely on. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'number' || Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined
  return String(value)
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isNamed(candidate: string, lowerName: string): boolean {
  return (
    candidate.length === lowerName.length &&
    (candidate === lowerName || candidate.toLowerCase() === lowerName)
  )
}

function parseJson(body: Uint8Array, maxBytes: number): unknown {
  if (body.byteLength > maxBytes || !looksLikeJson(body)) return undefined
  try {
    return JSON.parse(bufferOf(body).toString('utf8'))
  } catch {
    return undefined
  }
}

/** Spares the parser what is no object and no array: an exception costs more than a glance. */
function looksLikeJson(body: Uint8Array): boolean {
  for (const byte of body) {
    if (byte === 0x7b || byte === 0x5b) return true
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false
  }
  return false
}

function firstKey(value: unknown, except: ReadonlySet<string>): string | undefined {
  if (!isRecord(value) || Array.isArray(value)) return undefined
  return Object.keys(value).find((key) => !except.has(key))
}

/** The text of the first element of that name; no entities, no attributes: names of events have none. */
function xmlElement(base64: string, element: string): string | undefined {
  const xml = Buffer.from(base64, 'base64').toString('utf8')
  const start = xml.indexOf(`<${element}>`)
  const end = xml.indexOf(`</${element}>`, start)
  return start === -1 || end === -1 ? undefined : xml.slice(start + element.length + 2, end)
}

function fieldOf(pairs: FieldPairs, name: string): string | undefined {
  return pairs.find(([candidate]) => candidate === name)?.[1]
}

function textOfField(pairs: FieldPairs, name: string): string | undefined {
  const value = fieldOf(pairs, name)
  return value === undefined ? undefined : utf8Of(value)
}

function latin1(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1')
}
