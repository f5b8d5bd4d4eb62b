import { quantile } from '../../core/bench/stats.ts'
import type { BenchResult } from '../../core/bench/result.ts'
import type { Theme } from '../theme.ts'
import { padEnd } from '../text.ts'
import type { NamedMode } from './names.ts'
import { isPoll, namedModes } from './names.ts'
import { duration } from './numbers.ts'

/** The five numbers of a box plot; the quartiles are missing where the samples are. Milliseconds. */
export interface Box {
  readonly min: number
  readonly p25?: number
  readonly p50: number
  readonly p75?: number
  readonly max: number
}

export function boxOf({ mode }: NamedMode): Box | undefined {
  const { min, max, p50 } = mode.delayMs
  if (mode.detected === 0 || !Number.isFinite(min) || !Number.isFinite(max)) return undefined
  const sorted = Float64Array.from(mode.samplesMs ?? []).toSorted()
  const quartiles = sorted.length > 0 && { p25: quantile(sorted, 0.25), p75: quantile(sorted, 0.75) }
  return { min, p50: p50.value, max, ...quartiles }
}

/** A logarithmic axis over whole decades. */
export interface LogAxis {
  readonly from: number
  readonly to: number
  /** The decades' own values. */
  readonly ticks: readonly number[]
  /** Place between 0 and 1. */
  at(value: number): number
}

/** Every value falls on it; those that are not positive at its beginning. */
export function logAxis(values: readonly number[]): LogAxis {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const value of values) {
    if (value <= 0 || !Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const first = Number.isFinite(low) ? Math.floor(Math.log10(low) + 1e-9) : 0
  const last = Math.max(high > 0 ? Math.ceil(Math.log10(high) - 1e-9) : 0, first + 1)
  const place = (value: number): number => (Math.log10(value) - first) / (last - first)
  return {
    from: 10 ** first,
    to: 10 ** last,
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
    at: (value) => (value > 0 ? Math.min(Math.max(place(value), 0), 1) : 0),
  }
}

const LABEL_COLUMNS = 21
const MOST_COLUMNS = 88
const AXIS_NAME = 'delay, log scale'

/**
 * One line for each mode: from the least delay to the greatest, the middle half as a block with the median in it,
 * on a logarithmic axis, and below them what these marks are. Empty where nothing was seen.
 */
export function stripLines(result: BenchResult, theme: Theme, columns: number): string[] {
  const boxes = namedModes(result).flatMap((named) => {
    const box = boxOf(named)
    return box === undefined ? [] : [{ named, box }]
  })
  const width = Math.min(columns, MOST_COLUMNS) - LABEL_COLUMNS - 6
  if (boxes.length === 0 || width < 20) return []
  const axis = logAxis(boxes.flatMap(({ box }) => [box.min, box.max]))
  const rows = boxes.map(({ named, box }) => {
    const paint = isPoll(named.mode) ? theme.warn : theme.ok
    return ` ${padEnd(named.label, LABEL_COLUMNS)}${strip(box, axis, width, theme, paint)}`
  })
  const head = `${padEnd(AXIS_NAME, LABEL_COLUMNS)}${axisText(axis, width)}`
  return [` ${theme.dim(head)}`, ...rows, ` ${theme.dim(legend(boxes, theme))}`]
}

/** The quartiles of a long run are not kept: then there is no block to explain. */
function legend(boxes: readonly { readonly box: Box }[], { symbols }: Theme): string {
  const { line, bar, block } = symbols
  return [
    `${line} least to greatest`,
    ...(boxes.some(({ box }) => box.p25 !== undefined) ? [`${block} middle half`] : []),
    `${bar} median`,
  ].join('   ')
}

function strip(
  { min, p25, p50, p75, max }: Box,
  axis: LogAxis,
  width: number,
  theme: Theme,
  paint: (text: string) => string,
): string {
  const { line, bar, block } = theme.symbols
  const column = (value: number): number => Math.round(axis.at(value) * (width - 1))
  const [first, last, median] = [column(min), column(max), column(p50)]
  const [boxFrom, boxTo] = [column(p25 ?? p50), column(p75 ?? p50)]
  let left = ''
  let right = ''
  for (let at = first; at <= last; at++) {
    const glyph = at >= boxFrom && at <= boxTo ? block : line
    if (at < median) left += glyph
    else if (at > median) right += glyph
  }
  return `${' '.repeat(first)}${paint(left)}${theme.strong(bar)}${paint(right)}`
}

/** Each decade's value begins where the decade does, if there is room. */
function axisText(axis: LogAxis, width: number): string {
  let text = ''
  for (const tick of axis.ticks) {
    const at = Math.round(axis.at(tick) * (width - 1))
    if (at >= text.length + (text === '' ? 0 : 1)) text = padEnd(text, at) + duration(tick, 1)
  }
  return text
}
