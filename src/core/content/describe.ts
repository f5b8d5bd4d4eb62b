import type { CapturedRequest } from '../request.ts'
import { headerValue } from '../headers.ts'
import type { Charset, DecodedText } from './charset.ts'
import { cutUtf8, decodeText, invalidBytes } from './charset.ts'
import type { CodingFailure } from './coding.ts'
import { contentCodings, decodeContent } from './coding.ts'
import { checkJson, MAX_JSON_DEPTH } from './json.ts'
import type { ScanEnd } from './lines.ts'
import { positionAt } from './lines.ts'
import type { MediaType, Syntax } from './media-type.ts'
import { parseMediaType, syntaxOf } from './media-type.ts'
import { hasParts, isBoundary } from './multipart.ts'
import { checkXml, MAX_XML_DEPTH } from './xml.ts'

/** Something about a content that its reader should know. Data, not words: `ui` puts it into a sentence. */
export type ContentNote =
  /** A content-coding could not be taken off: what is shown is the coded content. */
  | { readonly code: 'not-decoded'; readonly reason: CodingFailure; readonly coding: string }
  | { readonly code: 'charset-unknown'; readonly charset: string }
  /** So many bytes are not UTF-8. */
  | { readonly code: 'not-utf8'; readonly bytes: number }
  /** It is not what its media type says, from this place on; line and column from 1. */
  | {
      readonly code: 'syntax'
      readonly syntax: 'json' | 'xml'
      readonly line: number
      readonly column: number
    }
  | { readonly code: 'too-deep'; readonly syntax: 'json' | 'xml'; readonly depth: number }
  /** It is JSON although its media type says otherwise. */
  | { readonly code: 'is-json'; readonly declared: string }
  | { readonly code: 'boundary-missing' | 'boundary-invalid' | 'boundary-not-found' }

interface Described {
  /** The media type declared, in lower case. */
  readonly mediaType?: string
  /** Content-codings that were taken off for display, in the order they were applied. */
  readonly decodedFrom: readonly string[]
  /** Bytes of the content after that. */
  readonly size: number
  /** False where only the first `maxBytes` of the content were read. */
  readonly complete: boolean
  readonly notes: readonly ContentNote[]
}

interface Textual extends Described {
  readonly text: string
  readonly charset: Charset
  /** Bytes of a byte order mark before the text. */
  readonly bom: number
}

/** A content, read as what it is. */
export type ContentView =
  | (Described & { readonly kind: 'empty' })
  /** `sequence`: any number of values, as in JSON Lines. Laid out by `jsonLines`. */
  | (Textual & { readonly kind: 'json'; readonly sequence: boolean })
  /** Read with `formFields`. */
  | (Described & { readonly kind: 'form'; readonly bytes: Uint8Array })
  /** Read with `multipartParts`. */
  | (Described & { readonly kind: 'multipart'; readonly bytes: Uint8Array; readonly boundary: string })
  /** Laid out by `xmlLines`. */
  | (Textual & { readonly kind: 'xml' })
  | (Textual & { readonly kind: 'text' })
  | (Described & { readonly kind: 'binary'; readonly bytes: Uint8Array })

export interface DescribeOptions {
  /** How many bytes of the content are looked at; of a multipart body, all. */
  readonly maxBytes?: number
  /** Content-codings on top of each other that are taken off, at most four. */
  readonly maxLayers?: number
}

/** Read in some 20 ms, cold, and more than anybody reads on a screen. */
const DEFAULT_MAX_BYTES = 524_288
/** Never more comes out of a content-coding, however much is looked at. */
const MAX_DECODED_BYTES = 1_048_576

/** Reads the content of a request for display. Never throws, whatever a stranger sends. */
export function describeContent(
  request: Pick<CapturedRequest, 'headers' | 'body'>,
  { maxBytes = DEFAULT_MAX_BYTES, maxLayers = 1 }: DescribeOptions = {},
): ContentView {
  const notes: ContentNote[] = []
  const header = headerValue(request.headers, 'content-type')
  const media = header === undefined ? undefined : parseMediaType(header)
  const codings = contentCodings(request.headers)
  const decoded = decodeContent(request.body, codings, { maxBytes: MAX_DECODED_BYTES, maxLayers })
  if (!decoded.ok) notes.push({ code: 'not-decoded', reason: decoded.code, coding: decoded.coding })
  const content = decoded.ok ? decoded.bytes : request.body
  const bytes = cutUtf8(content, maxBytes)
  const described: Described = {
    ...(media && { mediaType: media.type }),
    decodedFrom: decoded.ok ? codings : [],
    size: content.byteLength,
    complete: bytes.byteLength === content.byteLength,
    notes,
  }
  if (content.byteLength === 0) return { ...described, kind: 'empty' }
  if (media !== undefined && syntaxOf(media.type) === 'multipart') {
    const multipart = readMultipart(content, media.boundary, { described, notes })
    if (multipart !== undefined) return multipart
  }
  return read(bytes, media, { described, notes })
}

interface Reading {
  readonly described: Described
  /** The list within `described`, to which is added what is found. */
  readonly notes: ContentNote[]
}

function read(bytes: Uint8Array, media: MediaType | undefined, reading: Reading): ContentView {
  const syntax = media === undefined ? undefined : syntaxOf(media.type)
  const decoded = decodeText(bytes, media?.charset)
  const json = readJson(decoded, syntax, media, reading)
  if (json !== undefined) return json
  // curl calls whatever it sends a form unless told otherwise.
  if (syntax === 'form' && looksLikeText(decoded, true)) return { ...reading.described, kind: 'form', bytes }
  if (syntax === 'xml') {
    const end = checkXml(decoded.text, { cut: !reading.described.complete })
    if (end.ok || end.code === 'cut') return { ...textual(decoded, reading), kind: 'xml' }
    reading.notes.push(faultNote('xml', decoded.text, end))
  }
  return readPlain(bytes, decoded, syntax, reading)
}

const JSON_START = /^[ \t\r\n]*[[{]/

/**
 * JSON, declared or not: `curl -d '{…}'` calls it a form, Amazon SNS calls it text. What is not called JSON has to
 * be an object or array from end to end to be taken for it.
 */
function readJson(
  decoded: DecodedText,
  syntax: Syntax | undefined,
  media: MediaType | undefined,
  reading: Reading,
): ContentView | undefined {
  const sequence = syntax === 'json-lines'
  const declared = sequence || syntax === 'json'
  if (!declared && (syntax === 'xml' || !JSON_START.test(decoded.text))) return undefined
  const end = checkJson(decoded.text, { sequence, cut: !reading.described.complete })
  if (end.ok || end.code === 'cut') {
    if (!declared && media !== undefined) reading.notes.push({ code: 'is-json', declared: media.type })
    return { ...textual(decoded, reading), kind: 'json', sequence }
  }
  if (declared) reading.notes.push(faultNote('json', decoded.text, end))
  return undefined
}

function faultNote(syntax: 'json' | 'xml', text: string, end: Extract<ScanEnd, { ok: false }>): ContentNote {
  if (end.code === 'too-deep') {
    return { code: 'too-deep', syntax, depth: syntax === 'json' ? MAX_JSON_DEPTH : MAX_XML_DEPTH }
  }
  return { code: 'syntax', syntax, ...positionAt(text, end.offset) }
}

/** Its parts are found without decoding anything, so the whole of it is read, and sizes are right. */
function readMultipart(
  bytes: Uint8Array,
  boundary: string | undefined,
  { described, notes }: Reading,
): ContentView | undefined {
  if (boundary === undefined) notes.push({ code: 'boundary-missing' })
  else if (!isBoundary(boundary)) notes.push({ code: 'boundary-invalid' })
  else if (!hasParts(bytes, boundary)) notes.push({ code: 'boundary-not-found' })
  else return { ...described, complete: true, kind: 'multipart', bytes, boundary }
  return undefined
}

function readPlain(
  bytes: Uint8Array,
  decoded: DecodedText,
  syntax: Syntax | undefined,
  reading: Reading,
): ContentView {
  if (!looksLikeText(decoded, syntax !== undefined)) return { ...reading.described, kind: 'binary', bytes }
  return { ...textual(decoded, reading), kind: 'text' }
}

function textual(decoded: DecodedText, { described, notes }: Reading): Textual {
  const { text, charset, bom, unknown } = decoded
  if (unknown !== undefined) notes.push({ code: 'charset-unknown', charset: unknown })
  const invalid = charset === 'utf-8' ? invalidBytes(text) : 0
  if (invalid > 0) notes.push({ code: 'not-utf8', bytes: invalid })
  return { ...described, text, charset, bom }
}

/** Enough to tell; a text does not turn into an image half-way. */
const SAMPLE = 65_536
// oxlint-disable-next-line no-control-regex -- these control characters are what tells text from binary
const STRANGE = /[\0-\x08\x0e-\x1f\x7f-\x9f\udc80-\udcff]/gu

/**
 * Whether people can read it. Undeclared, it must be UTF-8 with at most one control character in twenty; what says
 * that it is text is believed up to one strange character in four. A NUL is in no text.
 */
function looksLikeText({ text, charset, unknown }: DecodedText, declared: boolean): boolean {
  const sample = text.slice(0, SAMPLE)
  if (sample.includes('\0')) return false
  const strange = sample.match(STRANGE)?.length ?? 0
  if (declared) return unknown !== undefined || strange * 4 <= sample.length
  return (charset !== 'utf-8' || invalidBytes(sample) === 0) && strange * 20 <= sample.length
}
