import { describe, expect, test } from 'vitest'
import type { Pace } from '../../../src/app/bench/plan.ts'
import { nextDue } from '../../../src/app/bench/poller.ts'
import type { Baseline } from '../../../src/core/bench/baseline.ts'
import { compareResults } from '../../../src/core/bench/compare.ts'
import { createRandom } from '../../../src/core/bench/random.ts'
import { meanOf, quantile } from '../../../src/core/bench/stats.ts'
import { summarize } from '../../../src/core/bench/summary.ts'

/*
 * Gaps of random length: the events of a gap share it, and intervals that take each delay for a sample of its own
 * are too narrow by far.
 */

const GAP_MS = 100
const RUNS = 300

interface Polled {
  readonly samplesMs: number[]
  /** Which poll told of each. */
  readonly samplePolls: number[]
}

/** Polls at their pace while events come at random; an answer takes no time. */
function polled(seed: string, pace: Pace, events: number): Polled {
  const random = createRandom(seed)
  const times = Array.from({ length: events }, () => random() * events * GAP_MS).toSorted((a, b) => a - b)
  const run: Polled = { samplesMs: [], samplePolls: [] }
  // Long before the first event, so that no event finds a beginning.
  let due = -20 * pace.intervalMs * (1 + random())
  for (let [number, emptyPolls] = [0, 0]; run.samplesMs.length < events; number++) {
    const known = run.samplesMs.length
    for (let at = times[known]; at !== undefined && at <= due; at = times[run.samplesMs.length]) {
      run.samplesMs.push(due - at)
      run.samplePolls.push(number)
    }
    emptyPolls = run.samplesMs.length > known ? 0 : emptyPolls + 1
    due = nextDue(pace, { due, now: due, emptyPolls, random: random() })
  }
  return run
}

const PACES: readonly (readonly [name: string, Pace])[] = [
  ['500 ms ±30 %', { intervalMs: 500, mode: 'grid', jitter: 0.3 }],
  ['2 s ±30 %, eleven gaps', { intervalMs: 2000, mode: 'grid', jitter: 0.3 }],
  ['500 ms ±100 %', { intervalMs: 500, mode: 'grid', jitter: 1 }],
  [
    '100 ms, twice as long while empty',
    { intervalMs: 100, mode: 'grid', jitter: 0, backoff: { factor: 2, maxMs: 800 } },
  ],
]

const share = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)} %`

describe.each(PACES)('polls every %s', (name, pace) => {
  const random = createRandom(name)

  test('the intervals of mean, p50 and p90 hold the truth as often as they say, about', () => {
    const many = Array.from({ length: 300 }, (_, run) => polled(`${name} true ${run}`, pace, 200).samplesMs)
    const all = Float64Array.from(many.flat()).toSorted()
    const truth = { mean: meanOf(all), p50: quantile(all, 0.5), p90: quantile(all, 0.9) }
    const held = { mean: 0, p50: 0, p90: 0 }
    const told = { mean: 0, p50: 0, p90: 0 }
    for (let run = 0; run < RUNS; run++) {
      const { samplesMs, samplePolls } = polled(`${name} ${run}`, pace, 200)
      const found = summarize(samplesMs, random, samplePolls)
      for (const figure of ['mean', 'p50', 'p90'] as const) {
        const { ci95 } = found[figure]
        if (ci95 === undefined) continue
        told[figure]++
        if (ci95[0] <= truth[figure] && truth[figure] <= ci95[1]) held[figure]++
      }
    }
    const { mean, p50, p90 } = held
    console.log(
      `R-BENCH coverage, ${name}: mean ${share(mean, told.mean)}, p50 ${share(p50, told.p50)}, p90 ${share(p90, told.p90)} of ${RUNS} runs`,
    )
    for (const figure of ['mean', 'p50', 'p90'] as const)
      expect(held[figure] / told[figure]).toBeGreaterThan(0.89)
    expect(told.mean).toBe(RUNS)
  })

  test('two runs alike hardly ever look different', () => {
    let clear = 0
    for (let run = 0; run < 40; run++) {
      const [before, after] = [0, 1].map((which) =>
        baselineOf(pace, polled(`${name} ${which} ${run}`, pace, 200)),
      )
      if (before === undefined || after === undefined) continue
      const [mode] = compareResults(before, after, random).modes
      expect(mode?.status).toBe('compared')
      if (mode?.status === 'compared') clear += Number(mode.mean.verdict !== 'unclear')
    }
    console.log(`R-BENCH compare, ${name}: ${clear} of 40 equal runs look clear`)
    expect(clear).toBeLessThan(8)
  })
})

test('fewer than six gaps have no interval, and it is said how many events would have some', () => {
  const { mean, p50 } = summarize([1, 2, 3, 4, 5, 6, 7, 8], createRandom(''), [0, 0, 1, 1, 2, 2, 3, 3])
  expect(mean).toEqual({ value: 4.5, needN: 12 })
  expect(p50).toEqual({ value: 4.5, needN: 12 })
})

test('a run that does not say which poll told of what is not compared where gaps vary', () => {
  const [, pace] = PACES[0] ?? expect.fail('there are paces')
  const run = baselineOf(pace, polled('a', pace, 200))
  const bare = baselineOf(pace, { ...polled('b', pace, 200), samplePolls: [] })
  expect(compareResults(bare, run, createRandom('')).modes).toEqual([{ name: 'poll', status: 'too-few' }])
})

test('a poll that backs off is not compared with one that does not', () => {
  const [plain, stretched] = [{}, { backoff: { factor: 2, maxMs: 800 } }].map((rest) => {
    const pace: Pace = { intervalMs: 100, mode: 'grid', jitter: 0, ...rest }
    return baselineOf(pace, polled('c', pace, 200))
  })
  if (plain === undefined || stretched === undefined) expect.fail('there are two')
  const { modes } = compareResults(plain, stretched, createRandom(''))
  expect(modes.map(({ status }) => status)).toEqual(['only-after', 'only-before'])
})

function baselineOf({ intervalMs, mode: pollMode, jitter, backoff }: Pace, run: Polled): Baseline {
  return {
    startedAt: '2026-01-15T09:30:00.000Z',
    env: { node: 'v20.20.2', os: 'linux', cpu: 'some', cores: 2 },
    target: { kind: 'builtin', semantics: 'history' },
    design: { arrivals: 'poisson', meanGapMs: GAP_MS, pushAssignment: 'rotate', payloadBytes: 256 },
    modes: { poll: { kind: 'poll', intervalMs, pollMode, jitter, ...(backoff && { backoff }), ...run } },
  }
}
