export type PieceKind = 'key' | 'string' | 'number' | 'literal' | 'punctuation' | 'tag' | 'comment' | 'text'

/** A run of text of one kind, with its place in the text it was taken from. */
export interface Piece {
  readonly kind: PieceKind
  readonly text: string
  readonly start: number
}

/** A line of structured text, ready to be indented. */
export interface ContentLine {
  readonly depth: number
  readonly pieces: readonly Piece[]
}

/** Line and column of an offset, both from 1; a column is a code point. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: Array.from(text.slice(lineStart, offset)).length + 1 }
}

/** How the reading of a structured text ended: at its end, or where it stops being what it should be. */
export type ScanEnd =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'syntax' | 'too-deep' | 'cut'; readonly offset: number }

export interface ScanOptions {
  /** The text is the start of a longer one: an end in the middle is `cut`, not a syntax error. */
  readonly cut?: boolean
}

/** Reads to the end and tells how it ended. */
export function scanToEnd(tokens: Generator<unknown, ScanEnd>): ScanEnd {
  for (;;) {
    const next = tokens.next()
    if (next.done === true) return next.value
  }
}
