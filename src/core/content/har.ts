import type { DeliveryOutcome } from '../delivery.ts'
import { headerValue } from '../headers.ts'
import type { StoredRequest } from '../query.ts'
import type { RawHeaders } from '../request.ts'
import { queryOf } from '../request.ts'
import { asBuffer, validUtf8 } from './charset.ts'
import { formFields } from './form.ts'

/*
 * HTTP Archive 1.2 (www.softwareishard.com/blog/har-12-spec). Two things have no place in it: a request's body that
 * is not text, and what a URL cannot say of the request line. They stand in fields with an underscore, which the
 * format leaves to applications: `_encoding: "base64"` beside `postData.text`, with the meaning that `encoding` has
 * beside a response's `content.text`, and `_target`, `_trailers`, `_remoteAddress` in the entry's `request`.
 */

interface NameValue {
  readonly name: string
  readonly value: string
}

interface HarBody {
  readonly mimeType: string
  readonly text: string
}

export interface HarRequest {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly cookies: readonly NameValue[]
  readonly headers: readonly NameValue[]
  readonly queryString: readonly NameValue[]
  readonly postData?: HarBody & { readonly _encoding?: 'base64' }
  readonly headersSize: -1
  readonly bodySize: number
  /** The request-target as it was on the wire. */
  readonly _target: string
  readonly _trailers?: readonly NameValue[]
  readonly _remoteAddress?: string
}

export interface HarEntry {
  readonly startedDateTime: string
  readonly time: number
  readonly request: HarRequest
  readonly response: {
    readonly status: number
    readonly statusText: string
    readonly httpVersion: string
    readonly cookies: readonly NameValue[]
    readonly headers: readonly NameValue[]
    readonly content: HarBody & { readonly size: number; readonly encoding?: 'base64' }
    readonly redirectURL: string
    readonly headersSize: -1
    readonly bodySize: number
  }
  readonly cache: Readonly<Record<string, never>>
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number }
}

/** What stands before and behind the entries. */
export function harFrame(version: string): { readonly begin: string; readonly end: string } {
  const creator = JSON.stringify({ name: 'webhook-cli', version })
  return { begin: `{"log":{"version":"1.2","creator":${creator},"entries":[`, end: ']}}' }
}

/** A request, with the answer to its last delivery where there was one. */
export function toHarEntry({ request, deliveries }: StoredRequest): HarEntry {
  const { method, target, httpVersion, headers, trailers, body, remoteAddress } = request
  const delivery = deliveries.findLast(({ outcome }) => outcome.kind === 'response')
  const waited = delivery?.durationMs ?? 0
  const text = validUtf8(body)
  return {
    startedDateTime: new Date(request.receivedAt).toISOString(),
    time: waited,
    request: {
      method,
      url: urlOf(target, headers),
      httpVersion: `HTTP/${httpVersion}`,
      cookies: [],
      headers: namesAndValues(headers),
      queryString: queryStringOf(target),
      ...(body.byteLength > 0 && {
        postData: {
          mimeType: headerValue(headers, 'content-type') ?? '',
          text: text ?? asBuffer(body).toString('base64'),
          ...(text === undefined && { _encoding: 'base64' as const }),
        },
      }),
      headersSize: -1,
      bodySize: body.byteLength,
      _target: target,
      ...(trailers.length > 0 && { _trailers: namesAndValues(trailers) }),
      ...(remoteAddress !== undefined && { _remoteAddress: remoteAddress }),
    },
    response: responseOf(delivery?.outcome.kind === 'response' ? delivery.outcome : undefined),
    cache: {},
    timings: { send: 0, wait: waited, receive: 0 },
  }
}

/** Readers want a URL that is absolute and clean; whatever it says, `_target` is what was asked for. */
function urlOf(target: string, headers: RawHeaders): string {
  const absolute = /^https?:\/\/[A-Za-z0-9.:[\]_-]+/i.exec(target)?.[0]
  if (absolute !== undefined) return absolute + clean(target.slice(absolute.length))
  const host = headerValue(headers, 'host') ?? ''
  const authority = /^[A-Za-z0-9._-]+(?::\d{1,5})?$|^\[[0-9a-f:]+\](?::\d{1,5})?$/i.test(host)
    ? host
    : 'localhost'
  return `http://${authority}${target.startsWith('/') ? '' : '/'}${clean(target)}`
}

/** RFC 3986 §2: what no URI holds, and a `%` that is no escape, as escapes. */
function clean(target: string): string {
  return target.replaceAll(/%(?![0-9a-f]{2})|[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]/gi, encodeURIComponent)
}

function queryStringOf(target: string): NameValue[] {
  const query = queryOf(target)
  if (query === undefined) return []
  return Array.from(formFields(Buffer.from(query, 'latin1')), ({ name, value }) => ({ name, value }))
}

/** A browser writes status 0 where no answer came; so do we. */
function responseOf(
  outcome: Extract<DeliveryOutcome, { kind: 'response' }> | undefined,
): HarEntry['response'] {
  const body = outcome?.body ?? Buffer.alloc(0)
  const headers = outcome?.headers ?? []
  const text = validUtf8(body)
  return {
    status: outcome?.status ?? 0,
    statusText: '',
    httpVersion: outcome === undefined ? '' : 'HTTP/1.1',
    cookies: [],
    headers: namesAndValues(headers),
    content: {
      size: outcome?.bodySize ?? 0,
      mimeType: headerValue(headers, 'content-type') ?? '',
      text: text ?? asBuffer(body).toString('base64'),
      ...(text === undefined && { encoding: 'base64' as const }),
    },
    redirectURL: headerValue(headers, 'location') ?? '',
    headersSize: -1,
    bodySize: outcome?.bodySize ?? 0,
  }
}

function namesAndValues(headers: RawHeaders): NameValue[] {
  return headers.map(([name, value]) => ({ name, value }))
}
