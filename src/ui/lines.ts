import { outcomeName } from '../core/delivery.ts'
import type { RequestSummary } from '../core/query.ts'
import { pathOf } from '../core/request.ts'
import { formatBytes } from '../core/units.ts'
import { cut, displayWidth, padEnd } from './text.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Theme } from './theme.ts'
import { verdictMark } from './words.ts'

/** What a person types to name a request: four letters are enough for a million neighbours. */
export function shortId(id: string): string {
  return id.slice(0, 4)
}

/** `14:02:11`, local time. */
export function clockTime(epochMs: number): string {
  const date = new Date(epochMs)
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':')
}

/** `2026-11-21`, local time. */
export function dateOf(epochMs: number): string {
  const date = new Date(epochMs)
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0'))
  return `${date.getFullYear()}-${month}-${day}`
}

const GAP = '  '
const TIME_WIDTH = 8

/**
 * The arrival of a request for a terminal: one line, or two where it is narrow. Texts of strangers are cut
 * where they would not fit; our own columns never are.
 */
export function arrivalLine(summary: RequestSummary, theme: Theme, columns: number): string {
  const { request, identity } = summary
  const time = theme.dim(clockTime(request.receivedAt))
  const what = `${request.method} ${sanitizeLine(pathOf(request.target))}`
  const size = formatBytes(summary.size).padStart(7)
  const mark = verdictMark(summary.verdict, theme)
  const tail = [theme.dim(size), mark, theme.id(shortId(request.id))].filter((part) => part !== '').join(GAP)
  const event = sanitizeLine(identity.event ?? '')

  const room = columns - TIME_WIDTH - GAP.length - GAP.length - displayWidth(tail)
  if (columns <= 60) {
    const below = columns - TIME_WIDTH - GAP.length
    const second =
      event === ''
        ? tail
        : `${cut(event, Math.max(below - displayWidth(tail) - 2, 8), theme.symbols.ellipsis)}${GAP}${tail}`
    return `${time}${GAP}${cut(what, below, theme.symbols.ellipsis)}\n${' '.repeat(TIME_WIDTH)}${GAP}${second}`
  }
  const eventWidth = event === '' ? 0 : Math.min(Math.max(displayWidth(event), 16), Math.floor(room * 0.45))
  const whatWidth = room - (eventWidth === 0 ? 0 : eventWidth + GAP.length)
  const fitted = Math.min(whatWidth, Math.max(displayWidth(what), 24))
  const left = padEnd(cut(what, fitted, theme.symbols.ellipsis), fitted)
  const middle =
    eventWidth === 0 ? '' : `${GAP}${padEnd(cut(event, eventWidth, theme.symbols.ellipsis), eventWidth)}`
  return `${time}${GAP}${left}${middle}${GAP}${tail}`
}

/** The same facts for a pipe: tab-separated, nothing cut, ISO time, bytes. Also a row of `list`. */
export function plainRow(summary: RequestSummary): string {
  const { request, identity, lastDelivery } = summary
  const outcome = lastDelivery?.outcome
  return [
    request.id,
    new Date(request.receivedAt).toISOString(),
    request.method,
    sanitizeLine(request.target),
    sanitizeLine(identity.event ?? ''),
    String(summary.size),
    summary.verdict.status,
    outcome === undefined ? '' : sanitizeLine(outcomeName(outcome)),
  ].join('\t')
}
