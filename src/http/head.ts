import type { IncomingMessage } from 'node:http'
import { pairsOf } from '../core/headers.ts'
import type { RequestHead } from '../core/ports.ts'
import type { Fault } from './answers.ts'
import { BODY_TOO_LARGE, fault, HEADERS_TOO_LARGE, malformed, TRANSFER_CODING } from './answers.ts'
import type { Limits } from './limits.ts'

export function headOf(req: IncomingMessage, remoteAddress: string | undefined): RequestHead {
  return {
    method: req.method ?? '',
    target: req.url ?? '',
    httpVersion: req.httpVersion,
    headers: pairsOf(req.rawHeaders),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  }
}

/** Length of a name, value line beside its text: colon, space, CR, LF. */
const LINE_OVERHEAD = 4

/** Target bytes that no URL has; Node 20.18's parser lets those from 0x80 on pass. */
const NOT_IN_TARGET = /[^\x21-\x7e]/

/**
 * How long a body the head announces in bytes, 0 where it announces none or a chunked one; or why the request
 * cannot be taken. Node's parser has already refused what is ambiguous: two lengths, a length beside chunks,
 * anything but digits.
 */
export function announcedLength(head: RequestHead, limits: Limits): number | Fault {
  const modern = head.httpVersion === '1.1'
  if (!modern && head.httpVersion !== '1.0')
    return fault('malformed', 505, 'only HTTP/1.0 and HTTP/1.1 are supported')
  if (NOT_IN_TARGET.test(head.target)) return malformed('invalid character in the target')
  let size = head.target.length
  let hosts = 0
  let length = 0
  let coding: string | undefined
  for (const [name, value] of head.headers) {
    size += name.length + value.length + LINE_OVERHEAD
    // Passed by Node 20.18's parser too. No client could send such a header on.
    if (name === '' || name.includes(' ')) return malformed('invalid header name')
    // The lengths of the three names that matter: this runs for every header of every request.
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
    else if (name.length === 14 && name.toLowerCase() === 'content-length') length = Number(value)
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      coding = coding === undefined ? value : `${coding}, ${value}`
    }
  }
  // Node counts names and values only, so that very many short lines would pass its own limit.
  if (size > limits.maxHeaderBytes) return HEADERS_TOO_LARGE
  // RFC 9112 §3.2: exactly one Host in HTTP/1.1.
  if (hosts > 1 || (modern && hosts === 0))
    return malformed(hosts === 0 ? 'no Host header' : 'several Host headers')
  if (coding !== undefined) {
    // RFC 9112 §6.1: an HTTP/1.0 message with a transfer-coding has faulty framing.
    if (!modern) return malformed('Transfer-Encoding in HTTP/1.0')
    if (coding.toLowerCase() !== 'chunked') return TRANSFER_CODING
  }
  return length > limits.maxBodyBytes ? BODY_TOO_LARGE : length
}
