import { describe, expect, test } from 'vitest'
import { nextDue } from '../../../src/app/bench/poller.ts'
import { createRandom } from '../../../src/core/bench/random.ts'
import { pollArm, simulate, type SimOptions } from '../../helpers/bench-sim.ts'

const BASE = { upMs: 1, downMs: 1, count: 100, gapMs: 50 }
const stream = (kind: 'sse' | 'ws') =>
  ({ kind, name: kind, target: { url: 'http://sim.test/stream', headers: [] } }) as const

describe('polls keep an absolute grid', () => {
  test('every poll at its instant, whatever the answers take', async () => {
    const { polledAt } = await simulate({
      ...BASE,
      seed: 'grid',
      arms: [pollArm('poll', { intervalMs: 100 })],
    })
    const [first = 0, ...rest] = polledAt
    expect(rest.length).toBeGreaterThan(45)
    const drift = rest.map((at, index) => at - first - (index + 1) * 100)
    expect(Math.max(...drift.map(Math.abs))).toBeLessThan(1e-6)
  })

  test('polls whose time has passed are left out, those after them come on the grid', () => {
    const pace = { intervalMs: 100, mode: 'grid', jitter: 0 } as const
    const state = { emptyPolls: 0, random: 0.5 }
    expect(nextDue(pace, { due: 1000, now: 1030, ...state })).toBe(1100)
    expect(nextDue(pace, { due: 1000, now: 1100, ...state })).toBe(1100)
    expect(nextDue(pace, { due: 1000, now: 1101, ...state })).toBe(1200)
    expect(nextDue(pace, { due: 1000, now: 2350, ...state })).toBe(2400)
  })

  test('sleep counts from the answer, backoff stretches and is reset', () => {
    const state = { due: 1000, now: 1030, random: 0.5 }
    expect(nextDue({ intervalMs: 100, mode: 'sleep', jitter: 0 }, { ...state, emptyPolls: 0 })).toBe(1130)
    const backoff = { intervalMs: 100, mode: 'grid', jitter: 0, backoff: { factor: 2, maxMs: 500 } } as const
    expect([0, 1, 2, 3, 9].map((emptyPolls) => nextDue(backoff, { ...state, emptyPolls }))).toEqual([
      1100, 1200, 1400, 1500, 1500,
    ])
  })
})

describe('what a target asks for', () => {
  test('429 with Retry-After: nobody asks before, whoever it was said to, and no event is made', async () => {
    const { polledAt, result } = await simulate({
      ...BASE,
      seed: '429',
      arms: [pollArm('a', { intervalMs: 100 }), pollArm('b', { intervalMs: 70 })],
      limit: { afterPolls: 30, retryAfter: '2' },
    })
    const gaps = polledAt.slice(1).map((at, index) => at - (polledAt[index] ?? 0))
    expect(gaps.filter((gap) => gap > 150)).toEqual([expect.closeTo(2001, -2)])
    expect((result.modes['a']?.errors ?? 0) + (result.modes['b']?.errors ?? 0)).toBe(1)
    // Of 100 events in 5 s about 40 fell into the pause.
    expect(result.modes['a']?.offered).toBeGreaterThan(45)
    expect(result.modes['a']?.offered).toBeLessThan(75)
    expect(result.modes['a']?.missed).toBe(0)
    expect(result.warnings.map(({ code }) => code)).toContain('rate-limited')
  })

  test('X-Poll-Interval: a longer one is taken from the next poll on', async () => {
    const { polledAt, result } = await simulate({
      ...BASE,
      seed: 'interval',
      arms: [pollArm('poll', { intervalMs: 100 })],
      pollInterval: '1',
    })
    const gaps = polledAt.slice(1).map((at, index) => at - (polledAt[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(999)
    expect(result.warnings.map(({ code }) => code)).toContain('slowed')
  })

  test('not one request beyond the cap, triggers counted', async () => {
    const { requests, result } = await simulate({
      ...BASE,
      seed: 'cap',
      arms: [pollArm('poll', { intervalMs: 100 })],
      maxRequests: 60,
    })
    expect(requests).toBe(60)
    expect(result.interrupted).toBe(true)
    expect(result.warnings.map(({ code }) => code)).toContain('request-cap')
  })
})

test('push modes take turns: each event is announced to one of them, and polls see all', async () => {
  const { result } = await simulate({
    ...BASE,
    seed: 'rotation',
    arms: [pollArm('poll', { intervalMs: 100 }), stream('sse'), stream('ws')],
  })
  expect(result.design.pushAssignment).toBe('rotate')
  expect(result.modes['poll']).toMatchObject({ offered: 100, detected: 100 })
  expect(result.modes['sse']).toMatchObject({ offered: 50, detected: 50, duplicates: 0, outOfOrder: 0 })
  expect(result.modes['ws']).toMatchObject({ offered: 50, detected: 50, duplicates: 0, outOfOrder: 0 })
  // In every block of two each has its turn.
  const turns = result.events.map(({ assigned }) => assigned)
  for (let i = 0; i < turns.length; i += 2) expect(turns[i]).not.toBe(turns[i + 1])
})

describe('push modes subscribed in turn', () => {
  test.each([
    ['an event that a late loop fires after its turn', { lateMs: 40 }],
    ['an event on its way, whatever was seen of those between two turns', { tellsAll: true, pushDownMs: 60 }],
  ])('wait for %s', async (_, origin) => {
    const arms = [stream('sse'), stream('ws')]
    const { result } = await simulate({ ...BASE, seed: 'turns', arms, inSlices: true, ...origin })
    for (const name of ['sse', 'ws']) {
      expect(result.modes[name]?.offered, name).toBeGreaterThan(30)
      expect(result.modes[name]?.missed, name).toBe(0)
    }
  })
})

test('delays count from when a trigger was due, so that a push may come before its answer', async () => {
  const { result } = await simulate({
    ...BASE,
    upMs: 2,
    downMs: 10,
    seed: 't0',
    arms: [{ ...stream('sse') }],
    pushDownMs: 1,
  })
  const mode = result.modes['sse']
  expect(mode?.delayMs.p50.value).toBeCloseTo(3, 6)
  expect(mode).toMatchObject({ detected: 100, beforeAck: 100 })
  expect(mode?.fromAckMs?.p50).toBeCloseTo(-9, 6)
})

test('an event that never comes is missed, and counted', async () => {
  const { result } = await simulate({ ...BASE, seed: 'lost', arms: [stream('sse')], losesEvery: 4 })
  expect(result.modes['sse']).toMatchObject({ offered: 100, detected: 75, missed: 25 })
  expect(result.modes['sse']?.delayMs.mean.value).toBeCloseTo(2, 6)
  expect(result.warnings.map(({ code }) => code)).toContain('missed')
})

describe('out of order', () => {
  const run = async (origin: Partial<SimOptions>): Promise<number | undefined> => {
    const { result } = await simulate({ ...BASE, seed: 'order', arms: [stream('sse')], ...origin })
    return result.modes['sse']?.outOfOrder
  }

  test('is not what the target itself carried out in another order than it was asked', async () => {
    const random = createRandom('carried out')
    expect(await run({ triggerUpMs: () => 40 * random() })).toBe(0)
  })

  test('is what was told after an event that began when it was over', async () => {
    const random = createRandom('told')
    expect(await run({ pushDownMs: () => 100 * random() })).toBeGreaterThan(20)
  })
})

test('where many events share a few gaps of random length, they are said to tell less than as many', async () => {
  const arms = [
    pollArm('grid', { intervalMs: 1000 }),
    pollArm('jitter', { intervalMs: 1000, jitter: 1 }),
    pollArm('quick', { intervalMs: 30, jitter: 1 }),
  ]
  const { result } = await simulate({ ...BASE, seed: 'few gaps', arms })
  const told = result.warnings.filter(({ code }) => code === 'few-gaps').map(({ text }) => text)
  expect(told).toEqual([expect.stringMatching(/^jitter: 100 events .* no more than [12]\d would:/)])
})

test('an interrupted run leaves out the events that had no time to be seen', async () => {
  const { result } = await simulate({
    ...BASE,
    seed: 'stopped',
    arms: [pollArm('poll', { intervalMs: 500 })],
    stopAfterMs: 3000,
  })
  const { offered = 0, detected, missed } = result.modes['poll'] ?? {}
  expect(result.interrupted).toBe(true)
  expect(offered).toBeGreaterThan(20)
  expect(offered).toBeLessThan(60)
  expect([detected, missed]).toEqual([offered, 0])
})

test('several clients for a mode: as many requests, one sample for each event', async () => {
  const run = (subscribers: number) =>
    simulate({ ...BASE, seed: 'fan-in', subscribers, arms: [pollArm('poll', { intervalMs: 100 })] })
  const [one, five] = [(await run(1)).result.modes['poll'], (await run(5)).result.modes['poll']]
  expect(five?.samplesMs?.length).toBe(100)
  expect(five).toMatchObject({ missed: 0, outOfOrder: 0 })
  expect((five?.requests ?? 0) / (one?.requests ?? 1)).toBeCloseTo(5, 0)
  expect(five?.delayMs.mean.value).toBeGreaterThan(35)
  expect(five?.delayMs.mean.value).toBeLessThan(70)
})
