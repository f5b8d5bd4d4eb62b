import type { RawHeaders } from './request.ts'

/** Headers that are about the connection or the moment, and not the answer. */
export const VOLATILE_HEADERS: readonly string[] = ['date', 'connection', 'keep-alive', 'transfer-encoding']

/** Said of the very bytes of a body: where these differ, that is told already, or was to be ignored. */
const OF_THE_BYTES: ReadonlySet<string> = new Set([
  'content-length',
  'etag',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
])

/** Each answer has a value of its own: ids, times, counters. That they are there, or not, is compared. */
const OF_EACH_ANSWER: ReadonlySet<string> = new Set([
  'request-id',
  'x-request-id',
  'correlation-id',
  'x-correlation-id',
  'x-trace-id',
  'traceparent',
  'tracestate',
  'x-cloud-trace-context',
  'x-amzn-requestid',
  'x-amzn-trace-id',
  'x-amz-request-id',
  'x-amz-cf-id',
  'cf-ray',
  'age',
  'expires',
  'last-modified',
  'server-timing',
  'x-response-time',
  'x-runtime',
  'ratelimit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
])

const ANY = '…'

/**
 * What of an answer's headers may be compared with another's: values of each name in the order sent, as they may be
 * joined (RFC 9110 §5.3).
 * @param isSameBody the bodies of both are the same bytes
 */
export function comparableHeaders(headers: RawHeaders, isSameBody: boolean): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (!isSameBody && OF_THE_BYTES.has(key)) continue
    const known = values.get(key)
    const told = toldOf(key, value)
    values.set(key, known === undefined ? told : `${known}, ${told}`)
  }
  return values
}

function toldOf(name: string, value: string): string {
  if (OF_EACH_ANSWER.has(name)) return ANY
  return name === 'set-cookie' ? withoutSession(value) : value
}

/** A cookie's name and attributes: a session has another value, and another end, for everybody. */
function withoutSession(cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';')
  const kept = attributes.map((text) => text.replace(/^(\s*expires\s*=).*/is, `$1${ANY}`))
  return [pair.replace(/=.*/s, `=${ANY}`), ...kept].join(';')
}
