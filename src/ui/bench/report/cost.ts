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
    ...points.map((point) => mark(point.named, modes, point.x, point.y)),
    ...labels(points, ends, box),
  ])
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

type Line = readonly (readonly [x: number, y: number])[]

const TEXT_HEIGHT = 16
const LETTER = 7.2

const MODEL_NAME = 'polling, by the model'

/** The model's name and those of the points, each at the first place where it covers neither a point nor another name. */
function labels(points: readonly Point[], model: Line, box: Frame): string[] {
  const taken: Rect[] = points.map(({ x, y }) => ({ left: x - 7, top: y - 8, width: 14 }))
  const isFree = (place: Rect): boolean => taken.every((other) => !overlap(place, other))
  const below = belowLine(model).find((place) => place.left >= box.left && isFree(place))
  if (below !== undefined) taken.push(below)
  const names = points.map(({ named, x, y }) => {
    const width = named.label.length * LETTER
    const places = [0, -18, 18, -36, 36, -54, 54].flatMap((dy) => [
      { left: x + 13, top: y - 8 + dy, width },
      { left: x - 13 - width, top: y - 8 + dy, width },
    ])
    const inside = places.filter(
      ({ left, top }) =>
        left >= box.left && left + width <= box.right && top >= box.top - 8 && top + 16 <= box.bottom + 4,
    )
    const free = inside.find(isFree) ?? inside[0]
    if (free === undefined) return ''
    taken.push(free)
    return text(free.left, free.top + 12, named.label, { css: 'halo' })
  })
  if (below === undefined) return names
  const { left, top, width } = below
  return [text(left + width, top + 12, MODEL_NAME, { anchor: 'end', css: 'muted' }), ...names]
}

/** Places on the left of a falling line, those near its end first. */
function belowLine(model: Line): Rect[] {
  const width = MODEL_NAME.length * LETTER
  return [0.85, 0.7, 0.55, 0.4, 0.25, 0.1].flatMap((share) => {
    const [x, y] = model[Math.floor(model.length * share)] ?? []
    return x === undefined || y === undefined ? [] : [{ left: x - 12 - width, top: y - 6, width }]
  })
}

function overlap(a: Rect, b: Rect): boolean {
  const apart = a.left + a.width < b.left || b.left + b.width < a.left
  return !apart && Math.abs(a.top - b.top) < TEXT_HEIGHT
}
