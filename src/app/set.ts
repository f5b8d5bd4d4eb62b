import { checkJson } from '../core/content/json.ts'
import { withValueAt } from '../core/content/json-place.ts'
import { AppError } from '../core/errors.ts'

/** A value to be put into a JSON body: `--set data.object.amount:=5`. */
export interface Assignment {
  readonly path: readonly string[]
  /** As JSON, a number in as many digits as were given. */
  readonly token: string
}

/** Names through which a path would lead out of the body, into what all objects share. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const MAX_DEPTH = 64

/**
 * Reads `path=text` or `path:=json`. A path is keys and indexes joined by dots; `[0]` and `["a.b"]` work too.
 * @throws AppError `bad-value`
 */
export function parseAssignment(text: string): Assignment {
  const [, pathText = '', sign, valueText = ''] =
    /^((?:\["(?:[^"\\]|\\.)*"\]|[^=])*?)(:?=)(.*)$/s.exec(text) ?? []
  if (sign === undefined) return refuse(text, 'of the form path=text or path:=json')
  const path = parsePath(pathText)
  if (path === undefined) return refuse(text, 'a path of keys and indexes: data.items.0.name=…')
  if (path.some((name) => FORBIDDEN.has(name.normalize('NFKC'))))
    return refuse(text, 'a path that may be set')
  return { path, token: sign === '=' ? JSON.stringify(valueText) : jsonIn(text, valueText) }
}

const FIRST_STEP = /^(?:([^.[\]"\\]+)|\[(\d{1,5})\]|\[("(?:[^"\\]|\\.)*")\])/
const NEXT_STEP = /^(?:\.([^.[\]"\\]+)|\[(\d{1,5})\]|\[("(?:[^"\\]|\\.)*")\])/

function parsePath(text: string): string[] | undefined {
  const path: string[] = []
  let rest = text
  while (rest !== '') {
    const [whole, plain, index, quoted = '""'] = (path.length === 0 ? FIRST_STEP : NEXT_STEP).exec(rest) ?? []
    const name = plain ?? index ?? unquoted(quoted)
    if (whole === undefined || name === '' || path.length === MAX_DEPTH) return undefined
    path.push(name)
    rest = rest.slice(whole.length)
  }
  return path.length === 0 ? undefined : path
}

/** Empty where it is no JSON string, and so no name. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return ''
  }
}

function jsonIn(whole: string, text: string): string {
  return checkJson(text).ok ? text.trim() : refuse(whole, 'JSON behind := (for a text: path=text)')
}

function refuse(value: string, expected: string): never {
  throw new AppError('bad-value', { option: '--set', value, expected })
}

/**
 * The body with the values in it, and every other byte as it was.
 * @throws AppError `bad-value` where the body is no JSON, or has no such place
 */
export function applyAssignments(body: Uint8Array, assignments: readonly Assignment[]): Uint8Array {
  let edited = body
  for (const { path, token } of assignments) {
    const made = withValueAt(edited, path, token)
    if (made === 'no-json') return refuse(path.join('.'), 'possible: the body is not JSON')
    if (made === 'no-place') return refuse(path.join('.'), 'a place in this body')
    edited = made
  }
  return edited
}
