import type { JsonOptions, JsonToken, JsonTokenKind } from './json.ts'
import { jsonTokens } from './json.ts'
import type { ContentLine, Piece, PieceKind } from './lines.ts'

/**
 * JSON laid out for reading, one member or element per line. Every token stays as it was sent; only the white
 * space between tokens is ours. Ends where the text stops being JSON.
 */
export function* jsonLines(text: string, options: JsonOptions = {}): Generator<ContentLine> {
  let nesting = 0
  let lineDepth = 0
  let pieces: Piece[] = []
  let previous: JsonTokenKind | undefined
  for (const token of jsonTokens(text, options)) {
    if (previous !== undefined && startsLine(token.kind, previous)) {
      yield { depth: lineDepth, pieces }
      pieces = []
      lineDepth = token.kind === 'close' ? nesting - 1 : nesting
    }
    pieces.push(pieceOf(text, token))
    if (token.kind === 'open') nesting++
    if (token.kind === 'close') nesting--
    previous = token.kind
  }
  if (pieces.length > 0) yield { depth: lineDepth, pieces }
}

function startsLine(kind: JsonTokenKind, previous: JsonTokenKind): boolean {
  if (previous === 'comma') return true
  if (kind === 'close' || previous === 'open') return !(kind === 'close' && previous === 'open')
  return kind !== 'comma' && kind !== 'colon' && previous !== 'colon'
}

function pieceOf(text: string, { kind, start, end }: JsonToken): Piece {
  if (kind === 'colon') return { kind: 'punctuation', text: ': ', start }
  return { kind: PIECE_KIND[kind], text: text.slice(start, end), start }
}

const PIECE_KIND: Readonly<Record<JsonTokenKind, PieceKind>> = {
  open: 'punctuation',
  close: 'punctuation',
  colon: 'punctuation',
  comma: 'punctuation',
  key: 'key',
  string: 'string',
  number: 'number',
  literal: 'literal',
}
