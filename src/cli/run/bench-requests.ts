import { parseSelector, type Selector } from '../../app/bench/selector.ts'
import type { RequestTemplate } from '../../app/bench/template.ts'
import { AppError } from '../../core/errors.ts'
import { headerValue } from '../../core/headers.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { CliDeps } from '../deps.ts'
import { readFileOf } from '../session.ts'
import type { Parse } from '../settings.ts'
import { parseHeader } from '../settings.ts'
import { parseTarget } from '../target.ts'

function refuse(option: string, value: string, expected: string): never {
  throw new AppError('bad-value', { option, value, expected })
}

/** `POST https://…/orders @order.json`: method, URL, and a body or the file that has it. */
export async function parseRequest(
  text: string,
  option: string,
  headers: RawHeaders,
  folder: string,
): Promise<RequestTemplate> {
  const [, method, target = '', rest = ''] = /^([A-Z]{3,10})\s+(\S+)(?:\s+(.*))?$/s.exec(text.trim()) ?? []
  if (method === undefined)
    return refuse(option, text, "a request such as 'POST https://example.com/orders @order.json'")
  const url = target.startsWith('{location}') ? target : parseTarget(target, option)
  const body = rest.startsWith('@')
    ? (await readFileOf(option, rest.slice(1), folder)).toString('utf8')
    : rest
  const typed = body === '' || headerValue(headers, 'content-type') !== undefined
  const type = looksLikeJson(body) ? 'application/json' : 'text/plain'
  return { method, url, headers: typed ? headers : [['Content-Type', type], ...headers], body }
}

function looksLikeJson(body: string): boolean {
  return /^\s*[[{"]/.test(body)
}

/** Headers whose values may be, or end in, `env:NAME` or `file:PATH`: `Authorization: Bearer env:TOKEN`. */
export async function parseHeaders(
  texts: readonly string[] | undefined,
  option: string,
  folder: string,
  { io }: CliDeps,
): Promise<RawHeaders> {
  const headers: (readonly [string, string])[] = []
  for (const text of texts ?? []) {
    const [name, value] = parseHeader(text, option)
    const [place = '', source, where = ''] = /(env|file):(\S+)$/.exec(value) ?? []
    const before = value.slice(0, value.length - place.length)
    if (source === undefined || (before !== '' && !before.endsWith(' '))) headers.push([name, value])
    else if (source === 'env') {
      const found = io.env[where]
      if (found === undefined || found === '') throw new AppError('env-missing', { option, name: where })
      headers.push(parseHeader(`${name}: ${before}${found}`, option))
    } else {
      const found = (await readFileOf(option, where, folder)).toString('utf8').replace(/\r?\n$/, '')
      headers.push(parseHeader(`${name}: ${before}${found}`, option))
    }
  }
  return headers
}

export const parseIdSelector: Parse<Selector> = (text, option) =>
  parseSelector(text) ??
  refuse(option, text, "a JSON Pointer such as '/items/*/id', header:NAME or regex:/…/")

/** `since`, or `since=/cursor` where the last answer tells the value. */
export function parseSince(text: string): { readonly param: string; readonly from?: Selector } {
  const [, param, place] = /^([\w.[\]-]{1,100})(?:=(.+))?$/s.exec(text) ?? []
  if (param === undefined) return refuse('--since-param', text, 'a name, or name=/pointer')
  return place === undefined ? { param } : { param, from: parseIdSelector(place, '--since-param') }
}

/** A URL of a WebSocket; http and https become ws and wss. */
export const parseSocketUrl: Parse<string> = (text, option) =>
  parseTarget(text.replace(/^ws/i, 'http'), option).replace(/^http/i, 'ws')
