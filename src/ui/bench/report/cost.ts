import type { BenchResult } from '../../../core/bench/result.ts'
import type { NamedMode } from '../names.ts'
import { namedModes } from '../names.ts'
import { duration, significant } from '../numbers.ts'
import { leastDelay } from '../sentences.ts'
import { logAxis } from '../strips.ts'
import type { Frame } from './svg.ts'
import { chart, frame, line, logX, mark, path, text, ticksY } from './svg.ts'

/** Requests per event against mean delay, both logarithmic: polling can only move along its line. */
export function costChart(result: BenchResult): string {
  const modes = namedModes(result).filter(({ mode }) => mode.detected > 0)
  if (modes.length === 0) return ''
  const box = frame(400)
  const floor = box.bottom - 36
  const d = leastDelay(result) ?? 0
  const gap = result.design.meanGapMs
  const delays = modes.map(({ mode }) => mode.delayMs.mean.value)
  const axisX = logAxis(delays)
  const axisY = logAxis([1, ...modes.map(({ mode }) => mode.requestsPerEvent).filter((value) => value > 0)])
  const x = (ms: number): number => box.left + axisX.at(ms) * (box.right - box.left)
  const y = (requests: number): number => floor - axisY.at(requests) * (floor - box.top)
  const model = Array.from({ length: 80 }, (_, i) => {
    const interval = 2 * axisX.from * (axisX.to / axisX.from) ** (i / 79)
    return { delay: interval / 2 + d, requests: gap / interval }
  }).filter(({ delay, requests }) => delay <= axisX.to && requests >= axisY.from && requests <= axisY.to)
  const points = modes.map((named) => ({
    named,
    x: x(named.mode.delayMs.mean.value),
    y: named.mode.requestsPerEvent > 0 ? y(named.mode.requestsPerEvent) : box.bottom - 10,
  }))
  const ends = model.map(({ delay, requests }) => [x(delay), y(requests)] as const)
  return chart(box, 'Requests per event against mean delay', [
    logX(box, axisX, 'mean time until a client knows (logarithmic): further left is better', (ms) =>
      duration(ms),
    ),
    ticksY(box, 'requests per event (logarithmic)', [
      ...axisY.ticks.map((tick) => [y(tick), significant(tick, 1)] as const),
      [box.bottom - 10, 'none'],
    ]),
    line(box.left, floor + 8, box.right, floor + 8, 'axis'),
    ends.length > 1 ? path(ends, 'faint') : '',
    modelName(ends),
    ...points.map((point) => mark(point.named, modes, point.x, point.y)),
    ...labels(points, box),
  ])
}

/** Beside the middle of the line, on the side where no point is. */
function modelName(ends: readonly (readonly [number, number])[]): string {
  const [x, y] = ends[Math.floor(ends.length * 0.85)] ?? []
  if (x === undefined || y === undefined) return ''
  return text(x - 12, y + 6, 'polling, by the model', { anchor: 'end', css: 'muted' })
}

interface Point {
  readonly named: NamedMode
  readonly x: number
  readonly y: number
}

interface Rect {
  readonly left: number
  readonly top: number
  readonly width: number
}

const TEXT_HEIGHT = 16
const LETTER = 7.2

/** Names beside the points, each at the first place where it covers neither a point nor another name. */
function labels(points: readonly Point[], box: Frame): string[] {
  const taken: Rect[] = points.map(({ x, y }) => ({ left: x - 7, top: y - 8, width: 14 }))
  return points.map(({ named, x, y }) => {
    const width = named.label.length * LETTER
    const places = [0, -18, 18, -36, 36, -54, 54].flatMap((dy) => [
      { left: x + 13, top: y - 8 + dy, width },
      { left: x - 13 - width, top: y - 8 + dy, width },
    ])
    const inside = places.filter(
      ({ left, top }) =>
        left >= box.left && left + width <= box.right && top >= box.top - 8 && top + 16 <= box.bottom + 4,
    )
    const free = inside.find((place) => taken.every((other) => !overlap(place, other))) ?? inside[0]
    if (free === undefined) return ''
    taken.push(free)
    return text(free.left, free.top + 12, named.label, { css: 'halo' })
  })
}

function overlap(a: Rect, b: Rect): boolean {
  const apart = a.left + a.width < b.left || b.left + b.width < a.left
  return !apart && Math.abs(a.top - b.top) < TEXT_HEIGHT
}
