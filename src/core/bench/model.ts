import type { BenchTarget, ModelFit } from './result.ts'
import { ksDistance, ksLimit } from './stats.ts'

export interface PollPace {
  readonly intervalMs: number
  /** `grid`: from start to start. `sleep`: from an answer to the next start. */
  readonly mode: 'grid' | 'sleep'
  /** The gap varies uniformly by this share of itself; 1 is "full jitter". Default 0. */
  readonly jitter?: number
  /** Each empty poll multiplies the gap, up to `maxMs`; one that finds something begins again at the interval. */
  readonly backoff?: { readonly factor: number; readonly maxMs: number } | undefined
}

export interface PollSetting extends PollPace {
  /** From the moment the server reads its state until the client has parsed the answer. */
  readonly dMs: number
  /** A request from its start to its parsed answer. */
  readonly requestMs: number
  /** Rate of the Poisson events. */
  readonly eventsPerMs: number
  readonly semantics: BenchTarget['semantics']
}

/** What theory says of a way to ask. Times in milliseconds, shares in per cent. */
export interface Prediction {
  readonly meanMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly requestsPerSecond: number
  /** Requests that find nothing new. */
  readonly wastedPct: number
  /** Events never seen by themselves; 0 where the endpoint has a history. */
  readonly coalescedPct: number
  /** Probability that an event is seen within so many milliseconds. */
  readonly cdf: (delayMs: number) => number
}

/** A gap between polls, uniform between two lengths, and how often it is reached after a poll that found something. */
interface Stage {
  readonly low: number
  readonly high: number
  readonly weight: number
}

/**
 * Delay and cost of polling, by renewal theory (Cox, "Renewal Theory", 1962, §5.2-5.4). A Poisson event falls into
 * a gap Y with a probability in proportion to its length, and waits for its end; hence
 *
 *   mean delay = E[Y²] / 2E[Y] + d        density of the delay = P(Y > w) / E[Y]
 *
 * On a fixed grid Y = T: T/2 + d, uniform. With sleep Y = T + R: (T+R)/2 + d. With jitter J: T/2 (1 + J²/3) + d,
 * p99 = T(1 + J - 0.2 √J) + d; full jitter (J = 1): 2T/3 + d. With backoff the k-th gap aₖ is reached with
 * probability pₖ = e^(-λ(a₀+…+aₖ₋₁)): Σpₖaₖ² / 2Σpₖaₖ + d, and Σpₖ/Σpₖaₖ requests.
 * Only the return half d is added, not the request time: the way there moves the grid, not the wait.
 */
export function pollModel(setting: PollSetting): Prediction {
  const { dMs, eventsPerMs, semantics } = setting
  const stages = stagesOf(setting)
  let weights = 0
  let time = 0
  let squares = 0
  let hits = 0
  let longest = 0
  for (const { low, high, weight } of stages) {
    weights += weight
    time += (weight * (low + high)) / 2
    squares += (weight * (low ** 2 + low * high + high ** 2)) / 3
    hits += weight * hitProbability(low, high, eventsPerMs)
    longest = Math.max(longest, high)
  }
  const waitCdf = (wait: number): number => {
    let area = 0
    for (const { low, high, weight } of stages) area += weight * survivalArea(low, high, wait)
    return Math.min(area / time, 1)
  }
  const events = eventsPerMs * time
  return {
    meanMs: squares / (2 * time) + dMs,
    p50Ms: inverse(waitCdf, 0.5, longest) + dMs,
    p99Ms: inverse(waitCdf, 0.99, longest) + dMs,
    maxMs: longest + dMs,
    requestsPerSecond: (1000 * weights) / time,
    wastedPct: 100 * (1 - hits / weights),
    coalescedPct: semantics === 'history' || events === 0 ? 0 : 100 * (1 - hits / events),
    cdf: (delayMs) => waitCdf(delayMs - dMs),
  }
}

function stagesOf({ intervalMs, mode, jitter = 0, backoff, requestMs, eventsPerMs }: PollSetting): Stage[] {
  const shift = mode === 'sleep' ? requestMs : 0
  const stage = (gap: number, weight: number): Stage => ({
    low: shift + gap * (1 - jitter),
    high: shift + gap * (1 + jitter),
    weight,
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
function hitProbability(low: number, high: number, rate: number): number {
  const spread = rate * (high - low)
  if (spread < 1e-6) return -Math.expm1((-rate * (low + high)) / 2)
  return 1 - (Math.exp(-rate * low) - Math.exp(-rate * high)) / spread
}

/** ∫₀ʷ P(Y > v) dv for Y uniform between low and high. */
function survivalArea(low: number, high: number, wait: number): number {
  if (wait <= 0) return 0
  if (wait <= low) return wait
  if (wait >= high) return (low + high) / 2
  return low + ((high - low) ** 2 - (high - wait) ** 2) / (2 * (high - low))
}

/** Bisection: a distribution function only rises. */
function inverse(cdf: (value: number) => number, probability: number, longest: number): number {
  let low = 0
  let high = longest
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (cdf(middle) < probability) low = middle
    else high = middle
  }
  return high
}

/**
 * Polls with exponential gaps, mean T. The process forgets: an event waits another whole gap, exponential with mean
 * T, whatever has gone by. Quantile p is -T ln(1 - p); no event in a gap has probability 1/(1 + λT).
 */
export function exponentialPollModel({
  intervalMs,
  dMs,
  eventsPerMs,
  semantics,
}: Pick<PollSetting, 'intervalMs' | 'dMs' | 'eventsPerMs' | 'semantics'>): Prediction {
  const x = eventsPerMs * intervalMs
  return {
    meanMs: intervalMs + dMs,
    p50Ms: intervalMs * Math.LN2 + dMs,
    p99Ms: intervalMs * Math.log(100) + dMs,
    maxMs: Number.POSITIVE_INFINITY,
    requestsPerSecond: 1000 / intervalMs,
    wastedPct: 100 / (1 + x),
    coalescedPct: semantics === 'history' ? 0 : (100 * x) / (1 + x),
    cdf: (delayMs) => (delayMs <= dMs ? 0 : -Math.expm1((dMs - delayMs) / intervalMs)),
  }
}

/**
 * Long polling. After each answer nobody asks for a time G: the answer's way back, the client's turnaround, the next
 * question's way there. A cycle is G and, with probability e^(-λG), the wait for an event, at most the hold H: mean
 * (1 - e^(-λH))/λ. The share f of the events that meet the gap waits G/2 on average (mean d + fG/2, at most G: the
 * three transits of RFC 6202 §2.2); the others are answered at once. Without a hold f = λG/(λG + e^(-λG)).
 */
export function longPollModel({
  gapMs,
  dMs,
  holdMs = Number.POSITIVE_INFINITY,
  eventsPerMs,
  semantics,
}: Pick<PollSetting, 'dMs' | 'eventsPerMs' | 'semantics'> & {
  readonly gapMs: number
  readonly holdMs?: number
}): Prediction {
  const x = eventsPerMs * gapMs
  const waitMs = eventsPerMs === 0 ? holdMs : -Math.expm1(-eventsPerMs * holdMs) / eventsPerMs
  const cycleMs = gapMs + Math.exp(-x) * waitMs
  const missesHold = gapMs / cycleMs
  const wasted = eventsPerMs === 0 ? 1 : Math.exp(-eventsPerMs * (gapMs + holdMs))
  const quantile = (p: number): number => dMs + gapMs * Math.max(0, 1 - (1 - p) / missesHold)
  return {
    meanMs: dMs + (missesHold * gapMs) / 2,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: dMs + gapMs,
    requestsPerSecond: 1000 / cycleMs,
    wastedPct: 100 * wasted,
    coalescedPct:
      semantics === 'history' || eventsPerMs === 0 ? 0 : 100 * (1 - (1 - wasted) / (eventsPerMs * cycleMs)),
    cdf: (delayMs) =>
      delayMs < dMs ? 0 : 1 - missesHold + missesHold * Math.min((delayMs - dMs) / gapMs, 1),
  }
}

/** The prediction beside what was measured: it fits where the samples could come from its distribution. */
export function fitModel(prediction: Prediction, samplesMs: readonly number[]): ModelFit {
  const { meanMs, p50Ms, p99Ms, maxMs, wastedPct, coalescedPct, cdf } = prediction
  const ks = ksDistance(samplesMs, cdf)
  const limit = ksLimit(samplesMs.length)
  return { meanMs, p50Ms, p99Ms, maxMs, wastedPct, coalescedPct, ks, ksLimit: limit, fit: ks <= limit }
}
