import { AppError } from '../errors.ts'
import { parseDuration } from '../units.ts'
import type { AssertionResult, BenchResult, FigureUnit, ModeKind, ModeResult, Stat } from './result.ts'
import { leastSamples } from './stats.ts'

/** A condition on one figure of one mode, as `--assert` takes it. */
export interface Assertion {
  /** As it was written. */
  readonly expr: string
  readonly kind: ModeKind
  /** What follows the kind: an interval, or how else modes of a kind are told apart. Absent: the one of that kind. */
  readonly variant?: string
  readonly figure: string
  readonly operator: string
  /** In the figure's own unit: milliseconds, per cent or a count. */
  readonly limit: number
}

/** What tells modes apart in an assertion. */
type ModeShape = Pick<ModeResult, 'kind' | 'intervalMs'>

interface Figure {
  readonly unit: FigureUnit
  /** NaN where the run was too short to tell. */
  read(mode: ModeResult): number
  /** The same with its interval, of a figure that has one. */
  stat?(mode: ModeResult): Stat
  /** Events that it takes; absent where any number will do. */
  readonly needN?: number
}

const FIGURES: ReadonlyMap<string, Figure> = new Map([
  delay('mean', 0.5),
  delay('p50', 0.5),
  delay('p90', 0.9),
  delay('p95', 0.95),
  delay('p99', 0.99),
  ['min', { unit: 'ms', read: (mode) => mode.delayMs.min }],
  [
    'max',
    { unit: 'ms', read: ({ delayMs, missed }) => (missed > 0 ? Number.POSITIVE_INFINITY : delayMs.max) },
  ],
  ['sd', { unit: 'ms', read: (mode) => mode.delayMs.sd }],
  ['age', { unit: 'ms', read: (mode) => mode.meanAgeMs ?? Number.NaN }],
  ...(
    [
      'offered',
      'detected',
      'missed',
      'coalesced',
      'duplicates',
      'outOfOrder',
      'errors',
      'retries',
      'requests',
      'requestsPerEvent',
    ] as const
  ).map((name): [string, Figure] => [name, { unit: 'count', read: (mode) => mode[name] }]),
  ['bytes', { unit: 'count', read: (mode) => mode.bytes.perEvent }],
  ['wasted', { unit: 'per cent', read: wastedPct }],
  ['fresh', { unit: 'per cent', read: (mode) => 100 * (mode.freshness ?? Number.NaN) }],
  // A mode without a model has nothing to fit: that is no pass.
  ['fit', { unit: 'yes', read: (mode) => (mode.model === undefined ? Number.NaN : Number(mode.model.fit)) }],
])

type DelayFigure = 'mean' | 'p50' | 'p90' | 'p95' | 'p99'

/** @param p the quantile that takes as many events */
function delay(name: DelayFigure, p: number): [string, Figure] {
  const figure: Figure = {
    unit: 'ms',
    needN: leastSamples(p),
    read: (mode) => (mode.delayMs[name].needN === undefined ? ofAllOffered(mode, name, p) : Number.NaN),
    stat: ({ delayMs }) => delayMs[name],
  }
  return [name, figure]
}

/** What was never seen is later than all that was: a limit that holds for the rest only does not hold. */
function ofAllOffered({ delayMs, missed, samplesMs = [] }: ModeResult, name: DelayFigure, p: number): number {
  if (missed === 0) return delayMs[name].value
  if (name === 'mean') return Number.POSITIVE_INFINITY
  const place = Math.ceil((samplesMs.length + missed) * p)
  return samplesMs.toSorted((a, b) => a - b)[place - 1] ?? Number.POSITIVE_INFINITY
}

/** Share of a mode's requests that found nothing new, in per cent. */
export function wastedPct({ requests, empty200, notModified }: ModeResult): number {
  return requests === 0 ? 0 : (100 * (empty200 + notModified)) / requests
}

const COMPARE: ReadonlyMap<string, (actual: number, limit: number) => boolean> = new Map([
  ['<', (actual, limit) => actual < limit],
  ['<=', (actual, limit) => actual <= limit],
  ['>', (actual, limit) => actual > limit],
  ['>=', (actual, limit) => actual >= limit],
  ['==', (actual, limit) => actual === limit],
  ['!=', (actual, limit) => actual !== limit],
])

const KINDS: ReadonlyMap<string, ModeKind> = new Map([
  ['poll', 'poll'],
  ['conditional', 'conditional'],
  ['longpoll', 'longpoll'],
  ['long-poll', 'longpoll'],
  ['webhook', 'webhook'],
  ['sse', 'sse'],
  ['ws', 'ws'],
  ['websocket', 'ws'],
])

const FORM = /^([a-z-]{1,20})(?:\.([a-z0-9.#]{1,20}))?\.([a-z0-9]{1,20})\s*(?:([<>=!]=?)\s*(\S{1,20}))?$/i
const EXAMPLES = 'webhook.p90<20ms, poll.500ms.mean<=300ms, poll.2s.fit or sse.missed==0'

/**
 * Reads `mode.figure operator limit`; the mode is `webhook`, or `poll.2s` where there are several; `fit` stands alone.
 * @throws AppError `bad-value`
 */
export function parseAssertion(expr: string): Assertion {
  const bad = (expected: string): never => {
    throw new AppError('bad-value', { option: '--assert', value: expr, expected })
  }
  const [match, mode = '', variant, name = '', operator, limitText] = FORM.exec(expr.trim()) ?? []
  if (match === undefined) return bad(`an assertion like ${EXAMPLES}`)
  const kind = KINDS.get(mode.toLowerCase()) ?? bad(`about one of ${[...new Set(KINDS.values())].join(', ')}`)
  const [figure, { unit }] =
    figureOf(name) ?? bad(`about one of the figures ${Array.from(FIGURES.keys()).join(', ')}`)
  const which = { expr, kind, ...(variant !== undefined && { variant }), figure }
  if (operator === undefined || limitText === undefined)
    return unit === 'yes' ? { ...which, operator: '==', limit: 1 } : bad(`complete: ${figure} wants a limit`)
  if (unit === 'yes') return bad('right: fit stands alone, it is met or not')
  if (!COMPARE.has(operator)) return bad('compared by one of <, <=, >, >=, ==, !=')
  const limit = limitOf(limitText, unit)
  return limit === undefined ? bad(LIMITS[unit]) : { ...which, operator, limit }
}

const LIMITS = {
  ms: 'a limit with its unit, like 20ms or 1.5s',
  'per cent': 'a limit in per cent, like 5%',
  count: 'a limit that is a number, like 0',
}

function figureOf(name: string): [string, Figure] | undefined {
  const wanted = name.toLowerCase()
  return Array.from(FIGURES).find(([known]) => known.toLowerCase() === wanted)
}

function limitOf(text: string, unit: 'ms' | 'per cent' | 'count'): number | undefined {
  if (unit === 'ms') return milliseconds(text)
  const number = /^(\d{1,15}(?:\.\d{1,6})?)(%?)$/.exec(text)
  if (number === null || (number[2] === '%' && unit !== 'per cent')) return undefined
  return Number(number[1])
}

/** Unlike elsewhere a fraction of a millisecond counts, and a bare number could be anything. */
function milliseconds(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(us|µs|ms|s|m|min)$/.exec(text)
  const factor = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000 }[match?.[2] ?? '']
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor
}

/**
 * The name of the mode that an assertion is about.
 * @throws AppError `bad-value` where no mode, or more than one, is meant
 */
export function assertedMode(assertion: Assertion, modes: Readonly<Record<string, ModeShape>>): string {
  const { expr, kind, variant } = assertion
  const ofKind = Object.keys(modes).filter((name) => modes[name]?.kind === kind)
  const exact = ofKind.find((name) => name === `${kind}.${variant}`)
  if (exact !== undefined) return exact
  const intervalMs = variant === undefined ? undefined : parseDuration(variant)
  const meant = ofKind.filter((name) => variant === undefined || isEvery(modes[name], intervalMs))
  const [only] = meant
  if (only !== undefined && meant.length === 1) return only
  const expected = `about one mode of this run: ${Object.keys(modes).join(', ')}`
  throw new AppError('bad-value', { option: '--assert', value: expr, expected })
}

function isEvery(mode: ModeShape | undefined, intervalMs: number | undefined): boolean {
  return intervalMs !== undefined && mode?.intervalMs === intervalMs
}

/** Events that a mode must have for an assertion to be told; 0 where any number will do. */
export function eventsNeeded({ figure }: Assertion): number {
  return FIGURES.get(figure)?.needN ?? 0
}

/** Whether each assertion holds. What cannot be told, for want of events or of a model, does not hold; it is NaN. */
export function evaluateAssertions(
  assertions: readonly Assertion[],
  modes: BenchResult['modes'],
): AssertionResult[] {
  return assertions.map((assertion) => {
    const mode = modes[assertedMode(assertion, modes)]
    const figure = FIGURES.get(assertion.figure)
    const actual = (mode && figure?.read(mode)) ?? Number.NaN
    const { ci95, needN } = (mode && figure?.stat?.(mode)) ?? {}
    const holds = COMPARE.get(assertion.operator)?.(actual, assertion.limit) ?? false
    return {
      expr: assertion.expr,
      pass: holds && !Number.isNaN(actual),
      actual,
      ...(figure !== undefined && { unit: figure.unit }),
      ...(ci95 !== undefined && { ci95 }),
      ...(needN !== undefined && { needN }),
    }
  })
}
