import { displayWidth, wrapped } from './text.ts'

/** A paragraph, or a term with what it means beside it. */
interface Item {
  readonly indent: number
  term: string
  what: string | undefined
  /** Where `what` begins. */
  column: number
}

/** Narrower than that, what a term means stands below it. */
const LEAST_BESIDE = 24
const BELOW_INDENT = 4

/**
 * Lays a page of help out anew where the terminal is narrower than it was written for: paragraphs and meanings are
 * broken between words, what is to be typed stays whole. In a pipe it is as it was written.
 */
export function fitPage(page: string, columns: number | undefined): string {
  const lines = page.split('\n')
  if (columns === undefined || lines.every((line) => displayWidth(line) <= columns)) return page
  return itemsOf(lines)
    .flatMap((item) => linesOf(item, columns))
    .join('\n')
}

function itemsOf(lines: readonly string[]): Item[] {
  const items: Item[] = []
  for (const line of lines) {
    const [, spaces = '', term = '', gap = '', what] = /^( *)(.*?)(?:( {2,})(\S.*))?$/.exec(line) ?? []
    const indent = spaces.length
    const last = items.at(-1)
    if (last === undefined || what !== undefined || !continues(last, indent, term)) {
      items.push({ indent, term, what, column: indent + term.length + gap.length })
    } else if (indent === last.indent) last.term += ` ${term}`
    else {
      last.what = last.what === undefined ? term : `${last.what} ${term}`
      last.column = indent
    }
  }
  return items
}

/** Whether a line goes on with the item above it. */
function continues(last: Item, indent: number, term: string): boolean {
  if (last.term === '' || term === '') return false
  if (last.what !== undefined) return indent === last.column
  if (standsAlone(indent, term)) return false
  return standsAlone(last.indent, last.term) ? indent > last.indent + BELOW_INDENT : indent === last.indent
}

/** What can be typed, and JSON, is part of no paragraph. */
function standsAlone(indent: number, term: string): boolean {
  return /^[$#{"]/.test(term) || (indent > 0 && term.startsWith('-'))
}

function linesOf({ indent, term, what, column }: Item, columns: number): string[] {
  const margin = ' '.repeat(indent)
  const left = term.startsWith('$') ? [term] : wrapped(term, columns - indent)
  if (what === undefined) return left.map((line) => margin.slice(0, line === '' ? 0 : indent) + line)
  const beside = `${margin}${term}`.padEnd(column)
  if (beside.length > indent + term.length) {
    if (displayWidth(beside) + displayWidth(what) <= columns) return [beside + what]
    if (columns - column >= LEAST_BESIDE)
      return wrapped(what, columns - column).map((line, i) => (i === 0 ? beside : ' '.repeat(column)) + line)
  }
  const below = ' '.repeat(indent + BELOW_INDENT)
  return [
    ...left.map((line) => margin + line),
    ...wrapped(what, columns - below.length).map((line) => below + line),
  ]
}
