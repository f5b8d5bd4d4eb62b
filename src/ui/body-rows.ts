import type { Charset } from '../core/content/charset.ts'
import { encodedLength } from '../core/content/charset.ts'
import type { ContentView } from '../core/content/describe.ts'
import { describeContent } from '../core/content/describe.ts'
import { formFields } from '../core/content/form.ts'
import { hexLines } from '../core/content/hex.ts'
import { jsonLines } from '../core/content/json-lines.ts'
import type { ContentLine, PieceKind } from '../core/content/lines.ts'
import type { MultipartPart } from '../core/content/multipart.ts'
import { multipartParts } from '../core/content/multipart.ts'
import { xmlLines } from '../core/content/xml-lines.ts'
import { formatBytes } from '../core/units.ts'
import { sanitizeBlock, sanitizeJson, sanitizeLine } from './sanitize.ts'

type Paint = (text: string) => string

export interface BodyTheme {
  readonly dim: Paint
  readonly key: Paint
}

/** Sanitised text on one line. */
export interface Span {
  readonly text: string
  readonly paint?: Paint
}

/** A line to be, and how far it is indented. */
export interface Row {
  readonly depth: number
  readonly spans: readonly Span[]
}

type ViewOf<Kind extends ContentView['kind']> = Extract<ContentView, { readonly kind: Kind }>
/** Rows in order; returns how many bytes of the content they leave out. */
type Rows = Generator<Row, number>

/** Nobody reads hex by the screenful: a preview shows a sixteenth of what it shows of text. */
const HEX_SHARE = 16
/** What a part's heading counts against the preview, so that a million empty parts come to an end. */
const HEADING_COST = 64

/** A content as rows, of which at most `budget` bytes are shown. */
export function* contentRows(view: ContentView, budget: number, theme: BodyTheme): Rows {
  switch (view.kind) {
    case 'json': {
      const lines = jsonLines(view.text, { sequence: view.sequence, cut: !view.complete })
      return yield* structuredRows(view, lines, budget, theme)
    }
    case 'xml':
      return yield* structuredRows(view, xmlLines(view.text), budget, theme)
    case 'text':
      return yield* textRows(view, budget)
    case 'form':
      return yield* formRows(view, budget, theme)
    case 'multipart':
      return yield* multipartRows(view, budget, theme)
    case 'binary':
      return yield* hexRows(view, budget)
    case 'empty':
  }
  return 0
}

type TextView = ViewOf<'json' | 'xml' | 'text'>

/** Where a text has to end, on a code point, so that what comes before is at most `maxBytes`. */
function cutIndex(text: string, charset: Charset, maxBytes: number): number {
  if (text.length * 3 <= maxBytes) return text.length
  let bytes = 0
  let end = 0
  for (const char of text) {
    bytes += encodedLength(char, charset)
    if (bytes > maxBytes) break
    end += char.length
  }
  return end
}

function leftOut(view: TextView, end: number): number {
  if (end === view.text.length && view.complete) return 0
  return view.size - view.bom - encodedLength(view.text.slice(0, end), view.charset)
}

function* textRows(view: ViewOf<'text'>, budget: number): Rows {
  const end = cutIndex(view.text, view.charset, budget - view.bom)
  for (const line of linesOf(view.text.slice(0, end))) yield { depth: 0, spans: [{ text: line }] }
  return leftOut(view, end)
}

function linesOf(text: string): string[] {
  return sanitizeBlock(text, '').split('\n')
}

function* structuredRows(
  view: ViewOf<'json' | 'xml'>,
  lines: Iterable<ContentLine>,
  budget: number,
  theme: BodyTheme,
): Rows {
  const end = cutIndex(view.text, view.charset, budget - view.bom)
  for (const { depth, pieces } of lines) {
    let spans: Span[] = []
    for (const { kind, text, start } of pieces) {
      if (start >= end) break
      const shown = text.slice(0, end - start)
      const [first = '', ...more] = view.kind === 'json' ? [sanitizeJson(shown)] : linesOf(shown)
      spans.push(span(first, kind, theme))
      for (const line of more) {
        yield { depth, spans }
        spans = [span(line, kind, theme)]
      }
    }
    if (spans.length === 0) break
    yield { depth, spans }
  }
  return leftOut(view, end)
}

function span(text: string, kind: PieceKind, theme: BodyTheme): Span {
  if (kind === 'key' || kind === 'tag') return { text, paint: theme.key }
  return kind === 'comment' ? { text, paint: theme.dim } : { text }
}

function* formRows(view: ViewOf<'form'>, budget: number, theme: BodyTheme): Rows {
  for (const { name, value, start } of formFields(view.bytes)) {
    const room = budget - start
    if (room <= name.length) return view.size - start
    const shown = value.slice(0, cutIndex(value, 'utf-8', room - name.length))
    const [first = '', ...more] = linesOf(shown)
    yield { depth: 0, spans: [{ text: sanitizeLine(name), paint: theme.key }, { text: ` = ${first}` }] }
    for (const line of more) yield { depth: 1, spans: [{ text: line }] }
    if (shown.length < value.length) return view.size - budget
  }
  return view.size - view.bytes.byteLength
}

function* multipartRows(view: ViewOf<'multipart'>, budget: number, theme: BodyTheme): Rows {
  let left = budget
  for (const part of multipartParts(view.bytes, view.boundary)) {
    if (left <= 0) return view.size - part.start
    const spans = heading(part, theme)
    yield { depth: 0, spans }
    left -= spans.reduce((length, { text }) => length + text.length, HEADING_COST)
    const shown = Math.max(left, 0)
    const content = part.filename === undefined ? readablePart(part, shown) : undefined
    if (content === undefined) continue
    const rest = yield* indented(contentRows(content, shown, theme))
    if (rest > 0) return view.size - part.start - (content.size - rest)
    left -= content.size
  }
  return 0
}

function heading({ name, filename, contentType, body, complete }: MultipartPart, theme: BodyTheme): Span[] {
  const facts = [
    ...(filename === undefined ? [] : [`"${filename}"`]),
    ...(contentType === undefined ? [] : [contentType]),
    formatBytes(body.byteLength),
    ...(complete ? [] : ['cut off']),
  ]
  return [
    { text: sanitizeLine(name ?? '(no name)'), paint: theme.key },
    { text: `  ${sanitizeLine(facts.join('  '))}`, paint: theme.dim },
  ]
}

/** What a part says, where people can read it. Parts within parts are told by their size, as files are. */
function readablePart({ contentType, body }: MultipartPart, maxBytes: number): ContentView | undefined {
  const headers = contentType === undefined ? [] : [['Content-Type', contentType] as const]
  const view = describeContent({ headers, body }, { maxBytes })
  return view.kind === 'binary' || view.kind === 'multipart' ? undefined : view
}

function* indented(rows: Rows): Rows {
  for (;;) {
    const next = rows.next()
    if (next.done === true) return next.value
    yield { ...next.value, depth: next.value.depth + 1 }
  }
}

function* hexRows(view: ViewOf<'binary'>, budget: number): Rows {
  const shown = view.bytes.subarray(0, Math.ceil(budget / HEX_SHARE))
  for (const line of hexLines(shown)) yield { depth: 0, spans: [{ text: line }] }
  return view.size - shown.byteLength
}
