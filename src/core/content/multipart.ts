import type { RawHeaders } from '../request.ts'
import { headerValue } from '../headers.ts'
import { asBuffer, decodeUtf8 } from './charset.ts'
import { parseParameters } from './media-type.ts'

export interface MultipartPart {
  readonly name?: string
  /** As the sender wrote it: a hint for people, never a path. */
  readonly filename?: string
  readonly contentType?: string
  readonly headers: RawHeaders
  /** The bytes of the part, a view into the body. */
  readonly body: Uint8Array
  /** Place in the whole body where the part's own bytes begin. */
  readonly start: number
  /** False where the body ended before the delimiter that closes the part. */
  readonly complete: boolean
}

/** RFC 2046 §5.1.1: at most 70 characters. Whatever is printable is taken; a search for it is all we do. */
const BOUNDARY = /^[\x20-\x7e]{1,70}$/
const MAX_PART_HEADERS = 16_384

export function isBoundary(boundary: string): boolean {
  return BOUNDARY.test(boundary)
}

/**
 * Parts of a multipart body in order (RFC 2046, RFC 7578). Takes bare LF for CRLF, ignores preamble and epilogue,
 * and yields nothing where no delimiter is found.
 */
export function* multipartParts(body: Uint8Array, boundary: string): Generator<MultipartPart> {
  const buffer = asBuffer(body)
  const delimiter = Buffer.from(`--${boundary}`)
  let at = findDelimiter(buffer, delimiter, 0)
  for (
    let start = startOfPart(buffer, delimiter, at);
    start !== -1;
    start = startOfPart(buffer, delimiter, at)
  ) {
    at = findDelimiter(buffer, delimiter, start)
    yield parsePart(buffer, start, at === -1 ? buffer.length : endOfPart(buffer, at, start), at !== -1)
  }
}

/** Whether there is a part at all. Reads no further than to the first. */
export function hasParts(body: Uint8Array, boundary: string): boolean {
  const buffer = asBuffer(body)
  const delimiter = Buffer.from(`--${boundary}`)
  return startOfPart(buffer, delimiter, findDelimiter(buffer, delimiter, 0)) !== -1
}

/** Where the part behind a delimiter begins; -1 behind the last one. */
function startOfPart(buffer: Buffer, delimiter: Buffer, delimiterAt: number): number {
  if (delimiterAt === -1) return -1
  const rest = delimiterAt + delimiter.length
  const lineEnd = buffer.toString('latin1', rest, rest + 2) === '--' ? -1 : buffer.indexOf('\n', rest)
  return lineEnd === -1 ? -1 : lineEnd + 1
}

/** The next delimiter that stands at the start of a line. */
function findDelimiter(buffer: Buffer, delimiter: Buffer, from: number): number {
  let at = buffer.indexOf(delimiter, from)
  while (at > 0 && buffer[at - 1] !== 0x0a) at = buffer.indexOf(delimiter, at + 1)
  return at
}

/** The line break before a delimiter belongs to the delimiter. */
function endOfPart(buffer: Buffer, delimiterAt: number, start: number): number {
  const breakSize = buffer[delimiterAt - 2] === 0x0d ? 2 : 1
  return Math.max(start, delimiterAt - breakSize)
}

function parsePart(buffer: Buffer, start: number, end: number, complete: boolean): MultipartPart {
  const { headers, bodyStart } = parseHeaders(buffer.subarray(start, end))
  const disposition = parseParameters(headerValue(headers, 'content-disposition') ?? '').parameters
  const name = disposition.get('name')
  const filename = disposition.get('filename')
  const contentType = headerValue(headers, 'content-type')
  return {
    ...(name !== undefined && { name }),
    ...(filename !== undefined && { filename }),
    ...(contentType !== undefined && { contentType }),
    headers,
    body: buffer.subarray(start + bodyStart, end),
    start: start + bodyStart,
    complete,
  }
}

function parseHeaders(part: Buffer): { headers: RawHeaders; bodyStart: number } {
  const headers: [string, string][] = []
  const limit = Math.min(part.length, MAX_PART_HEADERS)
  let at = 0
  while (at < limit) {
    const found = part.indexOf('\n', at)
    const end = found === -1 ? part.length : found
    // Names and file names are sent as raw UTF-8 (RFC 7578 §5.1).
    const line = decodeUtf8(part.subarray(at, end)).replace(/\r$/, '')
    const colon = line.indexOf(':')
    const last = headers.at(-1)
    const folded = last !== undefined && /^[ \t]/.test(line)
    if (line !== '' && !folded && colon <= 0) break
    at = Math.min(end + 1, part.length)
    if (line === '') break
    if (folded) last[1] += ` ${line.trim()}`
    else headers.push([line.slice(0, colon), line.slice(colon + 1).trim()])
  }
  return { headers, bodyStart: at }
}
