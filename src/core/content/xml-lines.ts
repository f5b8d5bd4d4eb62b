import type { ContentLine, Piece, PieceKind } from './lines.ts'
import type { XmlToken, XmlTokenKind } from './xml.ts'
import { xmlTokens } from './xml.ts'

/**
 * XML laid out for reading: an element per line, text beside its tags where it is all they hold. Tags, texts and
 * comments stay as they were sent; only the white space around them is ours. Ends where tags stop matching.
 */
export function* xmlLines(text: string): Generator<ContentLine> {
  let nesting = 0
  let line: { depth: number; pieces: Piece[] } | undefined
  let previous: XmlTokenKind | undefined
  for (const token of xmlTokens(text)) {
    const piece = pieceOf(text, token)
    if (piece.text === '') continue
    if (token.kind === 'close') nesting--
    if (line === undefined) line = { depth: nesting, pieces: [piece] }
    else if (joins(token.kind, previous, line.pieces)) line.pieces.push(piece)
    else {
      yield* settled(line)
      line = { depth: nesting, pieces: [piece] }
    }
    if (token.kind === 'open') nesting++
    previous = token.kind
  }
  if (line !== undefined) yield line
}

function joins(kind: XmlTokenKind, previous: XmlTokenKind | undefined, line: readonly Piece[]): boolean {
  if (previous === 'open') return kind === 'text' || kind === 'cdata' || kind === 'close'
  return kind === 'close' && (previous === 'text' || previous === 'cdata') && line.length === 2
}

/** A text was put beside its opening tag in the hope that the closing one follows; where it did not, they part. */
function* settled({ depth, pieces }: ContentLine): Generator<ContentLine> {
  const [tag, text] = pieces
  if (pieces.length === 2 && tag !== undefined && text?.kind === 'text') {
    yield { depth, pieces: [tag] }
    yield { depth: depth + 1, pieces: [text] }
  } else yield { depth, pieces }
}

function pieceOf(text: string, { kind, start, end }: XmlToken): Piece {
  const raw = text.slice(start, end)
  if (kind !== 'text') return { kind: PIECE_KIND[kind], text: raw, start }
  const trimmed = raw.trimStart()
  return { kind: 'text', text: trimmed.trimEnd(), start: start + raw.length - trimmed.length }
}

const PIECE_KIND: Readonly<Record<Exclude<XmlTokenKind, 'text'>, PieceKind>> = {
  open: 'tag',
  close: 'tag',
  empty: 'tag',
  comment: 'comment',
  cdata: 'text',
  instruction: 'comment',
  doctype: 'comment',
}
