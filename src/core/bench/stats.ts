import type { Uniform } from './random.ts'

const RESAMPLES = 2000
const TAIL = 0.025
/** Standard normal quantile of 1 - TAIL. */
export const TAIL_Z = 1.959964

/** Arithmetic mean; NaN of nothing. */
export function meanOf(samples: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += samples[i] ?? 0
  return sum / samples.length
}

/** Linear between the two nearest order statistics (Hyndman and Fan 1996, type 7). NaN of nothing. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) return Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The middles of so many parts of the samples, each of as many; of few or equal samples those. 0 of nothing. */
export function midQuantiles(samples: readonly number[], parts: number): number[] {
  const sorted = samples.toSorted((a, b) => a - b)
  const [least = 0] = sorted
  if (least === (sorted.at(-1) ?? 0)) return [least]
  if (sorted.length <= parts) return sorted
  return Array.from({ length: parts }, (_, part) => quantile(sorted, (part + 0.5) / parts))
}

/**
 * The middle of a statistic that is drawn anew many times, 95 % of it.
 *
 * @param sharedBy so many intervals are to hold together with 95 % (Bonferroni): each is wider
 */
export function bootstrap(draw: () => number, sharedBy = 1): readonly [low: number, high: number] {
  const tail = TAIL / sharedBy
  const drawn = Float64Array.from({ length: RESAMPLES }, draw).toSorted()
  return [quantile(drawn, tail), quantile(drawn, 1 - tail)]
}

/** Mean of as many samples, drawn with replacement. */
export function resampledMean(samples: ArrayLike<number>, random: Uniform): number {
  const count = samples.length
  let sum = 0
  for (let i = 0; i < count; i++) sum += samples[Math.floor(random() * count)] ?? 0
  return sum / count
}

/** The interval of a quantile between two of the order statistics, as of so many independent samples. */
export function orderInterval(
  sorted: ArrayLike<number>,
  p: number,
  worth: number = sorted.length,
): readonly [low: number, high: number] | undefined {
  const ranks = quantileRanks(worth, p)
  const times = sorted.length / worth
  const low = ranks && sorted[Math.floor((ranks[0] - 1) * times)]
  const high = ranks && sorted[Math.ceil(ranks[1] * times) - 1]
  return low === undefined || high === undefined ? undefined : [low, high]
}

/**
 * The order statistics, counted from 1, between which a quantile lies with at least 95 %: as many samples lie below
 * it as a binomial variable says, whatever the distribution (Hahn and Meeker 1991, §5.2). Undefined where even the
 * extremes do not suffice.
 */
export function quantileRanks(n: number, p: number): readonly [low: number, high: number] | undefined {
  let low = 0
  let high: number | undefined
  let below = 0
  for (let k = 0; k <= n; k++) {
    // P(B <= k-1) so far: a quantile under X(k) has at most k-1 samples below it.
    if (k > 0 && below <= TAIL) low = k
    if (high === undefined && k > 0 && 1 - below <= TAIL) high = k
    below += binomial(n, k, p)
  }
  return low === 0 || high === undefined ? undefined : [low, high]
}

/** The least number of samples for a two-sided 95 % interval of a quantile: 6 for p50, 36 for p90, 368 for p99. */
export function leastSamples(p: number): number {
  return Math.ceil(Math.log(TAIL) / Math.log(Math.max(p, 1 - p)))
}

function binomial(n: number, k: number, p: number): number {
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p))
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/** Stirling's series beyond 20, where it is good to 1e-13. */
function logFactorial(n: number): number {
  if (n <= 20) {
    let product = 1
    for (let factor = 2; factor <= n; factor++) product *= factor
    return Math.log(product)
  }
  const inverse = 1 / n
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series
}

/**
 * Kolmogorov and Smirnov's distance between samples and a distribution function; where only bounds of that are known,
 * the distance from what is between them. NaN of nothing.
 *
 * @param upper the greatest that the function may be, that of the smallest values
 */
export function ksDistance(
  samples: readonly number[],
  upper: (value: number) => number,
  lower: (value: number) => number = upper,
): number {
  const sorted = Float64Array.from(samples).toSorted()
  const n = sorted.length
  if (n === 0) return Number.NaN
  let distance = 0
  for (const [i, sample] of sorted.entries())
    distance = Math.max(distance, (i + 1) / n - upper(sample), lower(sample) - i / n)
  return distance
}

/** The distance from the uniform distribution between two values. */
export function ksUniform(samples: readonly number[], low: number, high: number): number {
  return ksDistance(samples, (value) => Math.min(Math.max((value - low) / (high - low), 0), 1))
}

/**
 * The distance that a share `level` of runs exceeds where the distribution is the true one (Smirnov 1948, large n):
 * 1.36/√n at one in twenty.
 */
export function ksLimit(n: number, level = 0.05): number {
  return Math.sqrt(-Math.log(level / 2) / (2 * n))
}
