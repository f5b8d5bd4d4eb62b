import { asBuffer } from './charset.ts'
import { jsonTokens } from './json.ts'

interface Range {
  readonly start: number
  readonly end: number
}

interface Level {
  readonly isArray: boolean
  /** How many steps of the path lead here; none where this is not on the path. */
  readonly depth: number | undefined
  index: number
  key: string
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
  // One character per byte: offsets in the text are offsets in the body, whatever its bytes are.
  const text = asBuffer(body).toString('latin1')
  const range = scalarAt(text, path)
  if (range === undefined) return undefined
  const bytes = asBuffer(body)
  return Buffer.concat([bytes.subarray(0, range.start), Buffer.from(token), bytes.subarray(range.end)])
}

function scalarAt(text: string, path: readonly string[]): Range | undefined {
  const levels: Level[] = []
  let found: Range | undefined
  const depthHere = (): number | undefined => {
    const level = levels.at(-1)
    if (level === undefined) return 0
    if (level.depth === undefined) return undefined
    const step = level.isArray ? String(level.index) : level.key
    return path[level.depth] === step ? level.depth + 1 : undefined
  }
  const tokens = jsonTokens(text)
  for (;;) {
    const next = tokens.next()
    if (next.done === true) return next.value.ok ? found : undefined
    const { kind, start, end } = next.value
    const level = levels.at(-1)
    if (kind === 'open') {
      const depth = depthHere()
      if (depth === path.length) found = undefined
      levels.push({ isArray: text[start] === '[', depth, index: 0, key: '' })
    } else if (kind === 'close') levels.pop()
    else if (kind === 'key' && level !== undefined) level.key = keyOf(text.slice(start, end))
    else if (kind === 'comma' && level !== undefined) level.index++
    else if (kind === 'string' || kind === 'number' || kind === 'literal') {
      if (depthHere() === path.length) found = { start, end }
    }
  }
}

function keyOf(token: string): string {
  return String(JSON.parse(Buffer.from(token, 'latin1').toString('utf8')))
}
