import { replaceScalar } from '../../core/content/json-place.ts'
import type { RawHeaders } from '../../core/request.ts'
import { bytesOf, encodeField, parseFields } from '../fields.ts'
import { bufferOf, isRecord, parseSource, pick } from '../reader.ts'
import type { Source } from '../types.ts'

/** A request on its way to be sent. */
export interface Draft {
  readonly method: string
  /** The whole URL as it will be requested. */
  readonly url: string
  readonly headers: RawHeaders
  readonly body: Uint8Array
}

/** The draft with a value at a source, in place of what is there; undefined where the body has no such place. */
export function placed(draft: Draft, source: Source, value: string | number): Draft | undefined {
  const parsed = parseSource(source)
  switch (parsed.kind) {
    case 'header':
      return withHeader(draft, source.slice('header:'.length).replace('*', '1'), String(value))
    case 'query':
      return { ...draft, url: withQuery(draft.url, parsed.name, String(value)) }
    case 'form':
      return { ...draft, body: withFormField(draft.body, parsed.name, String(value)) }
    case 'json':
      return withJson(draft, parsed.path, value)
    default:
      return undefined
  }
}

/** Replaces a header where it stands, or adds it at the end; a second one of the name goes. */
export function withHeader(draft: Draft, name: string, value: string): Draft {
  const wanted = name.toLowerCase()
  const at = draft.headers.findIndex(([candidate]) => candidate.toLowerCase() === wanted)
  if (at === -1) return { ...draft, headers: [...draft.headers, [name, value]] }
  const headers = draft.headers.flatMap((pair, index): (readonly [string, string])[] => {
    if (index === at) return [[pair[0], value]]
    return pair[0].toLowerCase() === wanted ? [] : [pair]
  })
  return { ...draft, headers }
}

function withQuery(url: string, name: string, value: string): string {
  const field = `${encodeField(bytesOf(name))}=${encodeField(bytesOf(value))}`
  const question = url.indexOf('?')
  if (question === -1) return `${url}?${field}`
  const kept = url
    .slice(question + 1)
    .split('&')
    .filter((item) => item !== '' && parseFields(item)[0]?.[0] !== name)
  return `${url.slice(0, question)}?${[...kept, field].join('&')}`
}

function withFormField(body: Uint8Array, name: string, value: string): Buffer {
  const field = `${encodeField(name)}=${encodeField(bytesOf(value))}`
  const items = bufferOf(body)
    .toString('latin1')
    .split('&')
    .filter((item) => item !== '')
  const at = items.findIndex((item) => parseFields(item)[0]?.[0] === name)
  // In front: Braintree's signature stands before what it signs.
  const changed = at === -1 ? [field, ...items] : items.with(at, field)
  return Buffer.from(changed.join('&'), 'latin1')
}

/** Every byte beside the value stays; a body that has it already is not touched at all. */
function withJson(draft: Draft, path: readonly string[], value: string | number): Draft | undefined {
  const root = parseBody(draft.body)
  const change = root === undefined ? undefined : assign(root, path, value)
  if (change === undefined) return undefined
  if (change === 'same') return draft
  const token = JSON.stringify(pick(root, path)[0])
  const body = path.includes('*') ? undefined : replaceScalar(draft.body, path, token)
  return { ...draft, body: body ?? Buffer.from(JSON.stringify(root), 'utf8') }
}

/** Adds what the path names, in objects that may have to be made; `*` is every item. A number stays one. */
function assign(
  parent: unknown,
  path: readonly string[],
  value: string | number,
): 'same' | 'changed' | undefined {
  const [step, ...rest] = path
  if (step === undefined || !isRecord(parent)) return undefined
  if (step === '*') {
    if (!Array.isArray(parent)) return undefined
    const changes = parent.map((item: unknown) => assign(item, rest, value))
    return changes.includes(undefined) ? undefined : changes.includes('changed') ? 'changed' : 'same'
  }
  const current = Object.hasOwn(parent, step) ? parent[step] : undefined
  if (rest.length > 0) {
    if (isRecord(current)) return assign(current, rest, value)
    const child = {}
    Object.defineProperty(parent, step, {
      value: child,
      enumerable: true,
      configurable: true,
      writable: true,
    })
    return assign(child, rest, value)
  }
  const wanted =
    typeof current === 'number' ? Number(value) : typeof current === 'string' ? String(value) : value
  if (current === wanted) return 'same'
  Object.defineProperty(parent, step, { value: wanted, enumerable: true, configurable: true, writable: true })
  return 'changed'
}

function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(bufferOf(body).toString('utf8'))
  } catch {
    return undefined
  }
}
