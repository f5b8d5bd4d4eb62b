import { jsonTokens } from '../../core/content/json.ts'
import type { JsonLayout } from './types.ts'

interface Spacing {
  readonly indent?: string
  readonly comma: string
  readonly colon: string
}

const SPACING: Readonly<Record<JsonLayout, Spacing>> = {
  compact: { comma: ',', colon: ':' },
  // Python's `json.dumps` without arguments.
  spaced: { comma: ', ', colon: ': ' },
  'indent-2': { indent: '  ', comma: ',', colon: ': ' },
  'indent-4': { indent: '    ', comma: ',', colon: ': ' },
  tabs: { indent: '\t', comma: ',', colon: ': ' },
}

export const LAYOUTS: readonly JsonLayout[] = ['compact', 'indent-2', 'spaced', 'indent-4', 'tabs']

/** Nothing but brackets would be as many tokens as bytes, and each an entry of a list. */
const MAX_TOKENS = 2_000_000

/** The tokens of a JSON text: order, duplicates and numbers are kept as they came. Undefined where it is none, or endless. */
export function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = []
  const reader = jsonTokens(text)
  for (;;) {
    const next = reader.next()
    if (next.done === true) return next.value.ok ? tokens : undefined
    if (tokens.length === MAX_TOKENS) return undefined
    tokens.push(text.slice(next.value.start, next.value.end))
  }
}

/** Strings with no more escapes than JSON asks for, as `JSON.stringify` writes them. */
export function unescaped(tokens: readonly string[]): readonly string[] {
  return tokens.map((token) =>
    token.startsWith('"') && token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token,
  )
}

/**
 * The same tokens with other spaces between them; empty objects and arrays stay on one line, as everybody writes
 * them. Undefined where it would be longer than `maxLength`: the indents of deep nesting have no bound of their own.
 */
export function laidOut(
  tokens: readonly string[],
  layout: JsonLayout,
  maxLength: number,
): string | undefined {
  const { indent, comma, colon } = SPACING[layout]
  const parts: string[] = []
  let depth = 0
  let length = 0
  const newLine = (): void => {
    if (indent === undefined) return
    parts.push('\n', indent.repeat(depth))
    length += 1 + indent.length * depth
  }
  for (const [index, token] of tokens.entries()) {
    length += token.length + 1
    if (length > maxLength) return undefined
    switch (token) {
      case '{':
      case '[':
        depth++
        parts.push(token)
        if (!isCloser(tokens[index + 1])) newLine()
        break
      case '}':
      case ']':
        depth--
        if (!isOpener(tokens[index - 1])) newLine()
        parts.push(token)
        break
      case ',':
        parts.push(comma)
        newLine()
        break
      case ':':
        parts.push(colon)
        break
      default:
        parts.push(token)
    }
  }
  return parts.join('')
}

function isOpener(token: string | undefined): boolean {
  return token === '{' || token === '['
}

function isCloser(token: string | undefined): boolean {
  return token === '}' || token === ']'
}
