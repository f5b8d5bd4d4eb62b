import { asBuffer } from './charset.ts'
import type { JsonToken } from './json.ts'
import { jsonTokens } from './json.ts'

/** A value on the way to a place in a JSON text. Offsets are those of its bytes. */
interface Value {
  readonly kind: 'object' | 'array' | 'scalar'
  readonly start: number
  end: number
  /** Members of an object, duplicates counted, or items of an array. */
  size: number
  /** What stands before its last member and, in an object, between key and value there: a new one is laid out alike. */
  space: string
  colon: string
  lastEnd: number
}

/** A container on the path, while it is being read. */
interface Level {
  readonly value: Value
  /** How many steps of the path lead here. */
  readonly depth: number
  /** Of the member that is being read: its place in an array or its key in an object. */
  index: number
  key: string
  /** Where the bracket or comma before the member ends, and where its key is. */
  memberAt: number
  keyStart: number
  keyEnd: number
}

/**
 * A JSON body with another scalar at a path, and every other byte as it was: writing the whole of it anew would
 * change spaces, long numbers and duplicate keys, and with them what was signed. Undefined where the body is no
 * JSON or has no scalar there. Of duplicate keys the last counts, as for `JSON.parse`.
 *
 * @param token the new value as JSON
 */
export function replaceScalar(
  body: Uint8Array,
  path: readonly string[],
  token: string,
): Uint8Array | undefined {
  const value = valuesOn(textOf(body), path)?.[path.length]
  return value?.kind === 'scalar' ? spliced(body, value.start, value.end, token) : undefined
}

/** An index above this would make a list of nothing but holes. */
const MAX_INDEX = 10_000
const INDEX = /^(?:0|[1-9][0-9]*)$/

/**
 * A JSON body with a value at a path, and every other byte as it was. What the path names and the body has not is
 * made: members, and lists where a step is an index; places before it in a list are null.
 *
 * @param token the value as JSON
 * @returns why not: it is no JSON, or it has something else in the way
 */
export function withValueAt(
  body: Uint8Array,
  path: readonly string[],
  token: string,
): Uint8Array | 'no-json' | 'no-place' {
  const values = valuesOn(textOf(body), path)
  if (values === undefined) return 'no-json'
  const nearest = values.at(-1)
  if (nearest === undefined) return 'no-json'
  const [step, ...rest] = path.slice(values.length - 1)
  if (step === undefined) return spliced(body, nearest.start, nearest.end, token)
  const made = nested(rest, token)
  if (made === undefined || nearest.kind === 'scalar') return 'no-place'
  const member = nearest.kind === 'object' ? memberOf(nearest, step, made) : itemsOf(nearest, step, made)
  if (member === undefined) return 'no-place'
  if (nearest.size > 0) return spliced(body, nearest.lastEnd, nearest.lastEnd, `,${member}`)
  return spliced(body, nearest.start + 1, nearest.end - 1, member)
}

function memberOf({ space, colon }: Value, key: string, token: string): string {
  return `${space}${JSON.stringify(key)}${colon}${token}`
}

function itemsOf({ size, space }: Value, step: string, token: string): string | undefined {
  if (!INDEX.test(step) || Number(step) > MAX_INDEX) return undefined
  return [...Array.from({ length: Number(step) - size }, () => 'null'), token]
    .map((item) => `${space}${item}`)
    .join(',')
}

/** The value behind steps that lead through nothing yet. */
function nested(steps: readonly string[], token: string): string | undefined {
  let made = token
  for (const step of steps.toReversed()) {
    const isIndex = INDEX.test(step)
    const inside = isIndex ? itemsOf(EMPTY, step, made) : memberOf(EMPTY, step, made)
    if (inside === undefined) return undefined
    made = isIndex ? `[${inside}]` : `{${inside}}`
  }
  return made
}

const EMPTY: Value = { kind: 'scalar', start: 0, end: 0, size: 0, space: '', colon: ':', lastEnd: 0 }

/** One character per byte: offsets in the text are offsets in the body, whatever its bytes are. */
function textOf(body: Uint8Array): string {
  return asBuffer(body).toString('latin1')
}

function spliced(body: Uint8Array, start: number, end: number, token: string): Uint8Array {
  const bytes = asBuffer(body)
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(token), bytes.subarray(end)])
}

/** The values that a path leads through, from the whole on, as far as they are there; undefined for no JSON. */
function valuesOn(text: string, path: readonly string[]): readonly Value[] | undefined {
  /** Of the containers around what is read now; undefined for those that are not on the path. */
  const levels: (Level | undefined)[] = []
  const found: Value[] = []
  const tokens = jsonTokens(text)
  for (;;) {
    const next = tokens.next()
    if (next.done === true) return next.value.ok ? found : undefined
    const token = next.value
    const level = levels.at(-1)
    switch (token.kind) {
      case 'open':
      case 'string':
      case 'number':
      case 'literal': {
        startOfMember(level, text, token.start)
        const opened = levels.length === 0 || isOnPath(level, path) ? begin(token, text, level) : undefined
        // Of duplicate keys the last counts: with another value, what was below the first is gone.
        if (opened !== undefined) found.splice(opened.depth, found.length, opened.value)
        if (token.kind === 'open') levels.push(opened)
        else endOfMember(level, token.end)
        break
      }
      case 'close':
        if (level !== undefined) level.value.end = token.end
        levels.pop()
        endOfMember(levels.at(-1), token.end)
        break
      default:
        betweenMembers(level, text, token)
    }
  }
}

function isOnPath(level: Level | undefined, path: readonly string[]): boolean {
  if (level === undefined) return false
  const { value, depth, index, key } = level
  return path[depth] === (value.kind === 'array' ? String(index) : key)
}

/** A value on the path, with a place for what is in it. */
function begin({ kind, start, end }: JsonToken, text: string, around: Level | undefined): Level {
  const container = text[start] === '[' ? 'array' : 'object'
  const value: Value = { ...EMPTY, kind: kind === 'open' ? container : 'scalar', start, end }
  const depth = around === undefined ? 0 : around.depth + 1
  return { value, depth, index: 0, key: '', memberAt: end, keyStart: end, keyEnd: end }
}

function betweenMembers(level: Level | undefined, text: string, { kind, start, end }: JsonToken): void {
  if (level === undefined) return
  if (kind === 'key') {
    level.key = keyOf(text.slice(start, end))
    level.keyStart = start
    level.keyEnd = end
  } else if (kind === 'comma') {
    level.index++
    level.memberAt = end
  }
}

function startOfMember(level: Level | undefined, text: string, at: number): void {
  if (level === undefined) return
  const { value, memberAt, keyStart, keyEnd } = level
  const isArray = value.kind === 'array'
  value.size++
  value.space = text.slice(memberAt, isArray ? at : keyStart)
  if (!isArray) value.colon = text.slice(keyEnd, at)
}

function endOfMember(level: Level | undefined, at: number): void {
  if (level !== undefined) level.value.lastEnd = at
}

function keyOf(token: string): string {
  return String(JSON.parse(Buffer.from(token, 'latin1').toString('utf8')))
}
