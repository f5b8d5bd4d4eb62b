import { describe, expect, test } from 'vitest'
import type { TimelineOptions } from '../../../src/app/bench/schedule.ts'
import { makeTimeline } from '../../../src/app/bench/schedule.ts'

const OPTIONS: TimelineOptions = {
  seed: '7f3a',
  arrivals: 'poisson',
  count: 400,
  gapMs: 50,
  longestMs: 1000,
  pushModes: ['longpoll', 'webhook', 'sse', 'ws'],
  assignment: 'rotate',
  warmupPerMode: 5,
  warmupGapMs: 100,
}

const mainTimes = (options: TimelineOptions): number[] => {
  const { events, windowFrom } = makeTimeline(options)
  return events.filter(({ warm }) => !warm).map(({ at }) => at - windowFrom)
}

test('a seed makes one timeline, another seed another', () => {
  expect(makeTimeline(OPTIONS)).toEqual(makeTimeline({ ...OPTIONS }))
  expect(mainTimes(OPTIONS)).not.toEqual(mainTimes({ ...OPTIONS, seed: '7f3b' }))
})

test('another push mode more does not move the events', () => {
  expect(mainTimes({ ...OPTIONS, pushModes: ['sse'] }).map(round)).toEqual(mainTimes(OPTIONS).map(round))
})

function round(value: number): number {
  return Math.round(value * 1000)
}

test('Poisson: gaps are exponential, so that as many lie below the mean gap as 1 - 1/e', () => {
  const times = mainTimes({ ...OPTIONS, count: 20_000 })
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  expect(gaps.filter((gap) => gap < 50).length / gaps.length).toBeCloseTo(1 - 1 / Math.E, 2)
  expect(times.at(-1)).toBeLessThan(20_000 * 50)
})

test('stratified: every tenth of a poll interval has its tenth of the events', () => {
  const tenths = Array.from({ length: 10 }, () => 0)
  for (const time of mainTimes({ ...OPTIONS, arrivals: 'stratified' })) {
    const tenth = Math.floor((time % 1000) / 100)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  for (const count of tenths) expect(Math.abs(count - 40)).toBeLessThanOrEqual(2)
})

test('periodic: all gaps the same; trace: as written', () => {
  const periodic = mainTimes({ ...OPTIONS, arrivals: 'periodic', count: 5 })
  expect(periodic.slice(1).map((time, index) => round(time - (periodic[index] ?? 0)))).toEqual(
    Array.from({ length: 4 }, () => 50_000),
  )
  expect(
    mainTimes({ ...OPTIONS, arrivals: 'trace', count: 3, gapMs: 10, trace: [0, 25, 5] }).map(round),
  ).toEqual([0, 5000, 25_000])
})

describe('who has an event to itself', () => {
  test('rotated: every mode as often as the others, in the warm-up too', () => {
    const { events } = makeTimeline(OPTIONS)
    for (const warm of [true, false]) {
      const counts = new Map<string, number>()
      for (const { assigned = 'nobody' } of events.filter((event) => event.warm === warm))
        counts.set(assigned, (counts.get(assigned) ?? 0) + 1)
      expect([...counts.values()]).toEqual(Array.from({ length: 4 }, () => (warm ? 5 : 100)))
    }
  })

  test('sliced: each mode three times, only while it is subscribed, and not before it had time to be', () => {
    const { events, slices, windowFrom, windowTo } = makeTimeline({ ...OPTIONS, assignment: 'slices' })
    const main = slices.filter(({ from }) => from >= windowFrom)
    expect(main.length).toBe(12)
    expect(main.at(-1)?.to).toBeCloseTo(windowTo, 6)
    for (const mode of OPTIONS.pushModes) expect(main.filter((slice) => slice.mode === mode).length).toBe(3)
    for (const { at, assigned, warm } of events) {
      const slice = slices.find(({ from, to }) => at >= from && at < to)
      if (assigned === undefined) expect(warm).toBe(false)
      else expect(slice?.mode).toBe(assigned)
    }
    const unassigned = events.filter(({ assigned }) => assigned === undefined).length
    expect(unassigned).toBeGreaterThan(0)
    expect(unassigned / events.length).toBeLessThan(0.2)
  })
})
