import { describe, expect, test } from 'vitest'
import type { Pace } from '../../../src/app/bench/plan.ts'
import { pollModel } from '../../../src/core/bench/model.ts'
import { coalescedShare } from '../../../src/core/bench/ratios.ts'
import type { ModeResult } from '../../../src/core/bench/result.ts'
import { ksDistance } from '../../../src/core/bench/stats.ts'
import { pollArm, simulate } from '../../helpers/bench-sim.ts'

function modeOf(modes: Readonly<Record<string, ModeResult>>, name: string): ModeResult {
  const mode = modes[name]
  if (mode === undefined) throw new Error(`no mode ${name}`)
  return mode
}

const PACES: Readonly<Record<string, Omit<Pace, 'mode' | 'jitter'> & Partial<Pace>>> = {
  'a fixed grid': { intervalMs: 100 },
  'sleep after the answer': { intervalMs: 100, mode: 'sleep' },
  'jitter of 50 %': { intervalMs: 100, jitter: 0.5 },
  'full jitter': { intervalMs: 100, jitter: 1 },
  'backoff up to 800 ms': { intervalMs: 50, backoff: { factor: 2, maxMs: 800 } },
}

function pace(name: string): Pace {
  return { mode: 'grid', jitter: 0, intervalMs: 100, ...PACES[name] }
}

test.each([
  // Stratified events are as right as Poisson ones on average, and a fraction of them is enough.
  { paces: Object.keys(PACES).slice(0, 2), arrivals: 'stratified', count: 2000 },
  // Random gaps take many polls; and when a poll finds nothing depends on the gaps between Poisson events.
  { paces: Object.keys(PACES).slice(2), arrivals: 'poisson', count: 20_000 },
] as const)(
  'delays under a simulated clock are those of the closed forms, to 1 %: $paces',
  async (group) => {
    const { count, arrivals } = group
    const arms = group.paces.map((name) => pollArm(name, pace(name)))
    const { result } = await simulate({
      seed: 'closed-forms',
      arms,
      arrivals,
      count,
      gapMs: 120,
      upMs: 3,
      downMs: 2,
    })
    for (const name of group.paces) {
      const { delayMs, model, offered, detected, requests, samplesMs } = modeOf(result.modes, name)
      expect([name, offered, detected]).toEqual([name, count, count])
      expect(requests, name).toBeGreaterThan(1000)
      // A trigger takes 3 ms to be committed; a poll brings it back in 2.
      expect(model?.meanMs ?? 0, name).toBeGreaterThan(5)
      const deviation = delayMs.mean.value / (model?.meanMs ?? 0) - 1
      const setting = {
        ...pace(name),
        dMs: 5,
        requestMs: 5,
        eventsPerMs: 1 / 120,
        semantics: 'history',
      } as const
      const distance = ksDistance(samplesMs ?? [], pollModel(setting).cdf)
      console.log(`bench, ${name}: mean off by ${(100 * deviation).toFixed(2)} %, KS ${distance.toFixed(4)}`)
      expect(Math.abs(deviation), name).toBeLessThan(0.01)
      expect(model?.fit, name).toBe(true)
      expect(distance, `KS of ${name}`).toBeLessThan(0.02)
    }
  },
  60_000,
)

test('shares of wasted polls are those of the model', async () => {
  const { result } = await simulate({
    seed: 'wasted',
    arms: [pollArm('poll', { intervalMs: 100 })],
    count: 4000,
    gapMs: 100,
    upMs: 1,
    downMs: 1,
  })
  const { requests, empty200, model } = modeOf(result.modes, 'poll')
  expect((100 * empty200) / requests).toBeCloseTo(100 * Math.exp(-1), -0.5)
  expect(model?.wastedPct).toBeCloseTo(100 * Math.exp(-1), 0)
})

describe.each([0.5, 2.5])('an endpoint that shows its latest state, %f events for each poll', (x) => {
  test('loses as many updates to later ones as the model says, and none for good', async () => {
    const { result } = await simulate({
      seed: `latest ${x}`,
      arms: [pollArm('poll', { intervalMs: 100 * x })],
      semantics: 'latest',
      count: 6000,
      gapMs: 100,
      upMs: 0,
      downMs: 1,
    })
    const { coalesced, offered, missed, model, delayMs } = modeOf(result.modes, 'poll')
    const share = coalesced / offered
    console.log(
      `coalescing at x=${x}: ${(100 * share).toFixed(1)} %, model ${(100 * coalescedShare(x)).toFixed(1)} %`,
    )
    expect(missed).toBe(0)
    expect(Math.abs(share - coalescedShare(x))).toBeLessThan(0.02)
    expect(model?.coalescedPct).toBeCloseTo(100 * coalescedShare(x), 0)
    // What was superseded counts with the time until a later state was seen: leaving it out would flatter.
    expect(Math.abs(delayMs.mean.value / (model?.meanMs ?? 0) - 1)).toBeLessThan(0.02)
  })
})

test('A/A: two pollers of the same interval agree in at least 90 % of 40 seeds', async () => {
  let agreed = 0
  for (let seed = 0; seed < 40; seed++) {
    const arms = ['a', 'b'].map((name) => pollArm(name, { intervalMs: 500 }))
    const { result } = await simulate({
      seed: `aa-${seed}`,
      arms,
      count: 200,
      gapMs: 100,
      upMs: 1,
      downMs: 1,
    })
    const [a, b] = ['a', 'b'].map((name) => modeOf(result.modes, name).delayMs.mean.ci95 ?? [0, 0])
    if (a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1]) agreed++
  }
  console.log(`A/A: intervals overlap in ${agreed} of 40 seeds`)
  expect(agreed).toBeGreaterThanOrEqual(36)
}, 60_000)

describe('a server frozen for 1 s of a run of 10 s', () => {
  test('shows in the delays of every event that was due meanwhile: the loop is open', async () => {
    const sse = { kind: 'sse', name: 'sse', target: { url: 'http://sim.test/sse', headers: [] } } as const
    const { result } = await simulate({
      seed: 'frozen',
      arms: [sse],
      count: 500,
      gapMs: 20,
      upMs: 0.5,
      downMs: 0.5,
      frozen: {
        from: 5000,
        to: 6000,
      },
    })
    const { delayMs, detected } = modeOf(result.modes, 'sse')
    console.log(
      `open loop: 1 s freeze, p99 ${delayMs.p99.value.toFixed(0)} ms, mean ${delayMs.mean.value.toFixed(1)} ms`,
    )
    expect(detected).toBe(500)
    // A tenth of all events waits up to 1 s: about nine tenths of it at the 99th percentile, a twentieth on average.
    expect(delayMs.p99.value).toBeGreaterThan(820)
    expect(delayMs.p99.value).toBeLessThan(990)
    expect(delayMs.mean.value).toBeGreaterThan(35)
    expect(delayMs.p50.value).toBeLessThan(2)
  })
})
