import { formatDuration } from '../../core/units.ts'
import { cut } from '../text.ts'
import type { Theme } from '../theme.ts'
import { duration } from './numbers.ts'

export interface BenchProgress {
  readonly elapsedMs: number
  readonly plannedMs: number
  readonly modes: readonly {
    readonly name: string
    readonly seen: number
    readonly medianMs: number | undefined
  }[]
}

/** Each mode has the line to itself for so long. */
const TURN_MS = 1500

/** `poll.500ms   118 events   median 234 ms so far   12 s left   Ctrl-C shows what there is` */
export function progressLine(
  { elapsedMs, plannedMs, modes }: BenchProgress,
  theme: Theme,
  columns: number,
): string {
  const left = Math.max(0, plannedMs - elapsedMs)
  const turn = modes[Math.floor(Math.max(0, elapsedMs) / TURN_MS) % Math.max(modes.length, 1)]
  const median = turn?.medianMs === undefined ? 'nothing yet' : `median ${duration(turn.medianMs)} so far`
  const parts = [
    ...(turn === undefined ? [] : [turn.name, `${turn.seen} events`, median]),
    `${formatDuration(Math.ceil(left / 1000) * 1000)} left`,
    'Ctrl-C shows what there is',
  ]
  return cut(parts.join('   '), columns - 4, theme.symbols.ellipsis)
}
