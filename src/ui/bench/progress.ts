import { formatDuration } from '../../core/units.ts'
import { cut, displayWidth } from '../text.ts'
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

/** The spinner before the line, and behind it the `^C` that a terminal echoes: that must begin no second line. */
const BESIDE = 7

/** `poll.500ms   118 events   median 234 ms so far   12 s left   Ctrl-C shows what there is` */
export function progressLine(
  { elapsedMs, plannedMs, modes }: BenchProgress,
  theme: Theme,
  columns: number,
): string {
  const left = Math.max(0, plannedMs - elapsedMs)
  const turn = modes[Math.floor(Math.max(0, elapsedMs) / TURN_MS) % Math.max(modes.length, 1)]
  const median = turn?.medianMs === undefined ? 'nothing yet' : `median ${duration(turn.medianMs)}`
  const seen = turn === undefined ? [] : [turn.name, `${turn.seen} events`]
  const end = `${formatDuration(Math.ceil(left / 1000) * 1000)} left`
  const lines = [
    [...seen, `${median} so far`, end, 'Ctrl-C shows what there is'],
    [...seen, median, end],
    [...seen, end],
  ].map((parts) => parts.join('   '))
  const room = columns - BESIDE
  return (
    lines.find((line) => displayWidth(line) <= room) ?? cut(lines.at(-1) ?? '', room, theme.symbols.ellipsis)
  )
}
