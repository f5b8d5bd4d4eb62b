import type { PollSetting, VaryingTimes } from './model.ts'
import { midQuantiles } from './stats.ts'

/** A gap between polls, uniform between two lengths, and how often it is reached after a poll that found something. */
export interface Stage {
  readonly low: number
  readonly high: number
  readonly weight: number
  /** From the read at its end until the client knows. */
  readonly back: number
}

/** The gaps between the instants at which a poller's requests have the state read, one after another. */
export function stagesOf(setting: PollSetting): Stage[] {
  const { times } = setting
  const paced = pacedStages(setting)
  return times === undefined ? paced : paced.flatMap((stage) => variedBy(stage, setting, times))
}

function pacedStages({
  intervalMs,
  mode,
  jitter = 0,
  backoff,
  requestMs,
  eventsPerMs,
}: PollSetting): Stage[] {
  const shift = mode === 'sleep' ? requestMs : 0
  const stage = (gap: number, weight: number): Stage => ({
    low: shift + gap * (1 - jitter),
    high: shift + gap * (1 + jitter),
    weight,
    back: 0,
  })
  if (backoff === undefined) return [stage(intervalMs, 1)]
  const longest = Math.max(backoff.maxMs, intervalMs)
  // Without events it stays at its longest gap for ever.
  if (eventsPerMs === 0 || backoff.factor <= 1) return [stage(backoff.factor <= 1 ? intervalMs : longest, 1)]
  const stages: Stage[] = []
  let reached = 1
  let gap = intervalMs
  for (; gap < longest; gap *= backoff.factor) {
    const next = stage(gap, reached)
    stages.push(next)
    reached *= 1 - hitProbability(next.low, next.high, eventsPerMs)
  }
  // The longest gap repeats until an event: a geometric series.
  const last = stage(longest, 1)
  return [...stages, { ...last, weight: reached / hitProbability(last.low, last.high, eventsPerMs) }]
}

/** P(an event in the gap) = 1 - E[e^(-λY)], Y uniform. */
export function hitProbability(low: number, high: number, rate: number): number {
  const spread = rate * (high - low)
  if (spread < 1e-6) return -Math.expm1((-rate * (low + high)) / 2)
  return 1 - (Math.exp(-rate * low) - Math.exp(-rate * high)) / spread
}

/** ∫₀ʷ P(Y > v) dv for Y uniform between low and high. */
export function survivalArea(low: number, high: number, wait: number): number {
  if (wait <= 0) return 0
  if (wait <= low) return wait
  if (wait >= high) return (low + high) / 2
  return low + ((high - low) ** 2 - (high - wait) ** 2) / (2 * (high - low))
}

/** So many quantiles stand for all the request times that were measured. */
const REQUESTS = 6

/** A gap as it is between the reads of two requests that take each pair of times. */
function variedBy(
  { low, high, weight }: Stage,
  { mode, intervalMs, requestMs }: PollSetting,
  { requestsMs, readAt }: VaryingTimes,
): Stage[] {
  const requests = midQuantiles(requestsMs, REQUESTS)
  return requests.flatMap((first) =>
    requests.map((second): Stage => {
      const between = (1 - readAt) * first + readAt * second
      // A request longer than the interval leaves out the polls of the grid that it meets.
      const leftOut = intervalMs * Math.max(0, Math.ceil(first / intervalMs) - 1)
      const shift = mode === 'sleep' ? between - requestMs : between - first + leftOut
      return {
        low: Math.max(low + shift, 0),
        high: Math.max(high + shift, 0),
        weight: weight / requests.length ** 2,
        back: (1 - readAt) * second,
      }
    }),
  )
}

/** Lengths that stand for all those of a stage. */
const LENGTHS = 16

/**
 * All events of a gap share its length: m gaps whose lengths Y vary leave the share of the waits up to w uncertain by
 * Var(min(Y, w) - F(w) Y) / m E[Y]², the variance of a ratio of means (Cochran, "Sampling Techniques", 1977, chapter 6).
 * What is told is the most of it, without m.
 */
export function gapVariance(setting: PollSetting): number {
  const stages = pacedStages(setting)
  if (stages.length === 1 && stages.every(({ low, high }) => low === high)) return 0
  const gaps = stages.flatMap(({ low, high, weight }) =>
    Array.from({ length: LENGTHS }, (_, i) => ({
      length: low + ((high - low) * (i + 0.5)) / LENGTHS,
      weight: weight / LENGTHS,
    })),
  )
  const mean = (of: (length: number) => number): number => {
    let [sum, weights] = [0, 0]
    for (const { length, weight } of gaps) {
      sum += weight * of(length)
      weights += weight
    }
    return sum / weights
  }
  const meanLength = mean((length) => length)
  const variances = gaps.map(({ length: wait }) => {
    const share = mean((length) => Math.min(length, wait)) / meanLength
    return mean((length) => (Math.min(length, wait) - share * length) ** 2)
  })
  return Math.max(...variances) / meanLength ** 2
}
