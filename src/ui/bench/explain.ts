import { exponentialPollModel, pollModel, type PollPace } from '../../core/bench/model.ts'
import {
  fanInPerSecond,
  freshness,
  intervalForMean,
  intervalForP99,
  meanAgeMs,
  pollsPerUsefulPoll,
} from '../../core/bench/ratios.ts'
import { padEnd, wrapped } from '../text.ts'
import type { Theme } from '../theme.ts'
import { interval } from './names.ts'
import { duration, percent, significant } from './numbers.ts'

/** What `bench explain` is asked about. Milliseconds. */
export interface ExplainNumbers {
  readonly polls: readonly PollPace[]
  /** Mean time between two events. */
  readonly gapMs: number
  /** A request from its start to its parsed answer; half of it is the way back. */
  readonly requestMs: number
  readonly semantics: 'history' | 'latest'
  /** Clients that poll. */
  readonly subscribers: number
}

/** Name of a figure, the figure, and the formula it comes from with the numbers in it. */
type Line = readonly [name: string, figure: string, formula: string]

/** The model with the user's numbers put in: one block for each poll, then what it says of being told. */
export function renderExplain(numbers: ExplainNumbers, theme: Theme, columns: number): string {
  const width = Math.min(columns, 100)
  const blocks = numbers.polls.map((pace) => [
    ...wrapped(spelt(verdict(pace, numbers), theme), width - 1).map((line) => ` ${theme.strong(line)}`),
    ...pollLines(pace, numbers).flatMap((line) => laidOut(line, theme, width)),
  ])
  const closing = closingLines(numbers).flatMap((line) => laidOut(line, theme, width))
  const symbols = wrapped(spelt(symbolsOf(numbers), theme), width - 1).map((line) => ` ${theme.dim(line)}`)
  return [...blocks, closing, symbols].map((lines) => `${lines.join('\n')}\n`).join('\n')
}

function symbolsOf({ requestMs }: ExplainNumbers): string {
  return `T interval, λ events per ms, R a request's time (taken as ${duration(requestMs)}), d an answer's way back (R/2), x = λT events per interval`
}

/** "Your poll every 60 s with 1 event an hour wastes 98.3 % of its requests." */
function verdict(pace: PollPace, numbers: ExplainNumbers): string {
  const { wastedPct } = predicted(pace, numbers)
  return `Your poll every ${seconds(pace.intervalMs)}${manner(pace)} with ${rate(numbers.gapMs)} wastes ${percent(wastedPct)} of its requests.`
}

function predicted(
  pace: PollPace,
  { gapMs, requestMs, semantics }: ExplainNumbers,
): ReturnType<typeof pollModel> {
  return pollModel({ ...pace, requestMs, dMs: requestMs / 2, eventsPerMs: 1 / gapMs, semantics })
}

/** Up to two minutes people say seconds. */
function seconds(ms: number): string {
  return ms >= 1000 && ms <= 120_000 ? `${Number((ms / 1000).toFixed(3))} s` : interval(ms)
}

function manner({ mode, jitter = 0, backoff }: PollPace): string {
  const how = [
    ...(mode === 'sleep' ? ['from the answer'] : []),
    ...(jitter > 0 ? [`±${Math.round(jitter * 100)} %`] : []),
    ...(backoff === undefined ? [] : [`times ${backoff.factor} up to ${seconds(backoff.maxMs)} while empty`]),
  ]
  return how.length === 0 ? '' : ` (${how.join(', ')})`
}

const UNITS = [
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
] as const

/** `1 event an hour`, `10 events a second`: in the unit that makes it at least one. */
function rate(gapMs: number): string {
  const [name, ms] = UNITS.find(([, unit]) => unit / gapMs >= 0.999) ?? UNITS[3]
  const count = significant(ms / gapMs).replace(/\.0+$/, '')
  return `${count} ${count === '1' ? 'event' : 'events'} ${name === 'hour' ? 'an' : 'a'} ${name}`
}

const DAY_S = 86_400

/** How many, exact where that is readable. */
function count(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}

function pollLines(pace: PollPace, numbers: ExplainNumbers): Line[] {
  const model = predicted(pace, numbers)
  const d = numbers.requestMs / 2
  const x = pace.intervalMs / numbers.gapMs
  const perDay = model.requestsPerSecond * DAY_S
  const perEvent = (model.requestsPerSecond * numbers.gapMs) / 1000
  return [
    ['mean delay', duration(model.meanMs, 3), meanFormula(pace, numbers)],
    [
      'median, p99',
      `${duration(model.p50Ms, 3)}, ${duration(model.p99Ms, 3)}`,
      'the distribution of the time left of a gap',
    ],
    ['at most', duration(model.maxMs, 3), `the longest gap, and d = ${duration(d)}`],
    ['requests', `${count(perDay)} a day, ${count(perEvent)} for each event`, requestsFormula(pace)],
    [
      'wasted',
      percent(model.wastedPct),
      isPlain(pace)
        ? `e^-x, x = ${significant(x)}; ${significant(pollsPerUsefulPoll(x))} polls for each that finds something`
        : 'the probability that a gap has no event',
    ],
    ...latestLines(pace, numbers, model.coalescedPct, x),
    ...atRandom(pace, numbers),
  ]
}

function isPlain({ mode, jitter = 0, backoff }: PollPace): boolean {
  return mode === 'grid' && jitter === 0 && backoff === undefined
}

function meanFormula(
  { intervalMs, mode, jitter = 0, backoff }: PollPace,
  { requestMs }: ExplainNumbers,
): string {
  const d = duration(requestMs / 2)
  if (backoff !== undefined) return 'Σpₖaₖ² / 2Σpₖaₖ + d, pₖ = e^-λ(a₀+…+aₖ₋₁), aₖ the k-th gap'
  if (mode === 'sleep')
    return `(T + R)/2 + d = (${seconds(intervalMs)} + ${duration(requestMs)})/2 + ${d}${jitter > 0 ? ', and more for the jitter' : ''}`
  if (jitter > 0) return `T/2 (1 + J²/3) + d, J = ${jitter}`
  return `T/2 + d = ${seconds(intervalMs)}/2 + ${d}; only the way back counts`
}

function requestsFormula({ mode, backoff }: PollPace): string {
  if (backoff !== undefined) return 'Σpₖ / Σpₖaₖ'
  return mode === 'sleep' ? '1/(T + R)' : '1/T, whatever happens'
}

/** What irregular polls lose: the same requests, twice the wait. */
function atRandom(pace: PollPace, { gapMs, requestMs, semantics }: ExplainNumbers): Line[] {
  if (!isPlain(pace)) return []
  const setting = { intervalMs: pace.intervalMs, dMs: requestMs / 2, eventsPerMs: 1 / gapMs, semantics }
  const { meanMs } = exponentialPollModel(setting)
  return [
    [
      'at random',
      `${duration(meanMs, 3)} mean delay`,
      'T + d with exponential gaps: as many requests, twice the wait',
    ],
  ]
}

/** How much of the truth a client has that knows the latest state only. */
function latestLines(pace: PollPace, { semantics }: ExplainNumbers, coalescedPct: number, x: number): Line[] {
  const lost: Line[] =
    semantics === 'history'
      ? []
      : [
          [
            'never seen',
            `${percent(coalescedPct)} of the events`,
            'overwritten before a poll; 1 - (1 - e^-x)/x on a grid',
          ],
        ]
  if (!isPlain(pace)) return lost
  const age = duration(meanAgeMs(pace.intervalMs, x))
  return [
    ...lost,
    [
      'current',
      `${percent(100 * freshness(x))} of the time, else behind`,
      `(1 - e^-x)/x; behind by ${age} on average over all time, T(1/2 - 1/x + (1 - e^-x)/x²)`,
    ],
  ]
}

/** Delays that people want. */
const WANTED_MS = 1000

function closingLines({ gapMs, requestMs, subscribers, polls }: ExplainNumbers): Line[] {
  const d = requestMs / 2
  const lines: Line[] = [
    [
      'being told',
      `${count((DAY_S * 1000) / gapMs)} requests a day: one for each event`,
      'break-even at one event per interval: with fewer push asks less, with more polling does',
    ],
  ]
  if (WANTED_MS > d)
    lines.push([
      `for ${duration(WANTED_MS)}`,
      `poll every ${duration(intervalForMean(WANTED_MS, d), 3)} (mean) or ${duration(intervalForP99(WANTED_MS, d), 3)} (p99)`,
      '2(D - d) and (D - d)/0.99; half the delay takes twice the requests',
    ])
  const [first] = polls
  if (subscribers > 1 && first !== undefined)
    lines.push([
      `${subscribers} clients`,
      `${count(fanInPerSecond(subscribers, first.intervalMs))} requests/s`,
      'N/T, and N at once where all ask at the same second: give them jitter',
    ])
  lines.push([
    'fit',
    'a run in which all is as the model says shows a mode that does not fit 1 time in 20',
    'Kolmogorov-Smirnov at 5 % divided by the number of modes, beyond what the time of the requests leaves open',
  ])
  return lines
}

const NAME_COLUMNS = 14
const FIGURE_COLUMNS = 40

function laidOut(line: Line, theme: Theme, width: number): string[] {
  const [name, figure] = line
  const formula = spelt(line[2], theme)
  const head = `   ${padEnd(name, NAME_COLUMNS)}`
  const room = width - head.length - FIGURE_COLUMNS - 1
  if (room >= 30 && figure.length <= FIGURE_COLUMNS - 2) {
    const [first = '', ...rest] = wrapped(formula, room)
    const indent = ' '.repeat(head.length + FIGURE_COLUMNS)
    return [
      `${head}${padEnd(figure, FIGURE_COLUMNS)}${theme.dim(first)}`,
      ...rest.map((line) => `${indent}${theme.dim(line)}`),
    ]
  }
  const indent = ' '.repeat(head.length)
  const [first = '', ...rest] = wrapped(figure, width - head.length)
  return [
    `${head}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...wrapped(formula, width - head.length).map((line) => `${indent}${theme.dim(line)}`),
  ]
}

/** Where the terminal has ASCII only. */
const ASCII: ReadonlyMap<string, string> = new Map([
  ['λ', 'lambda'],
  ['Σ', 'sum '],
  ['ₖ₋₁', '[k-1]'],
  ['ₖ', '[k]'],
  ['₀', '[0]'],
  ['²', '^2'],
  ['±', '+/-'],
  ['…', '...'],
])

function spelt(text: string, { symbols }: Theme): string {
  if (symbols.line !== '-') return text
  return text.replaceAll(/ₖ₋₁|[λΣₖ₀²±…]/g, (symbol) => ASCII.get(symbol) ?? symbol)
}
