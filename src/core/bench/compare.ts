import type { Baseline, BaselineMode } from './baseline.ts'
import type { Uniform } from './random.ts'
import { bootstrap, leastSamples, meanOf, quantile, resampledMean } from './stats.ts'

/** What two runs have not in common. */
export interface Distinction {
  readonly field: string
  readonly before: string
  readonly after: string
}

/** A figure of two runs. Milliseconds. */
export interface Difference {
  readonly before: number
  readonly after: number
  /** Of after - before. */
  readonly ci95: readonly [low: number, high: number]
  /** `unclear` where the interval contains 0. */
  readonly verdict: 'lower' | 'higher' | 'unclear'
}

export type ModeComparison = { readonly name: string } & (
  | { readonly status: 'compared'; readonly mean: Difference; readonly p50: Difference }
  /** Less samples than an interval takes, or a file without samples. */
  | { readonly status: 'too-few' }
  | { readonly status: 'only-before' | 'only-after' }
)

export interface Comparison {
  /** When the run compared with began, ISO 8601. */
  readonly since: string
  /** Where there is any, the runs measure different things and no mode is compared. */
  readonly design: readonly Distinction[]
  /** Another machine or another Node: a difference may be theirs. */
  readonly environment: readonly Distinction[]
  readonly modes: readonly ModeComparison[]
}

/** Mode by mode, the later run against the earlier, with percentile bootstrap intervals of the differences. */
export function compareResults(before: Baseline, after: Baseline, random: Uniform): Comparison {
  const design = distinctions(designOf(before), designOf(after))
  const environment = distinctions(before.env, after.env)
  return {
    since: before.startedAt,
    design,
    environment,
    modes: design.length > 0 ? [] : compareModes(before.modes, after.modes, random),
  }
}

function designOf({ target, design }: Baseline): Readonly<Record<string, string | number>> {
  return { target: target.url ?? target.kind, semantics: target.semantics, ...pick(design) }
}

/** A result has more of a design than decides what is measured: its length may differ. */
function pick({ arrivals, meanGapMs, pushAssignment, payloadBytes }: Baseline['design']): Baseline['design'] {
  return { arrivals, meanGapMs, pushAssignment, payloadBytes }
}

function distinctions<T extends object>(before: T, after: T): Distinction[] {
  const later = new Map<string, unknown>(Object.entries(after))
  return Object.entries(before).flatMap(([field, value]) => {
    const other = later.get(field)
    return value === other ? [] : [{ field, before: String(value), after: String(other) }]
  })
}

function compareModes(
  before: Baseline['modes'],
  after: Baseline['modes'],
  random: Uniform,
): ModeComparison[] {
  const earlier = new Map(Object.entries(before).map(([name, mode]) => [identity(mode), { name, mode }]))
  const compared = Object.entries(after).map(([name, mode]): ModeComparison => {
    const key = identity(mode)
    const match = earlier.get(key)
    earlier.delete(key)
    return match === undefined
      ? { name, status: 'only-after' }
      : { name, ...compareMode(match.mode, mode, random) }
  })
  const left = Array.from(earlier.values(), ({ name }): ModeComparison => ({ name, status: 'only-before' }))
  return [...compared, ...left]
}

/** Names may change between versions; what a mode does is what makes it the same. */
function identity({ kind, intervalMs = 0, pollMode = 'grid', jitter = 0 }: BaselineMode): string {
  return [kind, intervalMs, pollMode, jitter].join(' ')
}

function compareMode(
  before: BaselineMode,
  after: BaselineMode,
  random: Uniform,
):
  | { readonly status: 'too-few' }
  | { readonly status: 'compared'; readonly mean: Difference; readonly p50: Difference } {
  const [old, now] = [sortedSamples(before), sortedSamples(after)]
  if (Math.min(old.length, now.length) < leastSamples(0.5)) return { status: 'too-few' }
  return {
    status: 'compared',
    mean: difference(
      [meanOf(old), meanOf(now)],
      () => resampledMean(now, random) - resampledMean(old, random),
    ),
    p50: difference(
      [quantile(old, 0.5), quantile(now, 0.5)],
      () => resampledMedian(now, random) - resampledMedian(old, random),
    ),
  }
}

function sortedSamples({ samplesMs = [] }: BaselineMode): Float64Array {
  return Float64Array.from(samplesMs).toSorted()
}

function difference([before, after]: readonly [number, number], draw: () => number): Difference {
  const ci95 = bootstrap(draw)
  const verdict = ci95[0] > 0 ? 'higher' : ci95[1] < 0 ? 'lower' : 'unclear'
  return { before, after, ci95, verdict }
}

/** Of sorted samples: how often each is drawn is enough, the resample need not be sorted. */
function resampledMedian(sorted: Float64Array, random: Uniform): number {
  const count = sorted.length
  const drawn = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const index = Math.floor(random() * count)
    drawn[index] = (drawn[index] ?? 0) + 1
  }
  let below = 0
  for (let i = 0; i < count; i++) {
    below += drawn[i] ?? 0
    if (below > count / 2) return sorted[i] ?? 0
  }
  return sorted.at(-1) ?? 0
}
