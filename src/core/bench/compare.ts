import type { Baseline, BaselineMode } from './baseline.ts'
import type { Uniform } from './random.ts'
import { bootstrap, leastSamples, meanOf, quantile } from './stats.ts'

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
  /** Of after - before. The intervals of all modes hold together: a run has many, and one clear loss is a verdict. */
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
  const earlier = Object.entries(before).map(([name, mode]) => ({ name, mode, is: identity(mode) }))
  const pairs = Object.entries(after).map(([name, mode]) => {
    const place = earlier.findIndex(({ is }) => is === identity(mode))
    const [match] = place < 0 ? [] : earlier.splice(place, 1)
    return { name, mode, match: match?.mode }
  })
  const sharedBy = pairs.filter(({ match }) => match !== undefined).length
  const compared = pairs.map(({ name, mode, match }): ModeComparison =>
    match === undefined
      ? { name, status: 'only-after' }
      : { name, ...compareMode(match, mode, sharedBy, random) },
  )
  return [...compared, ...earlier.map(({ name }): ModeComparison => ({ name, status: 'only-before' }))]
}

/** Names may change between versions; what a mode does is what makes it the same. */
function identity({ kind, intervalMs = 0, pollMode = 'grid', jitter = 0, backoff }: BaselineMode): string {
  return [kind, intervalMs, pollMode, jitter, backoff?.factor, backoff?.maxMs].join(' ')
}

function compareMode(
  before: BaselineMode,
  after: BaselineMode,
  sharedBy: number,
  random: Uniform,
):
  | { readonly status: 'too-few' }
  | { readonly status: 'compared'; readonly mean: Difference; readonly p50: Difference } {
  const [old, now] = [new Measured(before), new Measured(after)]
  if (Math.min(old.independent, now.independent) < leastSamples(0.5)) return { status: 'too-few' }
  return {
    status: 'compared',
    mean: difference([old.mean, now.mean], () => now.drawnMean(random) - old.drawnMean(random), sharedBy),
    p50: difference([old.p50, now.p50], () => now.drawnMedian(random) - old.drawnMedian(random), sharedBy),
  }
}

/** A mode's samples, and how they are drawn anew: whole groups, if only these are independent of one another. */
class Measured {
  readonly mean: number
  readonly p50: number
  readonly independent: number
  readonly #sorted: Float64Array
  /** The group of each, and how often each group was drawn the last time. */
  readonly #groups: Uint32Array
  readonly #times: Uint32Array

  constructor(mode: BaselineMode) {
    const { samplesMs = [], samplePolls = [] } = mode
    const numbers = new Map<number, number>()
    const samples = samplesMs.map((value, index) => {
      const name = hasVaryingGaps(mode) ? (samplePolls[index] ?? -1) : index
      const group = numbers.get(name) ?? numbers.size
      numbers.set(name, group)
      return { value, group }
    })
    samples.sort((a, b) => a.value - b.value)
    this.#sorted = Float64Array.from(samples, ({ value }) => value)
    this.#groups = Uint32Array.from(samples, ({ group }) => group)
    this.#times = new Uint32Array(numbers.size)
    this.independent = numbers.size
    this.mean = meanOf(this.#sorted)
    this.p50 = quantile(this.#sorted, 0.5)
  }

  drawnMean(random: Uniform): number {
    this.#draw(random)
    let [sum, count] = [0, 0]
    for (let i = 0; i < this.#sorted.length; i++) {
      const drawn = this.#timesOf(i)
      sum += drawn * (this.#sorted[i] ?? 0)
      count += drawn
    }
    return sum / count
  }

  drawnMedian(random: Uniform): number {
    this.#draw(random)
    let count = 0
    for (let i = 0; i < this.#sorted.length; i++) count += this.#timesOf(i)
    let below = 0
    for (let i = 0; i < this.#sorted.length; i++) {
      below += this.#timesOf(i)
      if (below > count / 2) return this.#sorted[i] ?? Number.NaN
    }
    return Number.NaN
  }

  /** How often each group is drawn: the resample itself need not be made, or sorted. */
  #draw(random: Uniform): void {
    const times = this.#times.fill(0)
    for (let draw = 0; draw < times.length; draw++) {
      const group = Math.floor(random() * times.length)
      times[group] = (times[group] ?? 0) + 1
    }
  }

  #timesOf(index: number): number {
    return this.#times[this.#groups[index] ?? 0] ?? 0
  }
}

function hasVaryingGaps({ jitter = 0, backoff }: BaselineMode): boolean {
  return jitter > 0 || backoff !== undefined
}

function difference(
  [before, after]: readonly [number, number],
  draw: () => number,
  sharedBy: number,
): Difference {
  const ci95 = bootstrap(draw, sharedBy)
  const verdict = ci95[0] > 0 ? 'higher' : ci95[1] < 0 ? 'lower' : 'unclear'
  return { before, after, ci95, verdict }
}
