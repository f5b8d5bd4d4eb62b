import type { RequestSummary } from '../core/query.ts'
import { pathOf } from '../core/request.ts'
import { formatAge, formatBytes } from '../core/units.ts'
import { shortId } from './lines.ts'
import { sanitizeLine } from './sanitize.ts'
import { cut, displayWidth, packed } from './text.ts'
import type { Column } from './table.ts'
import { renderTable } from './table.ts'
import type { Theme } from './theme.ts'
import { outcomeWords, verdictCell } from './words.ts'

interface View {
  readonly now: number
  readonly theme: Theme
  readonly columns: number
}

/** Captured requests for a terminal: a table, or cards where the terminal is narrow. */
export function renderListing(rows: readonly RequestSummary[], view: View): string {
  return view.columns <= 60 ? cards(rows, view) : table(rows, view)
}

const GAP = 2
const LEAST_TEXT = 10

function table(rows: readonly RequestSummary[], { now, theme, columns }: View): string {
  const fixed: Record<'id' | 'when' | 'method' | 'size' | 'signature' | 'attempt', Column<RequestSummary>> = {
    id: { title: 'ID', cell: ({ request }) => theme.id(shortId(request.id)) },
    when: { title: 'WHEN', cell: ({ request }) => theme.dim(formatAge(now - request.receivedAt)) },
    method: { title: 'METHOD', cell: ({ request }) => request.method },
    size: { title: 'SIZE', align: 'right', cell: ({ size }) => formatBytes(size) },
    signature: { title: 'SIGNATURE', cell: ({ verdict }) => verdictCell(verdict, theme) },
    attempt: {
      title: 'LAST ATTEMPT',
      cell: ({ lastDelivery }) => (lastDelivery === undefined ? '' : outcomeWords(lastDelivery, theme)),
    },
  }
  const pathText = ({ request }: RequestSummary): string => placeOf(request, theme)
  const eventText = ({ identity }: RequestSummary): string => sanitizeLine(identity.event ?? '')
  const has = (column: Column<RequestSummary>): boolean => rows.some((row) => column.cell(row) !== '')

  // What gives way first on a narrow terminal stands first here.
  const optional = [fixed.attempt, fixed.size, fixed.signature, fixed.when].filter(has)
  const hasEvent = rows.some((row) => eventText(row) !== '')
  let kept: Column<RequestSummary>[] = []
  let room = 0
  for (let drop = 0; drop <= optional.length; drop++) {
    kept = [fixed.id, fixed.method, ...optional.slice(drop)]
    room = columns - kept.reduce((sum, column) => sum + widthOf(column, rows) + GAP, 0)
    if (room >= (LEAST_TEXT + GAP) * 2) break
  }
  const widest = (text: (row: RequestSummary) => string, least: number): number =>
    rows.reduce((most, row) => Math.max(most, displayWidth(text(row))), least)
  const eventWidth = hasEvent ? Math.min(widest(eventText, 5), Math.floor((room - GAP) / 2)) : 0
  const pathWidth = Math.min(widest(pathText, 4), room - (hasEvent ? eventWidth + GAP : 0))
  const path: Column<RequestSummary> = {
    title: 'PATH',
    cell: (row) => cut(pathText(row), pathWidth, theme.symbols.ellipsis),
  }
  const event: Column<RequestSummary> = {
    title: 'EVENT',
    cell: (row) => cut(eventText(row), eventWidth, theme.symbols.ellipsis),
  }
  const order = [
    fixed.id,
    fixed.when,
    fixed.method,
    path,
    ...(hasEvent ? [event] : []),
    fixed.size,
    fixed.signature,
    fixed.attempt,
  ]
  const shown = order.filter((column) => column === path || column === event || kept.includes(column))
  return renderTable(shown, rows, theme.dim)
}

/** What `send` sent to a listener of ours is there twice, sent and captured: an arrow tells which was sent. */
function placeOf({ source, target }: RequestSummary['request'], { symbols }: Theme): string {
  const path = sanitizeLine(pathOf(target))
  return source === 'sent' ? `${symbols.arrow} ${path}` : path
}

function widthOf(column: Column<RequestSummary>, rows: readonly RequestSummary[]): number {
  return rows.reduce((most, row) => Math.max(most, displayWidth(column.cell(row))), column.title.length)
}

function cards(rows: readonly RequestSummary[], { now, theme, columns }: View): string {
  return rows
    .map((row) => {
      const { request, identity, lastDelivery } = row
      const what = cut(`${request.method} ${placeOf(request, theme)}`, columns - 6, theme.symbols.ellipsis)
      const facts = [
        cut(sanitizeLine(identity.event ?? ''), columns - 6, theme.symbols.ellipsis),
        formatBytes(row.size),
        formatAge(now - request.receivedAt),
        verdictCell(row.verdict, theme),
        lastDelivery === undefined ? '' : outcomeWords(lastDelivery, theme),
      ].filter((fact) => fact !== '')
      return [
        `${theme.id(shortId(request.id))}  ${what}`,
        ...packed(facts, '  ', columns - 6).map((line) => `      ${line}`),
      ].join('\n')
    })
    .join('\n')
}
