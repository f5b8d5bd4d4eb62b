import { longPollModel } from '../../../core/bench/model.ts'
import type { BenchResult } from '../../../core/bench/result.ts'
import type { NamedMode } from '../names.ts'
import { interval, isPoll, namedModes } from '../names.ts'
import { significant } from '../numbers.ts'
import { logAxis } from '../strips.ts'
import { chart, colourOf, frame, line, logX, path, text, ticksY } from './svg.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** How long an endpoint holds a long poll, where RFC 6202 §5.5 finds it safe. */
const HOLD_MS = 30_000
const SAMPLES = 60
/** Where on a curve its name stands. */
const LABEL_AT = 0.3

/** Requests a day against events an hour: polls do not care, push asks for each event. */
export function breakEvenChart(result: BenchResult): string {
  const modes = namedModes(result)
  const box = frame(400, 80, 130)
  const axisX = logAxis([0.1, 100_000])
  const polls = distinctPolls(modes)
  const others = result.extrapolated.filter(({ intervalMs }) =>
    polls.every((poll) => poll.mode.intervalMs !== intervalMs),
  )
  const axisY = logAxis([1, DAY_MS / Math.min(100, ...polls.map(({ mode }) => mode.intervalMs ?? 100))])
  const x = (perHour: number): number => box.left + axisX.at(perHour) * (box.right - box.left)
  const y = (perDay: number): number => box.bottom - axisY.at(perDay) * (box.bottom - box.top)
  const flat = (perDay: number, css: string, words: string): string =>
    line(box.left, y(perDay), box.right, y(perDay), css) + text(box.right + 8, y(perDay) + 4, words)
  const here = x(HOUR_MS / result.design.meanGapMs)
  const told = modes.find(({ mode }) => mode.kind === 'webhook')
  const held = modes.find(({ mode }) => mode.kind === 'longpoll')
  return chart(box, 'Requests a day against events an hour', [
    logX(box, axisX, 'events an hour (logarithmic)', (value) => grouped(value)),
    ticksY(
      box,
      'requests a day (logarithmic)',
      axisY.ticks.map((tick) => [y(tick), grouped(tick)] as const),
    ),
    line(here, box.top, here, box.bottom, 'now'),
    text(here - 6, box.bottom - 8, 'this run', { anchor: 'end', css: 'muted halo' }),
    ...others.map(({ intervalMs }) => flat(DAY_MS / intervalMs, 'faint', `every ${interval(intervalMs)}`)),
    ...polls.map((named) =>
      flat(
        DAY_MS / (named.mode.intervalMs ?? 1),
        colourOf(named, modes),
        `every ${interval(named.mode.intervalMs ?? 0)}`,
      ),
    ),
    ...(told === undefined ? [] : [curve((perHour) => 24 * perHour, colourOf(told, modes), 'webhook')]),
    ...(held === undefined ? [] : [curve(longPollsADay, `${colourOf(held, modes)} model`, 'long poll')]),
  ])

  function curve(perDay: (perHour: number) => number, css: string, words: string): string {
    const points = Array.from({ length: SAMPLES }, (_, i) => {
      const perHour = axisX.from * (axisX.to / axisX.from) ** (i / (SAMPLES - 1))
      return { perHour, perDay: perDay(perHour) }
    }).filter((point) => point.perDay >= axisY.from && point.perDay <= axisY.to)
    const labelled = points[Math.floor(points.length * LABEL_AT)]
    if (labelled === undefined) return ''
    const label = text(x(labelled.perHour) - 8, y(labelled.perDay) - 6, words, { anchor: 'end' })
    return (
      path(
        points.map((point) => [x(point.perHour), y(point.perDay)] as const),
        css,
      ) + label
    )
  }
}

function longPollsADay(perHour: number): number {
  const setting = {
    gapMs: 1,
    dMs: 0,
    holdMs: HOLD_MS,
    eventsPerMs: perHour / HOUR_MS,
    semantics: 'history',
  } as const
  return (longPollModel(setting).requestsPerSecond * DAY_MS) / 1000
}

/** Conditional or not, a poll is a request; what backs off has no line of its own. */
function distinctPolls(modes: readonly NamedMode[]): NamedMode[] {
  const seen = new Set<number | undefined>()
  return modes.filter(({ mode }) => {
    if (!isPoll(mode) || mode.intervalMs === undefined || seen.has(mode.intervalMs)) return false
    if (mode.backoff !== undefined) return false
    seen.add(mode.intervalMs)
    return true
  })
}

/** 0.1, 1, 1 000, 100 000: with thin spaces. */
function grouped(value: number): string {
  return significant(value, 1).replaceAll(/\B(?=(?:\d{3})+$)/g, '\u202f')
}
