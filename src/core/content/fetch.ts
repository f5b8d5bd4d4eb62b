import { endToEndHeaders, headerValue } from '../headers.ts'
import type { NewRequest, RawHeaders } from '../request.ts'
import { jsBytes, jsString } from './js-text.ts'

type Copied = Pick<NewRequest, 'method' | 'target' | 'headers' | 'body'>

/** The `url` standard would change anything else before it is sent. */
const PLAIN_TARGET = /^\/(?!.*\/\.{1,2}(?:[/?]|$))[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*$/
/** WHATWG Fetch §4.6: these are put into upper case, others stay. */
const NORMALISED = /^(?:delete|get|head|options|post|put)$/i
/** What Node's fetch sends by itself. */
const DEFAULTS = ['Accept', 'Accept-Language', 'Sec-Fetch-Mode', 'User-Agent', 'Accept-Encoding']

/**
 * A statement of JavaScript that sends a request again with `fetch`: method, URL, header values and body bytes. What
 * fetch cannot leave as it was is told in comments above.
 *
 * @param origin where to, without a path: `http://localhost:3000`
 */
export function toFetch(request: Copied, origin: string): string {
  const { method, target, body } = request
  const headers = fetchHeaders(request.headers)
  const isBodyless = /^(?:GET|HEAD)$/i.test(method)
  return [
    ...flawsOf(request, headers, isBodyless).map((flaw) => `// not exact: fetch ${flaw}`),
    'console.log(',
    `  await fetch(${jsString(origin + target)}, {`,
    `    method: ${jsString(method)},`,
    `    headers: [${headerLines(headers, 6)}${headers.length > 0 ? '\n    ' : ''}],`,
    ...(isBodyless || body.byteLength === 0 ? [] : [`    body: ${bodyExpression(body)},`]),
    `    redirect: 'manual',`,
    '  }),',
    ')',
  ].join('\n')
}

/** Host, framing and what is said to the next hop only are the business of whoever sends. */
export function fetchHeaders(headers: RawHeaders): RawHeaders {
  return endToEndHeaders(headers).filter(([name]) => !/^(?:host|content-length)$/i.test(name))
}

function headerLines(headers: RawHeaders, indent: number): string {
  return headers
    .map(([name, value]) => `\n${' '.repeat(indent)}[${jsString(name)}, ${jsString(value)}],`)
    .join('')
}

function flawsOf({ method, target, body }: Copied, headers: RawHeaders, isBodyless: boolean): string[] {
  const added = DEFAULTS.filter((name) => headerValue(headers, name) === undefined)
  const names = headers.map(([name]) => name.toLowerCase())
  return [
    ...(new Set(names).size < names.length ? ['joins headers of the same name'] : []),
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(PLAIN_TARGET.test(target) ? [] : ['rewrites this request-target']),
    ...(NORMALISED.test(method) && method !== method.toUpperCase() ? ['sends the method in upper case'] : []),
    ...(/^(?:CONNECT|TRACE|TRACK)$/i.test(method) ? ['refuses this method'] : []),
    ...(isBodyless && body.byteLength > 0 ? [`sends no body with ${method.toUpperCase()}`] : []),
  ]
}

/** As bytes: of a string, fetch would make a Content-Type of its own. */
function bodyExpression(body: Uint8Array): string {
  return jsBytes(body, {
    ofText: (text) => `new TextEncoder().encode(${jsString(text)})`,
    ofBase64: (base64) => `Uint8Array.from(atob(${base64}), (char) => char.charCodeAt(0))`,
  })
}
