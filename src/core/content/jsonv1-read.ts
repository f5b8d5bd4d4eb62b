import type { NewRequest, RawHeaders } from '../request.ts'

/** A request read from JSON, or where it is not one: `path` as in `headers[3]`. */
export type RequestFromJson =
  | { readonly ok: true; readonly request: NewRequest }
  | { readonly ok: false; readonly path: string; readonly expected: string }

/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,1024}$/
const TARGET = /^[\x21-\x7e]{1,65536}$/
/** What a header line can carry: no control character but tab, nothing beyond latin1, no space at its ends. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
/** The most a receiver lets in, with room for those who raised its limit. */
const MAX_HEADER_BYTES = 1_048_576

class Unexpected extends Error {
  readonly path: string
  readonly expected: string

  constructor(path: string, expected: string) {
    super(`${path}: ${expected}`)
    this.path = path
    this.expected = expected
  }
}

/**
 * A request as `requestToJson` writes it, body included. What comes from a file is a stranger's: each field must be
 * what could have been on the wire, or nothing is taken. Fields that are not known are ignored, and so are id,
 * sequence, identity and verdict: those are ours to find out anew.
 */
export function requestFromJson(value: unknown): RequestFromJson {
  try {
    return { ok: true, request: readRequest(value) }
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error
    return { ok: false, path: error.path, expected: error.expected }
  }
}

function readRequest(value: unknown): NewRequest {
  if (!isRecord(value)) throw new Unexpected('', 'an object')
  if (own(value, 'v') !== 1) throw new Unexpected('v', '1')
  if (own(value, 'type') !== 'request') throw new Unexpected('type', '"request"')
  const receivedAt = Date.parse(textOf(value, 'receivedAt', TIME, 'a time like 2025-12-22T14:02:15.482Z'))
  if (Number.isNaN(receivedAt)) throw new Unexpected('receivedAt', 'a time that exists')
  const remoteAddress = own(value, 'remoteAddress')
  return {
    source: 'imported',
    receivedAt,
    // The clock of another run means nothing here; the gaps of its wall clock stand in for it.
    receivedMonotonic: receivedAt,
    method: textOf(value, 'method', TOKEN, 'an HTTP method'),
    target: textOf(value, 'target', TARGET, 'a request-target without spaces'),
    httpVersion: textOf(value, 'httpVersion', /^[0-9]\.[0-9]$/, 'a version like 1.1'),
    ...(remoteAddress !== undefined && {
      remoteAddress: textOf(value, 'remoteAddress', /^[0-9A-Fa-f.:%a-z]{1,64}$/, 'an IP address'),
    }),
    headers: headersOf(own(value, 'headers'), 'headers'),
    trailers: own(value, 'trailers') === undefined ? [] : headersOf(own(value, 'trailers'), 'trailers'),
    body: bodyOf(own(value, 'body')),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Only what the object itself holds: `__proto__` in a file must not lend it fields. */
function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function textOf(
  record: Readonly<Record<string, unknown>>,
  key: string,
  form: RegExp,
  expected: string,
): string {
  const value = own(record, key)
  if (typeof value !== 'string' || !form.test(value)) throw new Unexpected(key, expected)
  return value
}

function headersOf(value: unknown, path: string): RawHeaders {
  if (!Array.isArray(value)) throw new Unexpected(path, 'a list of [name, value]')
  let bytes = 0
  return value.map((pair: unknown, index) => {
    const [name, text, more] = Array.isArray(pair) ? (pair as unknown[]) : []
    const isPair = typeof name === 'string' && typeof text === 'string' && more === undefined
    if (!isPair || !TOKEN.test(name) || !FIELD_VALUE.test(text)) {
      throw new Unexpected(`${path}[${index}]`, 'a header name and value as they can be sent')
    }
    bytes += name.length + text.length
    if (bytes > MAX_HEADER_BYTES) throw new Unexpected(path, `at most ${MAX_HEADER_BYTES} bytes`)
    return [name, text] as const
  })
}

function bodyOf(value: unknown): Uint8Array {
  if (!isRecord(value)) throw new Unexpected('body', 'an object')
  const encoding = own(value, 'encoding')
  const data = own(value, 'data')
  if (encoding !== 'utf8' && encoding !== 'base64')
    throw new Unexpected('body.encoding', '"utf8" or "base64"')
  if (typeof data !== 'string') throw new Unexpected('body.data', 'a text')
  if (encoding === 'base64' && (data.length % 4 !== 0 || !BASE64.test(data))) {
    throw new Unexpected('body.data', 'base64 with its padding')
  }
  const bytes = Buffer.from(data, encoding)
  // A lone surrogate is in no UTF-8: encoding it writes U+FFFD, which was not what came.
  if (bytes.toString(encoding) !== data)
    throw new Unexpected('body.data', `${encoding} that stands for itself`)
  if (own(value, 'size') !== bytes.byteLength)
    throw new Unexpected('body.size', 'the length of data in bytes')
  return bytes
}
