import type { BenchTarget } from './result.ts'
import { hitProbability, stagesOf, survivalArea } from './stages.ts'
import { meanOf, midQuantiles } from './stats.ts'

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
  /** Where these times vary: `requestMs` is the mean of them, and the delay is `dMs` and what they add. */
  readonly times?: VaryingTimes
}

/** Times that were measured, each as likely as the others. Milliseconds. */
export interface VaryingTimes {
  /** From the event until the server has it. */
  readonly leadsMs: readonly number[]
  /** Requests from their start to their parsed answer. */
  readonly requestsMs: readonly number[]
  /** The share of a request's time that has gone by when the server reads its state, from 0 to 1. */
  readonly readAt: number
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

/** So many quantiles stand for all the leads that were measured. */
const LEADS = 6

/**
 * Delay and cost of polling, by renewal theory (Cox, "Renewal Theory", 1962, §5.2-5.4). A Poisson event falls into
 * a gap Y with a probability in proportion to its length, and waits for its end; hence
 *
 *   mean delay = E[Y²] / 2E[Y] + d        density of the delay = P(Y > w) / E[Y]
 *
 * On a fixed grid Y = T: T/2 + d, uniform. With sleep Y = T + R: (T+R)/2 + d. With jitter J: T/2 (1 + J²/3) + d,
 * p99 = T(1 + J - 0.2 √J) + d; full jitter (J = 1): 2T/3 + d. With backoff the k-th gap aₖ is reached with
 * probability pₖ = e^(-λ(a₀+…+aₖ₋₁)): Σpₖaₖ² / 2Σpₖaₖ + d, and Σpₖ/Σpₖaₖ requests.
 * Only the return half d is added, not the request time: the way there moves the grid, not the wait. Where it varies
 * it varies the gaps between the instants at which the state is read, from T to T + u' - u: T/2 + Var(u)/T + d.
 */
export function pollModel(setting: PollSetting): Prediction {
  const { dMs, eventsPerMs, semantics, times } = setting
  const stages = stagesOf(setting)
  const leads = times === undefined ? [0] : midQuantiles(times.leadsMs, LEADS)
  let weights = 0
  let time = 0
  let waits = 0
  let hits = 0
  let longest = 0
  for (const { low, high, weight, back } of stages) {
    const mean = (low + high) / 2
    weights += weight
    time += weight * mean
    waits += weight * ((low ** 2 + low * high + high ** 2) / 6 + mean * back)
    hits += weight * hitProbability(low, high, eventsPerMs)
    longest = Math.max(longest, high + back)
  }
  const cdf = (delayMs: number): number => {
    let area = 0
    for (const lead of leads) {
      const wait = delayMs - dMs - lead
      for (const { low, high, weight, back } of stages) area += weight * survivalArea(low, high, wait - back)
    }
    return Math.min(area / (time * leads.length), 1)
  }
  const events = eventsPerMs * time
  const maxMs = longest + dMs + Math.max(...leads)
  return {
    meanMs: waits / time + dMs + (times === undefined ? 0 : meanOf(times.leadsMs)),
    p50Ms: inverse(cdf, 0.5, maxMs),
    p99Ms: inverse(cdf, 0.99, maxMs),
    maxMs,
    requestsPerSecond: (1000 * weights) / time,
    wastedPct: 100 * (1 - hits / weights),
    coalescedPct: semantics === 'history' || events === 0 ? 0 : 100 * (1 - hits / events),
    cdf,
  }
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
