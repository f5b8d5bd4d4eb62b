import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http'
import { headerValue } from '../core/headers.ts'
import type { RefusalReason } from '../core/events.ts'
import type { Answer } from '../core/ports.ts'
import type { RawHeaders } from '../core/request.ts'

/** A reason to turn a request away, and what its sender is told. */
export interface Fault {
  readonly reason: RefusalReason
  readonly answer: Answer
  /** What exactly was wrong, for the one who listens. */
  readonly detail?: string
}

export function fault(reason: RefusalReason, status: number, error: string, detail?: string): Fault {
  return { reason, answer: errorAnswer(status, error), ...(detail === undefined ? {} : { detail }) }
}

function errorAnswer(status: number, error: string): Answer {
  const headers: [string, string][] = [
    ['Content-Type', 'application/json'],
    ['X-Content-Type-Options', 'nosniff'],
  ]
  if (status === 503) headers.push(['Retry-After', '1'])
  return { status, headers, body: Buffer.from(JSON.stringify({ error })) }
}

export const BODY_TOO_LARGE: Fault = fault('body-too-large', 413, 'the body is too large')
export const TOO_MUCH_IN_FLIGHT: Fault = fault('too-much-in-flight', 503, 'too much is in flight, try again')
export const HEADERS_TOO_LARGE: Fault = fault('headers-too-large', 431, 'the request head is too large')
export const TOO_SLOW: Fault = fault('too-slow', 408, 'the request took too long to come')
export const CUT_OFF: Fault = fault('cut-off', 400, 'the request ended before it was complete')
export const TRANSFER_CODING: Fault = fault(
  'transfer-coding',
  501,
  'no transfer-coding but chunked is supported',
)
export const CONNECT: Fault = fault('malformed', 405, 'this is not a proxy', 'CONNECT')

export function malformed(detail: string): Fault {
  return fault('malformed', 400, 'the request is malformed', detail)
}

export const STORE_FAILED: Answer = errorAnswer(503, 'the request could not be kept, try again')
export const BUG: Answer = errorAnswer(500, 'something went wrong here')

/** True where HTTP forbids both a body and a Content-Length (RFC 9110 §8.6). */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || status < 200
}

/** An answer in the form in which Node writes it fastest. */
export interface PreparedAnswer {
  readonly answer: Answer
  /** Names and values in turn. */
  readonly headers: string[]
  /** One character per byte: Node joins a string to the head, where bytes would go out as a part of their own, 5 % dearer. */
  readonly body: string
}

export function prepare(answer: Answer): PreparedAnswer {
  const headers = answer.headers.flat()
  if (answer.toHead === true || isBodiless(answer.status)) return { answer, headers, body: '' }
  // A length of the user's own.
  if (headerValue(answer.headers, 'content-length') !== undefined) return { answer, headers, body: '' }
  headers.push('Content-Length', String(answer.body.byteLength))
  return { answer, headers, body: Buffer.from(answer.body).toString('latin1') }
}

/** A whole answer that ends its connection, as bytes for the socket. */
export function lastAnswer(answer: Answer, method: string | undefined, now: number): Buffer {
  const lines: RawHeaders = [
    ...answer.headers,
    ['Date', new Date(now).toUTCString()],
    ['Connection', 'close'],
    ['Content-Length', String(answer.body.byteLength)],
  ]
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`
  for (const [name, value] of lines) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    head += `${name}: ${value}\r\n`
  }
  const bytes = Buffer.from(`${head}\r\n`, 'latin1')
  return method === 'HEAD' ? bytes : Buffer.concat([bytes, answer.body])
}
