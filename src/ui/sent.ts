import type { Attempt } from '../core/ports.ts'
import { formatDuration } from '../core/units.ts'
import { gistOf } from './gist.ts'
import { sanitizeLine } from './sanitize.ts'
import { cut, displayWidth, padEnd } from './text.ts'
import type { Theme } from './theme.ts'
import { connectionWords, outcomeWords } from './words.ts'

export interface SentView {
  /** Short; empty where nothing was stored. */
  readonly id: string
  readonly method: string
  readonly url: string
  readonly attempt: Attempt
  /** In place of method and URL: what was wrong with it. */
  readonly what?: string
  /** What else there is to say of it. */
  readonly note?: string
  /** What is thought of the answer. */
  readonly judgement?: { readonly isGood: boolean; readonly words: string }
}

/** Below this a note has a line of its own. */
const WIDE_COLUMNS = 80
/** The longest of what can be wrong with an event, so that the answers stand below each other. */
const LABEL_COLUMNS = 27

/** `→ w4hp   POST localhost:3000/hooks   200   14 ms`, below it the beginning of an answer's body. */
export function sentLines(view: SentView, theme: Theme, columns: number): string {
  const { id, method, url, attempt, what, note = '', judgement } = view
  const { arrow, ok, bad, ellipsis } = theme.symbols
  const mark =
    judgement === undefined
      ? ''
      : judgement.isGood
        ? theme.ok(`${ok} ${judgement.words}`)
        : theme.bad(`${bad} ${judgement.words}`)
  const isWide = columns >= WIDE_COLUMNS
  const tail = [outcomeWords(attempt, theme), mark, isWide ? theme.dim(note) : '']
    .filter((part) => part !== '')
    .join('   ')
  const label = what ?? `${method} ${sanitizeLine(url.replace(/^http:\/\//, ''))}`
  const head = `${arrow} ${theme.id(padEnd(id, 4))}   `
  const room = Math.max(columns - displayWidth(head) - displayWidth(tail) - 3, 20)
  const line = `${head}${padEnd(cut(label, room, ellipsis), Math.min(room, LABEL_COLUMNS))}   ${tail}\n`
  const below = [isWide ? '' : note, what === undefined ? bodyLine(attempt, columns, ellipsis) : '']
  return line + below.map((text) => (text === '' ? '' : `         ${theme.dim(text)}\n`)).join('')
}

/** The same facts for a pipe, tab-separated. */
export function sentRow({ id, method, url, attempt, what, note, judgement }: SentView): string {
  const { outcome, startedAt, durationMs } = attempt
  return `${[
    id,
    new Date(startedAt).toISOString(),
    method,
    sanitizeLine(url),
    outcome.kind === 'response' ? String(outcome.status) : sanitizeLine(outcome.code),
    durationMs.toFixed(1),
    what ?? note ?? '',
    judgement?.words ?? '',
  ].join('\t')}\n`
}

function bodyLine({ outcome }: Attempt, columns: number, ellipsis: string): string {
  if (outcome.kind !== 'response' || outcome.body.byteLength === 0) return ''
  return cut(gistOf(outcome.body), Math.max(columns - 10, 20), ellipsis)
}

export interface RunView {
  readonly sent: number
  readonly outcomes: readonly (readonly [outcome: string, count: number])[]
  readonly latencies: readonly (readonly [percentile: number, ms: number])[]
  readonly durationMs: number
  /** How many were wanted; more than were sent where it was interrupted. */
  readonly wanted: number
}

/** `200 sent in 10 s (20.0/s)   198 × 200 · 2 × 500   p50 4 ms · p90 9 ms` */
export function runSummary({ sent, outcomes, latencies, durationMs, wanted }: RunView, theme: Theme): string {
  const dot = ` ${theme.symbols.dot} `
  const rate = durationMs > 0 ? ` (${((sent * 1000) / durationMs).toFixed(1)}/s)` : ''
  const counts = outcomes.map(([outcome, count]) => `${count} × ${connectionWords(outcome)}`).join(dot)
  const times = latencies.map(([percentile, ms]) => `p${percentile} ${formatMs(ms)}`).join(dot)
  const total = sent === wanted ? `${sent} sent` : `interrupted: ${sent} of ${wanted} sent`
  return [`${total} in ${formatDuration(durationMs)}${rate}`, counts, times]
    .filter((part) => part !== '')
    .join('   ')
}

function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : formatDuration(ms)
}
