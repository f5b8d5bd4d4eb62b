import type { CodingFailure } from '../core/content/coding.ts'
import type { ContentNote, ContentView } from '../core/content/describe.ts'
import { formatBytes } from '../core/units.ts'
import type { BodyTheme, Row, Span } from './body-rows.ts'
import { contentRows } from './body-rows.ts'
import { sanitizeLine } from './sanitize.ts'
import { displayWidth } from './text.ts'

export interface BodyOptions {
  /** How much of the content is shown, in bytes of it; Infinity for all. */
  readonly previewBytes: number
  /** What to type to see what is left out. */
  readonly toSeeAll?: string
  /** Begins every line. */
  readonly indent: string
  /** Width of the terminal. Longer lines are broken here, not by the terminal, so that each has its indent. */
  readonly columns?: number
  readonly theme?: BodyTheme
}

const PLAIN: BodyTheme = { dim: (text) => text, key: (text) => text }
/** Deeper is not further to the right: 256 levels would make a terabyte of a gigabyte. */
const MAX_INDENT_DEPTH = 32
const LEAST_ROOM = 20
const TAB = '    '

/**
 * A content as lines, nothing in them that acts on a terminal. What is to be known about it comes first, what is left
 * out comes last.
 */
export function renderBody(view: ContentView, options: BodyOptions): string[] {
  return [...bodyLines(view, options)]
}

function* bodyLines(view: ContentView, options: BodyOptions): Generator<string> {
  const theme = options.theme ?? PLAIN
  for (const { depth, spans } of allRows(view, options, theme)) {
    const indent = options.indent + '  '.repeat(Math.min(depth, MAX_INDENT_DEPTH))
    const lines = options.columns === undefined ? [spans] : wrap(spans, options.columns - indent.length)
    for (const line of lines) {
      yield indent + line.map(({ text, paint }) => (paint === undefined ? text : paint(text))).join('')
    }
  }
}

function* allRows(
  view: ContentView,
  { previewBytes, toSeeAll }: BodyOptions,
  theme: BodyTheme,
): Generator<Row> {
  const remark = (words: string): Row => ({
    depth: 0,
    spans: [{ text: sanitizeLine(words), paint: theme.dim }],
  })
  if (view.decodedFrom.length > 0) {
    yield remark(`decoded from ${view.decodedFrom.join(', ')}: ${formatBytes(view.size)}`)
  }
  for (const note of view.notes) yield remark(noteWords(note))
  const left = yield* contentRows(view, previewBytes, theme)
  if (left > 0) yield remark(`(${formatBytes(left)} more${toSeeAll === undefined ? '' : `: ${toSeeAll}`})`)
}

/** Breaks a line where it is full. A terminal would do so too, and go on in column one: the place of our own lines. */
function* wrap(spans: readonly Span[], columns: number): Generator<Span[]> {
  const room = Math.max(columns, LEAST_ROOM)
  let line: Span[] = []
  let width = 0
  for (const span of spans) {
    let text = span.text.replaceAll('\t', TAB)
    for (;;) {
      const fits = fitting(text, room - width)
      if (fits > 0) line.push({ ...span, text: text.slice(0, fits) })
      width += displayWidth(text.slice(0, fits))
      text = text.slice(fits)
      if (text === '') break
      yield line
      line = []
      width = 0
    }
  }
  yield line
}

const ASCII = /^[\x20-\x7e]*$/

/** How much of a text, in code units, fits into so many columns. */
function fitting(text: string, columns: number): number {
  if (ASCII.test(text.slice(0, columns + 1))) return Math.min(text.length, columns)
  let width = 0
  let end = 0
  for (const char of text) {
    width += displayWidth(char)
    if (width > columns) break
    end += char.length
  }
  return end
}

/** A note in words. What strangers wrote is quoted in it as it is: sanitise the result. */
function noteWords(note: ContentNote): string {
  switch (note.code) {
    case 'not-decoded':
      return `${note.coding}: ${CODING_WORDS[note.reason]}; shown as it came`
    case 'charset-unknown':
      return `charset ${note.charset} is not one we read; shown as UTF-8`
    case 'not-utf8':
      return note.bytes === 1 ? '1 byte is not UTF-8' : `${note.bytes} bytes are not UTF-8`
    case 'syntax':
      return `not ${NAMES[note.syntax]}: see line ${note.line}, column ${note.column}`
    case 'too-deep':
      return `${NAMES[note.syntax]} nested deeper than ${note.depth} levels; shown as it came`
    case 'is-json':
      return `JSON, though it was sent as ${note.declared}`
    default:
      return BOUNDARY_WORDS[note.code]
  }
}

const BOUNDARY_WORDS = {
  'boundary-missing': 'multipart without a boundary; shown as it came',
  'boundary-invalid': 'multipart with a boundary that is none; shown as it came',
  'boundary-not-found': 'multipart whose boundary is nowhere in it; shown as it came',
} as const

const NAMES = { json: 'JSON', xml: 'XML' } as const

const CODING_WORDS: Readonly<Record<CodingFailure, string>> = {
  'unknown-coding': 'a content-coding we cannot take off',
  'too-many-codings': 'more content-codings on top of each other than we take off',
  'too-large': 'decodes to too much',
  truncated: 'the compressed data ends in the middle',
  malformed: 'the compressed data is damaged',
}
