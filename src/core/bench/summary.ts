import { grouped, groupedMean, groupedQuantile } from './groups.ts'
import type { Uniform } from './random.ts'
import type { ModeResult, Stat } from './result.ts'
import { bootstrap, leastSamples, meanOf, orderInterval, quantile, resampledMean, TAIL_Z } from './stats.ts'

export type Summary = ModeResult['delayMs']

/** Beyond so many samples the mean is normal to less than resampling would tell; it would only take seconds. */
const RESAMPLE_AT_MOST = 5000

/**
 * What a mode's delays come to. The mean's interval is a percentile bootstrap (Efron 1979), those of the quantiles
 * are exact order statistics. Where there are too few samples for an interval, `needN` says how many it takes.
 * Figures of no sample at all are NaN (null in JSON).
 *
 * @param groupOf the group of each sample, where only groups are independent of one another
 */
export function summarize(samples: readonly number[], random: Uniform, groupOf?: readonly number[]): Summary {
  const sorted = Float64Array.from(samples).toSorted()
  const mean = meanOf(sorted)
  const sd = deviationOf(sorted, mean)
  const groups = groupOf && grouped(samples, groupOf)
  const quantileOf = (p: number): Stat => {
    const value = quantile(sorted, p)
    return groups === undefined ? quantileStat(sorted, p, value) : groupedQuantile(groups, sorted, p, value)
  }
  return {
    mean: groups === undefined ? meanStat(sorted, mean, sd, random) : groupedMean(groups),
    p50: quantileOf(0.5),
    p90: quantileOf(0.9),
    p95: quantileOf(0.95),
    p99: quantileOf(0.99),
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    sd,
    hist: histogram(sorted),
  }
}

/** Sample standard deviation (n - 1); NaN below two samples. */
function deviationOf(samples: ArrayLike<number>, mean: number): number {
  let squares = 0
  for (let i = 0; i < samples.length; i++) squares += ((samples[i] ?? 0) - mean) ** 2
  return samples.length < 2 ? Number.NaN : Math.sqrt(squares / (samples.length - 1))
}

function meanStat(sorted: Float64Array, mean: number, sd: number, random: Uniform): Stat {
  const needN = leastSamples(0.5)
  if (sorted.length < needN) return { value: mean, needN }
  if (sorted.length > RESAMPLE_AT_MOST) {
    const half = (TAIL_Z * sd) / Math.sqrt(sorted.length)
    return { value: mean, ci95: [mean - half, mean + half] }
  }
  return { value: mean, ci95: bootstrap(() => resampledMean(sorted, random)) }
}

function quantileStat(sorted: Float64Array, p: number, value: number): Stat {
  const ci95 = orderInterval(sorted, p)
  return ci95 === undefined ? { value, needN: leastSamples(p) } : { value, ci95 }
}

/** Ten buckets a decade: their upper edges and how many samples each holds. Empty ones are left out. */
function histogram(sorted: Float64Array): Summary['hist'] {
  const counts = new Map<number, number>()
  for (const sample of sorted) {
    const step = Math.ceil(Math.log10(Math.max(sample, 0.001)) * 10 - 1e-9)
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  return Array.from(counts, ([step, count]) => [Number((10 ** (step / 10)).toPrecision(3)), count] as const)
}
