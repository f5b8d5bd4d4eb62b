import type { Fault } from './answers.ts'
import { CUT_OFF, HEADERS_TOO_LARGE, malformed, TOO_SLOW } from './answers.ts'

/** What Node hands to `clientError`: from the HTTP parser, its timeouts, TLS, or the socket itself. */
export interface ClientError extends Error {
  readonly code?: string
  /** The parser's own words. */
  readonly reason?: string
}

/** What was wrong with the bytes of a sender; undefined where the connection failed and nobody is left to be told. */
export function faultOf(error: ClientError): Fault | undefined {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return TOO_SLOW
    case 'HPE_HEADER_OVERFLOW':
      return HEADERS_TOO_LARGE
    case 'HPE_INVALID_EOF_STATE':
      return CUT_OFF
    default:
      return error.code?.startsWith('HPE_') === true ? malformed(error.reason ?? error.code) : undefined
  }
}
