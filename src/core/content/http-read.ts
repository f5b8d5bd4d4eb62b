import type { NewRequest, RawHeaders } from '../request.ts'
import { asBuffer } from './charset.ts'
import { withoutPadding } from './padding.ts'

/** A request read from an HTTP/1 message, or the line of its head where it is none (from 1). */
export type RequestFromHttp =
  | { readonly ok: true; readonly request: NewRequest }
  | { readonly ok: false; readonly line: number; readonly expected: string }

/** RFC 9112 §3; the version may be left out, as people do who write a message by hand. */
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,1024}) ([\x21-\x7e]{1,65536})(?: HTTP\/(\d\.\d))?$/
/** RFC 9112 §5; a value may have bytes above ASCII, and no control but tab. */
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,1024}):([\t\x20-\x7e\x80-\xff]*)$/
const MAX_HEAD_BYTES = 1_048_576

/**
 * Reads a message as it is on the wire, or as an editor has left it: lines of the head end in CR LF or LF. The body
 * is all that follows the empty line, whatever Content-Length says: what was lost or added is for others to see.
 *
 * @param receivedAt epoch milliseconds: the message itself does not tell
 */
export function requestFromHttp(message: Uint8Array, receivedAt: number): RequestFromHttp {
  const { head, body } = split(asBuffer(message))
  const [first = '', ...fields] = head
  const request = REQUEST_LINE.exec(first)
  if (request === null)
    return { ok: false, line: 1, expected: 'a request line such as POST /webhooks HTTP/1.1' }
  const [, method = '', target = '', httpVersion = '1.1'] = request
  const headers: [string, string][] = []
  for (const [index, line] of fields.entries()) {
    const field = FIELD_LINE.exec(line)
    if (field === null)
      return { ok: false, line: index + 2, expected: 'a header such as Content-Type: text/plain' }
    headers.push([field[1] ?? '', withoutPadding(field[2] ?? '', ' \t')])
  }
  return {
    ok: true,
    request: {
      ...FROM_FILE,
      receivedAt,
      receivedMonotonic: receivedAt,
      method,
      target,
      httpVersion,
      headers,
      body,
    },
  }
}

const NO_TRAILERS: RawHeaders = []
const FROM_FILE = { source: 'imported', trailers: NO_TRAILERS } as const

/** Lines of the head, and the bytes after the first empty line. */
function split(message: Buffer): { readonly head: readonly string[]; readonly body: Uint8Array } {
  const lines: string[] = []
  let at = 0
  while (at < message.length && at < MAX_HEAD_BYTES) {
    const end = message.indexOf(0x0a, at)
    const stop = end === -1 ? message.length : end
    const line = message.toString('latin1', at, message[stop - 1] === 0x0d ? Math.max(stop - 1, at) : stop)
    at = stop + 1
    if (line === '') return { head: lines, body: message.subarray(Math.min(at, message.length)) }
    lines.push(line)
  }
  return { head: lines, body: message.subarray(Math.min(at, message.length)) }
}
