import { asBuffer } from './charset.ts'
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

/** A container that is being read. */
interface Level {
  readonly isArray: boolean
  /** How many steps of the path lead here; none where this is not on the path. */
  readonly depth: number | undefined
  /** Absent where this is not on the path. */
  readonly value: Value | undefined
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
  let made: string | undefined = token
  for (const step of steps.toReversed()) {
    const inner: string = made
    const items = INDEX.test(step) ? itemsOf(EMPTY, step, inner) : memberOf(EMPTY, step, inner)
    if (items === undefined) return undefined
    made = INDEX.test(step) ? `[${items}]` : `{${items}}`
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
  const levels: Level[] = []
  const found: Value[] = []
  const tokens = jsonTokens(text)
  for (;;) {
    const next = tokens.next()
    if (next.done === true) return next.value.ok ? found : undefined
    const { kind, start, end } = next.value
    const level = levels.at(-1)
    if (kind === 'key' && level !== undefined) {
      level.key = keyOf(text.slice(start, end))
      level.keyStart = start
      level.keyEnd = end
    } else if (kind === 'comma' && level !== undefined) {
      level.index++
      level.memberAt = end
    } else if (kind === 'close' && level !== undefined) {
      if (level.value !== undefined) level.value.end = end
      levels.pop()
      endOfMember(levels.at(-1), end)
    } else if (kind !== 'key' && kind !== 'comma' && kind !== 'close' && kind !== 'colon') {
      startOfMember(level, text, start)
      const depth = depthIn(level, path)
      const isArray = text[start] === '['
      const what: Value['kind'] = kind !== 'open' ? 'scalar' : isArray ? 'array' : 'object'
      const value = depth === undefined ? undefined : { ...EMPTY, kind: what, start, end }
      // Of duplicate keys the last counts: with another value, what was below the first is gone.
      if (depth !== undefined && value !== undefined) found.splice(depth, found.length, value)
      if (kind === 'open') {
        levels.push({ isArray, depth, value, index: 0, key: '', memberAt: end, keyStart: end, keyEnd: end })
      } else endOfMember(level, end)
    }
  }
}

/** How many steps of the path lead to the value that begins here. */
function depthIn(level: Level | undefined, path: readonly string[]): number | undefined {
  if (level === undefined) return 0
  const { depth, isArray, index, key } = level
  if (depth === undefined) return undefined
  return path[depth] === (isArray ? String(index) : key) ? depth + 1 : undefined
}

function startOfMember(level: Level | undefined, text: string, at: number): void {
  if (level?.value === undefined) return
  const { value, isArray, memberAt, keyStart, keyEnd } = level
  value.size++
  value.space = text.slice(memberAt, isArray ? at : keyStart)
  if (!isArray) value.colon = text.slice(keyEnd, at)
}

function endOfMember(level: Level | undefined, at: number): void {
  if (level?.value !== undefined) level.value.lastEnd = at
}

function keyOf(token: string): string {
  return String(JSON.parse(Buffer.from(token, 'latin1').toString('utf8')))
}
