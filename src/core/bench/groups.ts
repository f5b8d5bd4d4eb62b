import type { Stat } from './result.ts'
import { leastSamples, meanOf, orderInterval, TAIL_Z } from './stats.ts'

/**
 * Figures of samples that are not independent: a poll tells of all events of a gap at once, and where the gaps vary
 * in length, those events share it. The gaps are independent, so they are what chance is measured by.
 */

/** With fewer nobody knows how much they vary: as many as independent samples take for the interval of a median. */
const LEAST_GROUPS = leastSamples(0.5)

/** Samples by the number of the group each is of; the groups in the order of their first. */
export function grouped(samples: readonly number[], groupOf: readonly number[]): number[][] {
  const groups = new Map<number, number[]>()
  for (const [index, sample] of samples.entries()) {
    const number = groupOf[index] ?? -1
    const group = groups.get(number)
    if (group === undefined) groups.set(number, [sample])
    else group.push(sample)
  }
  return Array.from(groups.values())
}

/**
 * The mean with its interval by the linearised variance of a ratio (Cochran, "Sampling Techniques", 1977, §2.11) and
 * Student's t, as there may be few groups.
 */
export function groupedMean(groups: readonly (readonly number[])[]): Stat {
  const samples = groups.flat()
  const value = meanOf(samples)
  if (groups.length < LEAST_GROUPS) return { value, needN: eventsFor(groups, LEAST_GROUPS / groups.length) }
  const half = studentT(groups.length - 1) * deviation(groups, (sample) => sample - value)
  return { value, ci95: [Math.max(value - half, 0), value + half] }
}

/**
 * A quantile with its interval: the order statistics for as many independent samples as these are worth (Korn and
 * Graubard, "Confidence intervals for proportions with small expected number of positive counts", 1998).
 *
 * @param sorted all samples of the groups
 */
export function groupedQuantile(
  groups: readonly (readonly number[])[],
  sorted: ArrayLike<number>,
  p: number,
  value: number,
): Stat {
  if (groups.length < LEAST_GROUPS) return { value, needN: eventsFor(groups, LEAST_GROUPS / groups.length) }
  const count = sorted.length
  const error = deviation(groups, (sample) => (sample <= value ? 1 : 0) - p)
  const few = (TAIL_Z / studentT(groups.length - 1)) ** 2
  const worth = Math.min(count, Math.floor((few * p * (1 - p)) / error ** 2))
  const ci95 = orderInterval(sorted, p, worth)
  return ci95 === undefined ? { value, needN: eventsFor(groups, leastSamples(p) / worth) } : { value, ci95 }
}

/** Longer runs have more groups, not larger ones. */
function eventsFor(groups: readonly (readonly number[])[], times: number): number {
  return Math.ceil(times * groups.reduce((sum, { length }) => sum + length, 0))
}

/** Of the mean of something over all samples, from what it sums up to in each group. */
function deviation(groups: readonly (readonly number[])[], of: (sample: number) => number): number {
  let [squares, count] = [0, 0]
  for (const group of groups) {
    squares += group.reduce((sum, sample) => sum + of(sample), 0) ** 2
    count += group.length
  }
  return Math.sqrt((squares * groups.length) / (groups.length - 1)) / count
}

/**
 * Quantile 0.975 of Student's t, by its expansion in powers of 1/degrees (Abramowitz and Stegun, 26.7.5): good to
 * 0.1 % from 3 degrees on.
 */
function studentT(degrees: number): number {
  const z = TAIL_Z
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92_160 * degrees ** 4)
  )
}
