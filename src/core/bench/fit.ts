import type { Prediction } from './model.ts'
import type { ModelFit } from './result.ts'
import { ksDistance, ksLimit } from './stats.ts'

/** What a fit has to allow for. */
export interface FitSetting {
  /** Nobody sees where in a request the target reads its state, or changes it: as early, and as late as can be. */
  readonly earliest: Prediction
  readonly latest: Prediction
  /** So many modes of the run are held against their models. */
  readonly modes: number
  /** Gaps between polls in the run, and the variance that chance in their lengths adds, times their number. */
  readonly gaps: number
  readonly gapVariance: number
}

/** A run in which every model is true has a mode that does not fit so often: 1 in 20. */
const RUN_LEVEL = 0.05
/** The variance of a share of independent delays is at most this, divided by their number. */
const MOST_VARIANCE = 0.25

/**
 * The prediction beside what was measured: it fits where the samples could come from its distribution. The level is
 * the whole run's, shared evenly among its modes (Bonferroni).
 */
export function fitModel(
  prediction: Prediction,
  samplesMs: readonly number[],
  { earliest, latest, modes, gaps, gapVariance }: FitSetting = alone(prediction),
): ModelFit {
  const { meanMs, p50Ms, p99Ms, maxMs, wastedPct, coalescedPct } = prediction
  const n = samplesMs.length
  const effectiveN = n / (1 + (n * gapVariance) / (MOST_VARIANCE * Math.max(gaps, 1)))
  const ks = ksDistance(samplesMs, earliest.cdf, latest.cdf)
  const limit = ksLimit(effectiveN, RUN_LEVEL / modes)
  return {
    meanMs,
    meanRangeMs: [earliest.meanMs, latest.meanMs],
    p50Ms,
    p99Ms,
    maxMs,
    wastedPct,
    coalescedPct,
    ks,
    ksLimit: limit,
    ...(effectiveN < n && { effectiveN }),
    fit: ks <= limit,
  }
}

function alone(prediction: Prediction): FitSetting {
  return { earliest: prediction, latest: prediction, modes: 1, gaps: 1, gapVariance: 0 }
}
