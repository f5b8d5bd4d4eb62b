import { describe, expect, test } from 'vitest'
import { createRandom, exponential, shuffle } from '../../../src/core/bench/random.ts'
import {
  ksLimit,
  ksUniform,
  leastSamples,
  meanOf,
  quantile,
  quantileRanks,
} from '../../../src/core/bench/stats.ts'
import { summarize } from '../../../src/core/bench/summary.ts'

const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next)

describe('random', () => {
  test('the same seed makes the same numbers, another seed others', () => {
    const [a, b, c] = ['7f3a', '7f3a', '7f3b'].map((seed) => draw(100, createRandom(seed ?? '')))
    expect(a).toEqual(b)
    expect(new Set([...(a ?? []), ...(c ?? [])]).size).toBe(200)
  })

  test('the stream of a seed never changes: recorded runs stay repeatable', () => {
    expect(draw(3, createRandom('7f3a'))).toMatchInlineSnapshot(`
      [
        0.674361266894266,
        0.9942517546005547,
        0.8842044686898589,
      ]
    `)
  })

  test('numbers are uniform, and neighbours have nothing to do with each other', () => {
    const random = createRandom('uniform')
    const numbers = draw(20_000, random)
    expect(ksUniform(numbers, 0, 1)).toBeLessThan(ksLimit(20_000))
    const mean = meanOf(numbers)
    const products = numbers.slice(1).map((value, i) => (value - mean) * ((numbers[i] ?? 0) - mean))
    expect(Math.abs(meanOf(products) * 12)).toBeLessThan(3 / Math.sqrt(20_000))
  })

  test('exponential gaps have their mean and are memoryless', () => {
    const random = createRandom('gaps')
    const gaps = draw(40_000, () => exponential(random, 5))
    expect(meanOf(gaps)).toBeCloseTo(5, 0)
    const late = gaps.filter((gap) => gap > 5).map((gap) => gap - 5)
    expect(Math.abs(meanOf(late) - 5)).toBeLessThan(0.15)
  })

  test('every order of a shuffle is equally likely', () => {
    const random = createRandom('shuffle')
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(['a', 'b', 'c'], random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })
})

describe('quantiles', () => {
  test('are linear between order statistics', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
    expect(quantile([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6)
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('need as many samples as the binomial says: p50 6, p90 36, p95 72, p99 368', () => {
    const needed = [0.5, 0.9, 0.95, 0.99].map(leastSamples)
    expect(needed).toEqual([6, 36, 72, 368])
    for (const [i, p] of [0.5, 0.9, 0.95, 0.99].entries()) {
      expect(quantileRanks((needed[i] ?? 0) - 1, p)).toBeUndefined()
      expect(quantileRanks(needed[i] ?? 0, p)).toBeDefined()
    }
  })

  test('have the published order statistics of the median as their interval', () => {
    expect(quantileRanks(40, 0.5)).toEqual([14, 27])
    expect(quantileRanks(100, 0.5)).toEqual([40, 61])
    expect(quantileRanks(200, 0.5)).toEqual([86, 115])
  })

  test.each([
    [50, 0.5],
    [100, 0.9],
    [400, 0.99],
  ])('n=%i: the interval of quantile %f holds the truth in 95 runs of 100', (n, p) => {
    const random = createRandom(`coverage ${n}`)
    const [low = 0, high = 0] = quantileRanks(n, p) ?? []
    let held = 0
    for (let run = 0; run < 2000; run++) {
      const sorted = draw(n, random).toSorted((a, b) => a - b)
      if ((sorted[low - 1] ?? 0) <= p && p <= (sorted[high - 1] ?? 0)) held++
    }
    expect(held / 2000).toBeGreaterThan(0.94)
    expect(held / 2000).toBeLessThan(0.99)
  })
})

describe('summarize', () => {
  test('the bootstrap interval of the mean holds the truth in 95 runs of 100, for polls and for push', () => {
    const random = createRandom('bootstrap')
    const shares = [() => random() * 500, () => 0.4 + exponential(random, 0.3)].map((sample, i) => {
      const truth = [250, 0.7][i] ?? 0
      let held = 0
      for (let run = 0; run < 200; run++) {
        const [low, high] = summarize(draw(60, sample), random).mean.ci95 ?? [0, 0]
        if (low <= truth && truth <= high) held++
      }
      return held / 200
    })
    console.log(`bench statistics: coverage of the mean's 95 % interval, n=60: ${shares.join(', ')}`)
    for (const share of shares) expect(share).toBeGreaterThan(0.89)
  })

  test('says how many samples it takes in place of an interval', () => {
    const { mean, p50, p90, p99 } = summarize([1, 2, 3, 4, 5, 6, 7], createRandom('few'))
    expect(mean.ci95).toBeDefined()
    expect(p50.ci95).toEqual([1, 7])
    expect(p90).toEqual({ value: 6.4, needN: 36 })
    expect(p99.needN).toBe(368)
    expect(summarize([1, 2], createRandom('few')).mean).toEqual({ value: 1.5, needN: 6 })
  })

  test('no sample at all is no figure, and no error', () => {
    const { mean, p50, min, hist } = summarize([], createRandom('none'))
    expect([mean.value, p50.value, min]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(hist).toEqual([])
  })

  test('takes more samples than a function takes arguments', () => {
    const random = createRandom('many')
    const { max, mean, hist } = summarize(draw(200_000, random), random)
    expect(max).toBeGreaterThan(0.9999)
    expect((mean.ci95?.[1] ?? 0) - (mean.ci95?.[0] ?? 0)).toBeCloseTo(2 * 1.96 * 0.2887 * 200_000 ** -0.5, 4)
    expect(hist.reduce((sum, [, count]) => sum + count, 0)).toBe(200_000)
  })

  test('buckets hold what lies at or below their edge', () => {
    expect(summarize([0.9, 1, 1.1, 10, 10, 11], createRandom('hist')).hist).toEqual([
      [1, 2],
      [1.26, 1],
      [10, 2],
      [12.6, 1],
    ])
  })
})

test('KS tells uniform delays from batched ones', () => {
  const random = createRandom('ks')
  const uniform = draw(200, () => 1 + random() * 500)
  expect(ksUniform(uniform, 1, 501)).toBeLessThan(ksLimit(200))
  expect(
    ksUniform(
      uniform.map((delay) => delay + 100),
      1,
      501,
    ),
  ).toBeGreaterThan(ksLimit(200))
  expect(ksUniform([0.5], 0, 1)).toBe(0.5)
})
