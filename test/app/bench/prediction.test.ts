import { describe, expect, test } from 'vitest'
import type { Arm, Pace } from '../../../src/app/bench/plan.ts'
import { nextDue } from '../../../src/app/bench/poller.ts'
import type { Given } from '../../../src/app/bench/prediction.ts'
import { modelOf } from '../../../src/app/bench/prediction.ts'
import type { Uniform } from '../../../src/core/bench/random.ts'
import { createRandom } from '../../../src/core/bench/random.ts'
import type { ModelFit } from '../../../src/core/bench/result.ts'
import { pollArm } from '../../helpers/bench-sim.ts'

const EVENTS = 200
const GAP_MS = 100

interface Origin {
  /** From a poll's start until the state is read, and from there until the client knows. Milliseconds. */
  readonly up: (random: Uniform) => number
  readonly down: (random: Uniform) => number
  /** How long it shows what it had before, from the first time it is asked for it. */
  readonly cacheMs?: number
}

const QUICK: Origin = { up: () => 1, down: () => 1 }

/** Polls at their pace while events come at random, and what the model says to the delays. */
function fitOf(seed: string, pace: Pace, origin: Origin, modes: number): ModelFit {
  const random = createRandom(seed)
  const windowMs = EVENTS * GAP_MS
  const events = Array.from({ length: EVENTS }, () => random() * windowMs).toSorted((a, b) => a - b)
  const samplesMs: number[] = []
  const requestsMs: number[] = []
  let due = random() * pace.intervalMs
  let [emptyPolls, readAt] = [0, Number.NEGATIVE_INFINITY]
  while (samplesMs.length < EVENTS) {
    const up = origin.up(random)
    const end = due + up + origin.down(random)
    if (due + up - readAt >= (origin.cacheMs ?? 0)) readAt = due + up
    const known = samplesMs.length
    for (let at = events[known]; at !== undefined && at <= readAt; at = events[samplesMs.length])
      samplesMs.push(end - at)
    requestsMs.push(end - due)
    emptyPolls = samplesMs.length > known ? 0 : emptyPolls + 1
    due = nextDue(pace, { due, now: end, emptyPolls, random: random() })
  }
  const arms: Arm[] = Array.from({ length: modes }, (_, index) => pollArm(`poll ${index}`, pace))
  const target = { kind: 'builtin', semantics: 'history', allowRemote: false } as const
  const given: Given = {
    dMs: 0,
    leadsMs: { earliest: [0], latest: [0] },
    tellsCommit: true,
    requestsMs: [],
    eventsPerMs: 1 / GAP_MS,
  }
  return modelOf({ target, arms }, { pace, requestsMs, samplesMs }, given)
}

function pace(intervalMs: number, rest: Partial<Pace> = {}): Pace {
  return { intervalMs, mode: 'grid', jitter: 0, ...rest }
}

/** The share of so many runs, in per cent, in which one of the modes at least does not fit. */
function misfits(name: string, runs: number, paces: readonly Pace[], origin: Origin): number {
  let count = 0
  for (let run = 0; run < runs; run++) {
    if (paces.some((own, mode) => !fitOf(`${name} ${run} ${mode}`, own, origin, paces.length).fit)) count++
  }
  return (100 * count) / runs
}

describe('a run in which every mode is as its model', () => {
  test.each([
    ['one mode', [pace(500)]],
    ['five modes', [100, 200, 500, 1000, 2000].map((ms) => pace(ms))],
    ['five that sleep', [100, 200, 500, 1000, 2000].map((ms) => pace(ms, { mode: 'sleep' }))],
    ['jitter, a few gaps for all events', [500, 2000].map((ms) => pace(ms, { jitter: 0.3 }))],
    ['full jitter, ten gaps for all events', [2000].map((ms) => pace(ms, { jitter: 1 }))],
    ['backoff', [pace(100, { backoff: { factor: 2, maxMs: 800 } })]],
    ['backoff', [pace(500, { backoff: { factor: 2, maxMs: 4000 } })]],
    ['backoff', [pace(2000, { backoff: { factor: 2, maxMs: 16000 } })]],
  ] as const)('has a mode that does not fit in one of twenty at most: %s', (name, paces) => {
    const share = misfits(name, 200, paces, QUICK)
    console.log(`R-BENCH fit, ${name}: ${share.toFixed(1)} % of 200 runs`)
    expect(share).toBeLessThan(8)
  })
})

describe('request times that vary as much as the interval', () => {
  const vary = (random: Uniform): number => 80 * random()
  test.each([
    ['on the way there', { up: vary, down: () => 1 }],
    ['on the way back', { up: () => 1, down: vary }],
    ['both', { up: (random: Uniform) => vary(random) / 2, down: (random: Uniform) => vary(random) / 2 }],
  ] as const)('are no misfit: %s', (name, origin) => {
    const share = misfits(name, 200, [pace(100)], origin)
    console.log(
      `R-BENCH fit, requests of 1 to 81 ms every 100 ms, ${name}: ${share.toFixed(1)} % of 200 runs`,
    )
    expect(share).toBeLessThan(8)
  })
})

test('a cache of half as long again as the interval is a misfit', () => {
  const share = misfits('cache', 100, [pace(200)], { ...QUICK, cacheMs: 300 })
  console.log(`R-BENCH fit, 300 ms of cache, poll every 200 ms: ${share.toFixed(0)} % of 100 runs`)
  expect(share).toBe(100)
})
