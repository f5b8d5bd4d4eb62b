import { asBuffer } from './charset.ts'
import type { RequestFromJson } from './jsonv1-read.ts'
import { requestFromJson } from './jsonv1-read.ts'

/*
 * Requests in the JSON of other tools. Each is put into the form of our own JSON and read as that, so that there is
 * one place that decides what a request may be.
 */

type Fields = Readonly<Record<string, unknown>>

/** An entry of an HTTP Archive 1.2, of ours (`har.ts`) or of a browser or proxy. */
export function requestFromHar(entry: unknown): RequestFromJson {
  const request = fieldsOf(entry)['request']
  if (!isFields(request)) return { ok: false, path: 'request', expected: 'an object' }
  const headers = pairsOf(request['headers'])
  const url = textOf(request['url']) ?? ''
  const [, authority = '', rest = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? []
  const isOurs = typeof request['_target'] === 'string'
  // Browsers list `data:` and `blob:` too, and anybody may write `file:`.
  if (!isOurs && !/^(?:http|ws)s?:\/\//i.test(url))
    return { ok: false, path: 'request.url', expected: 'a URL of http or https' }
  const hasHost = headers.some(([name]) => typeof name === 'string' && /^host$/i.test(name))
  const body = bodyOf(request['postData'])
  if (body === undefined)
    return { ok: false, path: 'request.postData', expected: 'a text, base64 of bytes, or fields of a form' }
  return requestFromJson({
    v: 1,
    type: 'request',
    receivedAt: timeOf(fieldsOf(entry)['startedDateTime']),
    method: request['method'],
    target: isOurs ? request['_target'] : rest.startsWith('/') ? rest : `/${rest}`,
    httpVersion: versionOf(request['httpVersion']),
    // A browser leaves Host out of HTTP/2 requests.
    headers: isOurs || hasHost || authority === '' ? headers : [['Host', authority], ...headers],
    ...(request['_trailers'] !== undefined && { trailers: pairsOf(request['_trailers']) }),
    ...(request['_remoteAddress'] !== undefined && { remoteAddress: request['_remoteAddress'] }),
    body: asJsonBody(body),
  })
}

/** A request of webhook.site's API (docs.webhook.site/api/requests.html): names are in lower case, the body is text. */
export function requestFromWebhookSite(value: unknown): RequestFromJson {
  const entry = fieldsOf(value)
  if (entry['type'] !== undefined && entry['type'] !== 'web')
    return { ok: false, path: 'type', expected: '"web": mails and DNS look-ups are no requests' }
  const content = entry['content'] ?? ''
  if (typeof content !== 'string') return { ok: false, path: 'content', expected: 'a text' }
  if (content.includes('\ufffd'))
    return {
      ok: false,
      path: 'content',
      expected: 'a text; this was none, and webhook.site has lost bytes of it',
    }
  if (content === '' && Object.keys(fieldsOf(entry['files'])).length > 0)
    return { ok: false, path: 'content', expected: 'a body; of forms with files webhook.site keeps none' }
  const [, rest = ''] = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(textOf(entry['url']) ?? '') ?? []
  return requestFromJson({
    v: 1,
    type: 'request',
    receivedAt: timeOf(
      textOf(entry['created_at'])?.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/, '$1T$2Z'),
    ),
    method: entry['method'],
    target: rest.startsWith('/') ? rest : `/${rest}`,
    httpVersion: '1.1',
    headers: Object.entries(fieldsOf(entry['headers'])).flatMap(([name, values]) =>
      (Array.isArray(values) ? (values as unknown[]) : [values]).map((one) => [name, one]),
    ),
    ...(typeof entry['ip'] === 'string' && { remoteAddress: entry['ip'] }),
    body: asJsonBody(Buffer.from(content)),
  })
}

/** True for what `requestFromWebhookSite` is meant for. */
export function isWebhookSite(value: unknown): boolean {
  const entry = fieldsOf(value)
  return typeof entry['uuid'] === 'string' && ('token_id' in entry || 'content' in entry)
}

/** `postData`: text, text that stands for bytes, or the fields of a form. */
function bodyOf(postData: unknown): Buffer | undefined {
  if (postData === undefined || postData === null) return Buffer.alloc(0)
  const fields = fieldsOf(postData)
  const text = textOf(fields['text'])
  if (text !== undefined) {
    const encoding = fields['_encoding'] === 'base64' || fields['encoding'] === 'base64' ? 'base64' : 'utf8'
    const bytes = Buffer.from(text, encoding)
    // What does not come out as it went in was not this text.
    return bytes.toString(encoding) === text ? bytes : undefined
  }
  const params = fields['params']
  if (!Array.isArray(params)) return undefined
  return Buffer.from(
    params
      .map((param: unknown) => {
        const { name, value } = fieldsOf(param)
        return `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(value))}`
      })
      .join('&'),
  )
}

function asJsonBody(bytes: Uint8Array): object {
  return { size: bytes.byteLength, encoding: 'base64', data: asBuffer(bytes).toString('base64') }
}

/** Names that begin with a colon are parts of an HTTP/2 request line, and no headers. */
function pairsOf(headers: unknown): readonly (readonly unknown[])[] {
  if (!Array.isArray(headers)) return [[headers]]
  return headers
    .map((header: unknown) => [fieldsOf(header)['name'], fieldsOf(header)['value']])
    .filter(([name]) => typeof name !== 'string' || !name.startsWith(':'))
}

/** `HTTP/1.1`, `http/2.0`, `h2`, `h3`; browsers also write `unknown`. */
function versionOf(text: unknown): string {
  const [, major, minor] = /^(?:http\/|h)(\d)(?:\.(\d))?$/i.exec(textOf(text) ?? '') ?? []
  return major === undefined ? '1.1' : `${major}.${minor ?? '0'}`
}

/** Any date and time that tells its zone, as ISO 8601 in UTC. */
function timeOf(text: unknown): unknown {
  if (
    typeof text !== 'string' ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/.test(text)
  )
    return text
  const at = Date.parse(text)
  return Number.isNaN(at) ? text : new Date(at).toISOString()
}

function wellFormed(value: unknown): string {
  return Buffer.from(textOf(value) ?? '').toString()
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Its own fields, whatever they are called; none of what is no object. */
function fieldsOf(value: unknown): Fields {
  return isFields(value) ? Object.assign(Object.create(null), value) : {}
}
