import { wasAccepted } from '../core/delivery.ts'
import type { Attempt } from '../core/ports.ts'

/** What came of a run. */
export interface TallySummary {
  readonly sent: number
  /** How often each status or failure code came, the most frequent first. */
  readonly outcomes: readonly (readonly [outcome: string, count: number])[]
  /** Milliseconds, by percentile; only those that so many samples can tell. */
  readonly latencies: readonly (readonly [percentile: number, ms: number])[]
}

/**
 * Samples from which on a percentile has a two-sided 95 % confidence interval without assumptions: with fewer, the
 * largest sample may lie below it (q^n > 2.5 %).
 */
const LEAST_SAMPLES: readonly (readonly [percentile: number, samples: number])[] = [
  [50, 6],
  [90, 36],
  [99, 368],
]

/** Counts attempts, and remembers the last one that failed. */
export class Tally {
  readonly #outcomes = new Map<string, number>()
  readonly #durations: number[] = []
  #lastFailure: Attempt['outcome'] | undefined
  #sent = 0

  add({ outcome, durationMs }: Attempt): void {
    this.#sent++
    const name = outcome.kind === 'response' ? String(outcome.status) : outcome.code
    this.#outcomes.set(name, (this.#outcomes.get(name) ?? 0) + 1)
    if (outcome.kind === 'response') this.#durations.push(durationMs)
    if (!wasAccepted(outcome)) this.#lastFailure = outcome
  }

  get sent(): number {
    return this.#sent
  }

  get lastFailure(): Attempt['outcome'] | undefined {
    return this.#lastFailure
  }

  summary(): TallySummary {
    const sorted = this.#durations.toSorted((a, b) => a - b)
    const outcomes = [...this.#outcomes].toSorted(([, a], [, b]) => b - a)
    const latencies = LEAST_SAMPLES.filter(([, least]) => sorted.length >= least).map(
      ([percentile]) => [percentile, sorted[Math.ceil((percentile / 100) * sorted.length) - 1] ?? 0] as const,
    )
    return { sent: this.#sent, outcomes, latencies }
  }
}
