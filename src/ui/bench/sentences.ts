import { intervalForMean, mostPollers, pollsPerEvent, wastedShare } from '../../core/bench/ratios.ts'
import type { BenchResult, BreakEven, ModeResult, Stat } from '../../core/bench/result.ts'
import type { NamedMode } from './names.ts'
import { comparedPush, eventCount, fairestPoll, interval, isPoll, namedModes, upperFirst } from './names.ts'
import { alike, duration, percent, significant, statText } from './numbers.ts'

/** The answer in one sentence: who learns sooner, at what price. */
export function headline(result: BenchResult): string {
  const modes = namedModes(result)
  const push = comparedPush(modes)
  const poll = push && fairestPoll(modes, push)
  if (push === undefined) return pollsAlone(modes)
  const told = `${upperFirst(article(push.label))} tells of an event after ${medianOf(push)} (median)`
  if (poll === undefined) return `${told}.`
  const asking = manner(poll)
  const asked = `${asking} finds it after ${medianOf(poll)}`
  const price = `at ${requestsOf(poll)} requests per event against ${requestsOf(push)}`
  switch (quicker(push.mode, poll.mode)) {
    case 'push':
      return `${told}; ${asked}, ${times(poll, push)} as long, ${price}.`
    case 'poll':
      return `Here asking is quicker than being told: ${asking} finds an event after ${medianOf(poll)} (median), ${article(push.label)} tells of it after ${medianOf(push)}. Its sender waits, or gathers events, before it tells.`
    case 'unclear':
      return `${told}; ${asked}: no clear difference, ${price}.`
  }
}

/** One that backs off polls every so often only while there are events. */
function manner({ mode: { intervalMs = 0, backoff } }: NamedMode): string {
  return backoff === undefined
    ? `polling every ${interval(intervalMs)}`
    : `polling every ${interval(intervalMs)} to ${interval(backoff.maxMs)}`
}

function pollsAlone(modes: readonly NamedMode[]): string {
  const [first] = modes.filter(({ mode }) => mode.delayMs.p50.ci95 !== undefined)
  if (first === undefined) return 'Too few events were seen to say anything.'
  return `${upperFirst(first.label)} learnt of an event after ${medianOf(first)} at the median.`
}

function quicker(push: ModeResult, poll: ModeResult): 'push' | 'poll' | 'unclear' {
  const [a, b] = [push.delayMs.p50.ci95, poll.delayMs.p50.ci95]
  if (a === undefined || b === undefined) return 'unclear'
  return a[1] < b[0] ? 'push' : b[1] < a[0] ? 'poll' : 'unclear'
}

function medianOf({ mode }: NamedMode): string {
  return `${statText(mode.delayMs.p50) ?? significant(mode.delayMs.p50.value)} ms`
}

function times(slow: NamedMode, quick: NamedMode): string {
  return `${significant(slow.mode.delayMs.p50.value / quick.mode.delayMs.p50.value)} times`
}

function requestsOf({ mode }: NamedMode): string {
  return mode.requestsPerEvent.toFixed(2)
}

/** Of a run that was stopped, how much of it the figures are of; undefined where it came to its end. */
export function partial(result: BenchResult): string | undefined {
  if (!result.interrupted) return undefined
  const happened = eventCount(result)
  const planned = result.design.plannedEvents
  const events = planned === undefined ? `${happened} events` : `${happened} of ${planned} events`
  return `Stopped before its end, after ${events}: n counts those that there was time to learn of.`
}

/** What follows from the figures, each a sentence of its own. */
export function conclusions(result: BenchResult): string[] {
  return [matchByPolling(result), breakEven(result), fanIn(result), notRun(result), hourly()].filter(
    (sentence) => sentence !== undefined,
  )
}

function matchByPolling(result: BenchResult): string | undefined {
  const push = comparedPush(namedModes(result))
  const d = leastDelay(result)
  if (push === undefined || d === undefined) return undefined
  const { mean } = push.mode.delayMs
  const what = `To match the mean of ${article(push.label)} (${statText(mean) ?? significant(mean.value)} ms) by polling`
  const atBest = `even a poll at the right instant takes ${significant(d)} ms`
  const rate = matchingRate(mean, d)
  if (rate === undefined) return `${what} is impossible: ${atBest}.`
  const { about, least, most } = rate
  if (about === undefined || most === undefined)
    return `${what} you would need ${significant(least)} requests/s at least, if it can be done at all: ${atBest}.`
  return `${what} you would need about ${significant(about)} requests/s (${significant(least)} to ${significant(most)}).`
}

/**
 * Polls per second whose mean delay is a push's, and the rates for the ends of its interval: the two delays may be so
 * close to each other that their difference says little. Undefined where no rate will do; `most` is where any may not.
 */
export function matchingRate(
  { value, ci95 = [value, value] }: Stat,
  dMs: number,
): { readonly about?: number; readonly least: number; readonly most?: number } | undefined {
  const [most, about, least] = [ci95[0], value, ci95[1]].map((meanMs) => {
    const every = intervalForMean(meanMs, dMs)
    return every > 0 ? 1000 / every : undefined
  })
  if (least === undefined) return undefined
  return { ...(about !== undefined && { about }), least, ...(most !== undefined && { most }) }
}

/** d of the model, which every extrapolation contains: what a poll takes that begins at the right instant. */
export function leastDelay({ extrapolated, env }: BenchResult): number | undefined {
  const [first] = extrapolated
  if (first !== undefined) return first.meanMs - first.intervalMs / 2
  return env.requestMs === undefined ? undefined : env.requestMs.p50 / 2
}

const COST_WORDS: Readonly<Record<BreakEven['cost'], string>> = {
  requests: 'requests',
  bytes: 'bytes',
  serverCpu: 'server CPU',
  clientCpu: 'client CPU',
}

function breakEven(result: BenchResult): string | undefined {
  const { breakEven: all } = result
  const push = comparedPush(namedModes(result))
  const against = all.filter(({ b }) => b === push?.key)
  const chosen = against.find(({ a }) => result.modes[a]?.kind === 'conditional') ?? against[0]
  const modes = new Map(namedModes(result).map(({ key, label }) => [key, label]))
  const poll = chosen && modes.get(chosen.a)
  if (push === undefined || poll === undefined) return undefined
  const rates = against
    .filter(({ a }) => a === chosen?.a)
    .map(({ eventsPerSecond, cost }) => `${significant(eventsPerSecond)}/s (${COST_WORDS[cost]})`)
  return `Break-even of ${poll} and ${push.label}: ${rates.join(', ')}. With fewer events ${article(push.label)} costs less, with more polling does, as one answer carries several.`
}

/** How many clients may ask, by the CPU time that one question took the server. */
function fanIn(result: BenchResult): string | undefined {
  const polls = namedModes(result).filter(({ mode }) => isPoll(mode) && mode.requestsPerEvent > 0)
  const chosen = polls.find(({ mode }) => mode.kind === 'conditional') ?? polls[0]
  const { intervalMs, cpuUs, requestsPerEvent } = chosen?.mode ?? {}
  if (chosen === undefined || intervalMs === undefined || requestsPerEvent === undefined) return undefined
  const serverUs = (cpuUs?.server ?? 0) / requestsPerEvent
  if (serverUs <= 0) return undefined
  return `By its CPU time (about ${significant(serverUs)} µs a request) one core of the server is busy with ${significant(mostPollers(intervalMs, serverUs))} clients that poll every ${interval(intervalMs)}, whether there are events or not.`
}

function notRun({ extrapolated }: BenchResult): string | undefined {
  if (extrapolated.length === 0) return undefined
  const rows = extrapolated.map(
    ({ intervalMs, meanMs, maxMs }) =>
      `every ${interval(intervalMs)}: ${duration(meanMs)} mean, ${duration(maxMs)} at most`,
  )
  return `By the model, intervals not run: ${rows.join('; ')}.`
}

const HOUR_MS = 3_600_000

function hourly(): string {
  const x = 60_000 / HOUR_MS
  return `With 1 event an hour, a poll every 60 s wastes ${percent(100 * wastedShare(x))} of its requests: ${significant(pollsPerEvent(x))} polls per event.`
}

/** What hinders a figure: too few events for a percentile, a mode that is not as its model. */
export function remarks(result: BenchResult): string[] {
  const modes = namedModes(result)
  return [...missingPercentiles(modes), ...modes.flatMap(misfit), ...modes.flatMap(disorder)]
}

function missingPercentiles(modes: readonly NamedMode[]): string[] {
  const seen = modes.filter(({ mode }) => mode.detected > 0)
  const needs = (['mean', 'p90', 'p99'] as const).flatMap((name) => {
    const most = Math.max(0, ...seen.map(({ mode }) => mode.delayMs[name].needN ?? 0))
    return most === 0 ? [] : [`${name} needs ${most}`]
  })
  return needs.length === 0 ? [] : [`${needs.join(', ')} events per mode (--events, --thorough).`]
}

/** Kolmogorov and Smirnov's limit at 1 % over that at 5 %. */
const NARROWLY = 1.63 / 1.36

function misfit({ label, mode }: NamedMode): string[] {
  const { model, delayMs } = mode
  const ci = delayMs.mean.ci95
  if (model === undefined || ci === undefined || mode.detected === 0) return []
  const means = `mean ${alike(delayMs.mean.value, delayMs.mean)} ms, model ${alike(model.meanMs, delayMs.mean)} ms`
  const isSlower = ci[0] > model.meanMs
  if (model.fit) return ambiguity(label, model, ci)
  if (model.ks < model.ksLimit * NARROWLY)
    return [
      `${upperFirst(label)} is narrowly off its model (${means}; distance ${model.ks.toFixed(3)}, limit ${model.ksLimit.toFixed(3)}); in one run of twenty a row is, by chance.`,
    ]
  if (isSlower)
    return [
      `${upperFirst(label)} is slower than its model (${means}): perhaps a cache on the way (max-age), a rate limit, or a provider that gathers events.`,
    ]
  if (ci[1] < model.meanMs)
    return [
      `${upperFirst(label)} is quicker than its model (${means}): perhaps another interval than the one named, or events that come just before a poll.`,
    ]
  return [
    `${upperFirst(label)} has the mean of its model, but not its spread: perhaps events that come in bursts, or that keep time with the polls.`,
  ]
}

/** Said where it explains a mean that is not the model's. */
function ambiguity(
  label: string,
  { meanMs, meanRangeMs: [low, high] = [meanMs, meanMs] }: NonNullable<NamedMode['mode']['model']>,
  [from, to]: readonly [low: number, high: number],
): string[] {
  const isElsewhere = from > meanMs || to < meanMs
  if (!isElsewhere || to < low || from > high) return []
  return [
    `${upperFirst(label)}: requests take long for its interval, and nobody sees when in a request the target reads its state; the model's mean is between ${significant(low)} and ${significant(high)} ms.`,
  ]
}

function disorder({ label, mode }: NamedMode): string[] {
  const { duplicates, outOfOrder } = mode
  const found = [
    ...(duplicates > 0 ? [`${duplicates} came twice`] : []),
    ...(outOfOrder > 0 ? [`${outOfOrder} came out of order`] : []),
  ]
  return found.length === 0 ? [] : [`${upperFirst(label)}: ${found.join(', ')}.`]
}

function article(label: string): string {
  return `${/^[aeiou]|^SSE/i.test(label) ? 'an' : 'a'} ${label}`
}
