import type { BenchResult } from '../../../core/bench/result.ts'
import type { NamedMode } from '../names.ts'
import { isPoll, namedModes } from '../names.ts'
import { at, chart, colourOf, frame, line, path, text } from './svg.ts'

const WINDOW_MS = 5000
const ROW = 46

interface Seen {
  /** Milliseconds from the window's begin. */
  readonly happened: number
  readonly known: number
}

/** The first seconds: for each mode how many events have happened that the client does not know of yet. */
export function timelineChart(result: BenchResult): string {
  const modes = namedModes(result)
  const [first] = result.events
  if (first === undefined) return ''
  const zero = Number(BigInt(first.scheduledNs) / 1000n) / 1000
  const rows = modes.flatMap((named) => {
    const seen = sightings(named, result, zero)
    return seen === undefined ? [] : [{ named, seen }]
  })
  if (rows.length === 0) return ''
  const box = frame((rows.length + 1) * ROW + 74, 170, 40)
  const x = (ms: number): number => box.left + (Math.min(ms, WINDOW_MS) / WINDOW_MS) * (box.right - box.left)
  const events = result.events
    .map(({ scheduledNs }) => Number(BigInt(scheduledNs) / 1000n) / 1000 - zero)
    .filter((ms) => ms <= WINDOW_MS)
  const seconds = Array.from({ length: WINDOW_MS / 1000 + 1 }, (_, s) => {
    const place = x(s * 1000)
    return (
      line(place, box.top, place, box.bottom, 'grid') +
      text(place, box.bottom + 18, `${s} s`, { anchor: 'middle' })
    )
  })
  return chart(box, 'Events that a client does not know of yet, over the first five seconds', [
    ...seconds,
    text(box.left - 12, box.top + 20, 'events', { anchor: 'end' }),
    ...events.map((ms) => line(x(ms), box.top + 6, x(ms), box.top + 24, 'tick')),
    ...rows.map(({ named, seen }, index) =>
      row(named, seen, { modes, top: box.top + ROW * (index + 1), left: box.left, right: box.right, x }),
    ),
    text((box.left + box.right) / 2, box.bottom + 38, 'time since the first event', {
      anchor: 'middle',
      css: 'muted',
    }),
  ])
}

/** When the events of a mode happened and were known; undefined where it cannot be told which was missed. */
function sightings({ key, mode }: NamedMode, { events }: BenchResult, zero: number): Seen[] | undefined {
  const offered = events.length === mode.offered ? events : events.filter(({ assigned }) => assigned === key)
  const samples = mode.samplesMs ?? []
  if (offered.length !== samples.length) return undefined
  return offered
    .map(({ scheduledNs }, index) => {
      const happened = Number(BigInt(scheduledNs) / 1000n) / 1000 - zero
      return { happened, known: happened + (samples[index] ?? 0) }
    })
    .filter(({ happened }) => happened <= WINDOW_MS)
}

/** Polls on a grid, those that found nothing too: one answer tells where the grid lies. Others where they found something. */
function pollsOf({ mode }: NamedMode, seen: readonly Seen[]): number[] {
  const { intervalMs, pollMode, jitter = 0 } = mode
  const [first] = seen
  const isGrid = intervalMs !== undefined && pollMode === 'grid' && jitter === 0 && (mode.model?.fit ?? false)
  if (first === undefined || !isGrid) return [...new Set(seen.map(({ known }) => Math.round(known)))]
  const count = Math.floor(WINDOW_MS / intervalMs)
  return Array.from({ length: count }, (_, k) => (first.known % intervalMs) + k * intervalMs)
}

interface Place {
  readonly modes: readonly NamedMode[]
  readonly top: number
  readonly left: number
  readonly right: number
  readonly x: (ms: number) => number
}

function row(named: NamedMode, seen: readonly Seen[], { modes, top, left, right, x }: Place): string {
  const css = colourOf(named, modes)
  const base = top + ROW - 12
  const changes = [
    ...seen.map(({ happened }) => [happened, 1] as const),
    ...seen.map(({ known }) => [known, -1] as const),
  ].toSorted((a, b) => a[0] - b[0])
  let waiting = 0
  const levels = changes.map(([ms, change]) => [ms, (waiting += change)] as const)
  const most = levels.reduce((peak, [, level]) => Math.max(peak, level), 1)
  const height = Math.min(ROW - 18, 4 * most)
  const y = (level: number): number => base - (level / most) * height
  let before = 0
  const outline = levels.flatMap(([ms, level]) => {
    const points = [
      [x(ms), y(before)],
      [x(ms), y(level)],
    ] as const
    before = level
    return points
  })
  const peak = most > 2 ? `up to ${most}` : ''
  return [
    text(left - 12, base, named.label, { anchor: 'end' }),
    line(left, base, right, base, 'axis'),
    isPoll(named.mode)
      ? path([[left, base], ...outline, [x(WINDOW_MS), base]], `area ${css}`) +
        pollsOf(named, seen)
          .map((ms) => line(x(ms), base, x(ms), base + 7, `tick ${css}`))
          .join('')
      : seen
          .filter((event) => event.known <= WINDOW_MS)
          .map((event) => `<circle class="dot ${css}" cx="${at(x(event.known))}" cy="${at(base)}" r="4.5"/>`)
          .join(''),
    peak === '' ? '' : text(left - 12, base + 14, peak, { anchor: 'end', css: 'muted' }),
  ].join('')
}
