import { afterAll, describe, expect, test } from 'vitest'
import { breakEvens, extrapolate } from '../../../src/core/bench/costs.ts'
import { fitModel } from '../../../src/core/bench/fit.ts'
import {
  exponentialPollModel,
  longPollModel,
  pollModel,
  type PollSetting,
  type Prediction,
} from '../../../src/core/bench/model.ts'
import { createRandom, exponential } from '../../../src/core/bench/random.ts'
import {
  coalescedShare,
  fanInPerSecond,
  freshness,
  intervalForMean,
  intervalForP99,
  meanAgeMs,
  mostPollers,
  pollsPerEvent,
  pollsPerUsefulPoll,
  wastedShare,
} from '../../../src/core/bench/ratios.ts'
import { playPolls, type Polls, type Simulated } from '../../helpers/renewal.ts'

const EVENTS = 400_000
const deviations: { row: string; figure: string; percent: number }[] = []

/** Every figure of a row against the simulation: 1 % of itself, shares 0.5 percentage points. */
function compare(row: string, model: Prediction, simulated: Simulated): void {
  const figures = ['meanMs', 'p50Ms', 'p99Ms', 'maxMs', 'requestsPerSecond'] as const
  for (const figure of figures) {
    if (model[figure] === Number.POSITIVE_INFINITY) continue
    const percent = 100 * Math.abs(simulated[figure] / model[figure] - 1)
    deviations.push({ row, figure, percent })
    expect.soft(percent, `${row}: ${figure} ${model[figure]} against ${simulated[figure]}`).toBeLessThan(1)
  }
  for (const figure of ['wastedPct', 'coalescedPct'] as const) {
    const points = Math.abs(simulated[figure] - model[figure])
    deviations.push({ row, figure, percent: points })
    expect.soft(points, `${row}: ${figure} ${model[figure]} against ${simulated[figure]}`).toBeLessThan(0.5)
  }
}

const base = {
  intervalMs: 100,
  mode: 'grid',
  dMs: 2,
  requestMs: 5,
  eventsPerMs: 0.01,
  semantics: 'latest',
} as const satisfies PollSetting

type Row = [name: string, setting: Partial<PollSetting>, gap: (random: () => number) => Polls['gap']]

const uniform = (random: () => number, mean: number, share: number): number =>
  mean * (1 + share * (2 * random() - 1))

const rows: Row[] = [
  ['fixed grid', {}, () => () => 100],
  ['fixed grid, few events', { eventsPerMs: 0.0005 }, () => () => 100],
  ['fixed grid, many events', { eventsPerMs: 0.05 }, () => () => 100],
  ['sleep after the response', { mode: 'sleep' }, () => () => 105],
  ['jitter 10 %', { jitter: 0.1 }, (random) => () => uniform(random, 100, 0.1)],
  ['jitter 50 %', { jitter: 0.5 }, (random) => () => uniform(random, 100, 0.5)],
  ['full jitter', { jitter: 1 }, (random) => () => uniform(random, 100, 1)],
  ['sleep with jitter', { mode: 'sleep', jitter: 0.4 }, (random) => () => 5 + uniform(random, 100, 0.4)],
  [
    'backoff 100, 2, 3200',
    { backoff: { factor: 2, maxMs: 3200 }, eventsPerMs: 0.0002 },
    () => (empty) => Math.min(100 * 2 ** empty, 3200),
  ],
  [
    'backoff with jitter',
    { backoff: { factor: 1.5, maxMs: 1000 }, eventsPerMs: 0.002, jitter: 0.3 },
    (random) => (empty) => uniform(random, Math.min(100 * 1.5 ** empty, 1000), 0.3),
  ],
]

describe('R-BENCH: each row of the model against a simulation that knows no formula', () => {
  test.each(rows)('%s', (name, setting, gapOf) => {
    const random = createRandom(name)
    const options = { ...base, ...setting }
    const { eventsPerMs, dMs } = options
    compare(
      name,
      pollModel(options),
      playPolls(random, { gap: gapOf(random), eventsPerMs, dMs, events: EVENTS }),
    )
  })

  test('exponential gaps', () => {
    const random = createRandom('exponential')
    const simulated = playPolls(random, {
      gap: () => exponential(random, 100),
      eventsPerMs: 0.01,
      dMs: 2,
      events: 4 * EVENTS,
    })
    compare('exponential gaps', exponentialPollModel(base), simulated)
  })

  test.each([
    ['long poll without a hold', Number.POSITIVE_INFINITY, 0.01],
    ['long poll, hold 300 ms', 300, 0.002],
    ['long poll, hold shorter than the gap', 20, 0.02],
  ])('%s', (name, holdMs, eventsPerMs) => {
    const row = { gapMs: 40, holdMs, dMs: 30, eventsPerMs, semantics: 'latest' } as const
    const polls = { gap: () => 40, holdMs, eventsPerMs, dMs: 30, events: EVENTS }
    compare(name, longPollModel(row), playPolls(createRandom(name), polls))
  })

  test('a distribution function rises from 0 to 1 and agrees with its quantiles', () => {
    for (const [name, setting] of rows) {
      const model = pollModel({ ...base, ...setting })
      expect(model.cdf(base.dMs), name).toBe(0)
      expect(model.cdf(model.p50Ms), name).toBeCloseTo(0.5, 6)
      expect(model.cdf(model.p99Ms), name).toBeCloseTo(0.99, 6)
      expect(model.cdf(model.maxMs), name).toBeCloseTo(1, 9)
      expect(model.cdf(model.maxMs * 2), name).toBe(1)
    }
  })

  afterAll(() => {
    const worst = deviations.toSorted((a, b) => b.percent - a.percent).slice(0, 3)
    const small = deviations.filter(({ percent }) => percent <= 0.5).length
    console.log(
      `R-BENCH model: ${deviations.length} figures of ${new Set(deviations.map(({ row }) => row)).size} rows, ${small} within 0.5 %; worst ${worst.map(({ row, figure, percent }) => `${row} ${figure} ${percent.toFixed(2)} %`).join(', ')}`,
    )
    expect(small / deviations.length).toBeGreaterThan(0.85)
  })
})

describe('the closed forms of the table', () => {
  test('grid, sleep and jitter', () => {
    expect(pollModel(base)).toMatchObject({
      meanMs: 52,
      maxMs: 102,
      requestsPerSecond: 10,
      coalescedPct: expect.closeTo(36.79, 2),
    })
    expect(pollModel(base).p99Ms).toBeCloseTo(101)
    expect(pollModel({ ...base, mode: 'sleep' }).meanMs).toBeCloseTo((100 + 5) / 2 + 2)
    expect(pollModel({ ...base, jitter: 0.3 }).meanMs).toBeCloseTo(50 * (1 + 0.09 / 3) + 2)
    expect(pollModel({ ...base, jitter: 0.3 }).p99Ms).toBeCloseTo(100 * (1.3 - 0.2 * Math.sqrt(0.3)) + 2)
    expect(pollModel({ ...base, jitter: 1 }).meanMs).toBeCloseTo(200 / 3 + 2)
    expect(pollModel({ ...base, jitter: 1 }).p99Ms).toBeCloseTo(182)
  })

  test('backoff doubles the delay at an equal rate of requests: 1 s to 32 s, 0.02 events/s', () => {
    const setting = { ...base, intervalMs: 1000, dMs: 0, eventsPerMs: 0.02 / 1000 }
    const backoff = pollModel({ ...setting, backoff: { factor: 2, maxMs: 32_000 } })
    const grid = pollModel({ ...setting, intervalMs: 1000 / backoff.requestsPerSecond })
    expect(backoff.meanMs / 1000).toBeCloseTo(11.55, 1)
    expect(grid.meanMs / 1000).toBeCloseTo(5.5, 1)
  })

  test('a history loses nothing; without events every poll is empty', () => {
    expect(pollModel({ ...base, semantics: 'history' }).coalescedPct).toBe(0)
    const silent = pollModel({ ...base, eventsPerMs: 0, backoff: { factor: 2, maxMs: 800 } })
    expect(silent).toMatchObject({ meanMs: 402, requestsPerSecond: 1.25, wastedPct: 100, coalescedPct: 0 })
  })

  test('a fit tells delays of the model from delays of a cache', () => {
    const random = createRandom('fit')
    const samples = Array.from({ length: 200 }, () => 2 + random() * 100)
    expect(fitModel(pollModel(base), samples)).toMatchObject({
      fit: true,
      ksLimit: expect.closeTo(1.358 / Math.sqrt(200), 4),
    })
    expect(
      fitModel(
        pollModel(base),
        samples.map((ms) => ms + 30),
      ).fit,
    ).toBe(false)
  })
})

describe('ratios', () => {
  test('wasted polls: one event an hour, a poll every 60 s; Zapier', () => {
    expect(100 * wastedShare(60 / 3600)).toBeCloseTo(98.35, 2)
    expect(pollsPerEvent(60 / 3600)).toBeCloseTo(60)
    expect(pollsPerUsefulPoll(-Math.log(0.985))).toBeCloseTo(66.7, 1)
  })

  test('coalesced on a latest-state endpoint', () => {
    const shares = [0.1, 0.5, 1, 2, 5].map((x) => Math.round(1000 * coalescedShare(x)) / 10)
    expect(shares).toEqual([4.8, 21.3, 36.8, 56.8, 80.1])
  })

  test('freshness and mean age against a simulation', () => {
    const random = createRandom('age')
    const [intervalMs, rate, intervals] = [100, 0.02, 200_000]
    let [fresh, age] = [0, 0]
    for (let i = 0; i < intervals; i++) {
      const first = Math.min(exponential(random, 1 / rate), intervalMs)
      fresh += first
      age += (intervalMs - first) ** 2 / 2
    }
    const time = intervals * intervalMs
    expect(fresh / time / freshness(2)).toBeCloseTo(1, 2)
    expect(age / time / meanAgeMs(intervalMs, 2)).toBeCloseTo(1, 2)
    expect(meanAgeMs(100, 0.000_999) / meanAgeMs(100, 0.001_001)).toBeCloseTo(1, 2)
  })

  test('the interval for a wanted delay, and what many pollers ask', () => {
    expect(pollModel({ ...base, intervalMs: intervalForMean(30, 2) }).meanMs).toBeCloseTo(30)
    expect(pollModel({ ...base, intervalMs: intervalForP99(30, 2) }).p99Ms).toBeCloseTo(30)
    expect(fanInPerSecond(500, 2000)).toBe(250)
    expect(Math.round(mostPollers(1000, 85))).toBe(11_765)
  })

  test('intervals that were not run', () => {
    expect(extrapolate([10_000, 60_000], 0.5)).toEqual([
      { intervalMs: 10_000, meanMs: 5000.5, p99Ms: 9900.5, maxMs: 10_000.5, requestsPerDay: 8640 },
      { intervalMs: 60_000, meanMs: 30_000.5, p99Ms: 59_400.5, maxMs: 60_000.5, requestsPerDay: 1440 },
    ])
  })
})

describe('break-even', () => {
  const poll = {
    name: 'conditional 500ms',
    intervalMs: 500,
    empty: { requests: 1, bytes: 222, serverCpuUs: 65 },
    found: { requests: 1, bytes: 497, serverCpuUs: 85 },
  }

  test('of measured costs: bytes at 0.72 events per interval, requests at 1', () => {
    const found = breakEvens(
      [poll],
      [{ name: 'webhook', perEvent: { requests: 1, bytes: 504, serverCpuUs: 78 } }],
    )
    const perInterval = found.map(({ cost, eventsPerSecond }) => [cost, eventsPerSecond / 2])
    expect(perInterval).toEqual([
      ['requests', expect.closeTo(1, 6)],
      ['bytes', expect.closeTo(0.72, 2)],
      ['serverCpu', expect.closeTo(0.995, 2)],
    ])
  })

  test('a stream asks for nothing per event: requests never break even, bytes do', () => {
    const found = breakEvens([poll], [{ name: 'sse', perEvent: { requests: 0, bytes: 282 } }])
    expect(found).toEqual([
      {
        a: 'conditional 500ms',
        b: 'sse',
        cost: 'bytes',
        eventsPerSecond: expect.closeTo(3.11, 2),
        intervalMs: 500,
      },
    ])
  })
})
