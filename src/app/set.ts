import { AppError } from '../core/errors.ts'

/** A value to be put into a JSON body: `--set data.object.amount:=5`. */
export interface Assignment {
  readonly path: readonly string[]
  readonly value: unknown
}

/** Names through which a path would lead out of the body, into what all objects share. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const MAX_DEPTH = 64
/** Above this an index would make a list of nothing but holes. */
const MAX_INDEX = 10_000

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
  return { path, value: sign === '=' ? valueText : parseJson(text, valueText) }
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

function parseJson(whole: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse(whole, 'JSON behind := (for a text: path=text)')
  }
}

function refuse(value: string, expected: string): never {
  throw new AppError('bad-value', { option: '--set', value, expected })
}

/**
 * The body with the values in it. It is written anew, indented if it was; a number of more digits than a double
 * holds would come out another one, so that is refused.
 * @throws AppError `bad-value` where the body is no JSON, or has no such place
 */
export function applyAssignments(body: Uint8Array, assignments: readonly Assignment[]): Uint8Array {
  if (assignments.length === 0) return body
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return refuse(pathOf(assignments), 'possible: the body is not JSON')
  }
  for (const { path, value } of assignments) {
    if (!assign(root, path, value)) refuse(path.join('.'), 'a place in this body')
  }
  const indent = /^[[{]\r?\n( +|\t)/.exec(text)?.[1]
  const end = text.slice(text.trimEnd().length)
  return Buffer.from(JSON.stringify(root, null, indent) + end, 'utf8')
}

function pathOf(assignments: readonly Assignment[]): string {
  return assignments[0]?.path.join('.') ?? ''
}

/** Only what the object itself has is followed: an inherited name is a new key. */
function assign(parent: unknown, [step, ...rest]: readonly string[], value: unknown): boolean {
  if (step === undefined || typeof parent !== 'object' || parent === null) return false
  if (Array.isArray(parent) && !(/^\d+$/.test(step) && Number(step) <= MAX_INDEX)) return false
  const own = new Map(Object.entries(parent))
  if (rest.length === 0) return define(parent, step, value)
  const child: unknown = own.get(step)
  if (typeof child === 'object' && child !== null) return assign(child, rest, value)
  if (child !== undefined) return false
  const made: object = /^\d+$/.test(rest[0] ?? '') ? [] : {}
  return assign(made, rest, value) && define(parent, step, made)
}

/** Not by assignment, which would call the setter of an inherited name. */
function define(parent: object, name: string, value: unknown): boolean {
  return Reflect.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true })
}
