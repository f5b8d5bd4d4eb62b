import { expect, test } from 'vitest'
import { pace } from '../../src/app/pace.ts'
import type { Moment } from '../../src/app/replay-timing.ts'
import { placesOf, repeated, shuffled } from '../../src/app/replay-timing.ts'
import type { Clock } from '../../src/core/ports.ts'

/** Time that passes only where somebody waits, and then a little more than asked for. */
function simulatedClock(lateness: (nth: number) => number): Clock & { pass(ms: number): void } {
  let now = 1_000_000
  let sleeps = 0
  return {
    now: () => now,
    monotonic: () => now,
    after: () => () => {},
    async sleep(ms) {
      now += ms + lateness(sleeps++)
    },
    pass: (ms) => {
      now += ms
    },
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const stop = new AbortController().signal
const places = (count: number, gap: (nth: number) => number): number[] => {
  let at = 0
  return Array.from({ length: count }, (_, nth) => (nth === 0 ? 0 : (at += gap(nth))))
}

test('one absolute schedule: timers that are always late do not add up over 10,000 events', async () => {
  const clock = simulatedClock((nth) => (nth % 4) * 0.9)
  const due = places(10_000, (nth) => (nth * 7919) % 400)
  const begun = clock.monotonic()
  const errors: number[] = []
  await pace(
    {
      count: due.length,
      concurrency: 16,
      dueMs: (index) => due[index] ?? 0,
      load() {},
      async start(index, _loaded, lateMs) {
        errors.push(clock.monotonic() - begun - (due[index] ?? 0))
        expect(lateMs).toBeCloseTo(errors.at(-1) ?? 0, 6)
      },
    },
    { clock, stop },
  )
  const last = errors.at(-1) ?? 0
  console.log(
    `R-RPL-1: 10,000 events over ${Math.round((due.at(-1) ?? 0) / 1000)} s simulated, timers up to 2.7 ms late: largest error ${Math.max(...errors).toFixed(1)} ms, at the end ${last.toFixed(1)} ms`,
  )
  expect(Math.min(...errors)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...errors)).toBeLessThanOrEqual(2.7 + 1e-6)
})

test('a slow one delays those behind it only until the schedule has caught up', async () => {
  const clock = simulatedClock(() => 0)
  const lates: number[] = []
  await pace(
    {
      count: 10,
      concurrency: 1,
      dueMs: (index) => index * 100,
      load(index) {
        if (index === 3) clock.pass(350)
      },
      start: async (_index, _loaded, lateMs) => void lates.push(lateMs),
    },
    { clock, stop },
  )
  expect(lates).toEqual([0, 0, 0, 250, 150, 50, 0, 0, 0, 0])
})

test('never more at once than allowed, and all are done when it resolves', async () => {
  const clock = simulatedClock(() => 0)
  let underWay = 0
  let most = 0
  let done = 0
  await pace(
    {
      count: 500,
      concurrency: 7,
      load() {},
      async start(index) {
        most = Math.max(most, ++underWay)
        for (let turn = 0; turn <= index % 5; turn++) await nextTurn()
        underWay--
        done++
      },
    },
    { clock, stop },
  )
  expect([most, done, underWay]).toEqual([7, 500, 0])
})

test('a failure ends the run after what is under way, and is thrown', async () => {
  const clock = simulatedClock(() => 0)
  const started: number[] = []
  let finished = 0
  const run = pace(
    {
      count: 100,
      concurrency: 3,
      load() {},
      async start(index) {
        started.push(index)
        if (index === 4) throw new Error('the disk is full')
        await nextTurn()
        finished++
      },
    },
    { clock, stop },
  )
  await expect(run).rejects.toThrow('the disk is full')
  expect(started.length).toBeLessThan(10)
  expect(finished).toBe(started.length - 1)
})

test('told to stop, it begins no more', async () => {
  const clock = simulatedClock(() => 0)
  const stopping = new AbortController()
  let started = 0
  await pace(
    {
      count: 100,
      concurrency: 1,
      load() {},
      async start(index) {
        started++
        if (index === 4) stopping.abort()
      },
    },
    { clock, stop: stopping.signal },
  )
  expect(started).toBe(5)
})

const at = (receivedAt: number, receivedMonotonic: number): Moment => ({ receivedAt, receivedMonotonic })

test('places are the monotonic gaps within a run of listen, and the wall clock between two', () => {
  const moments = [at(10_000, 50), at(10_500, 550.25), at(11_000, 1049.5), at(20_000, 10), at(20_100, 110.5)]
  expect(placesOf(moments, { speed: 1 })).toEqual([0, 500.25, 999.5, 9999.5, 10_100])
})

test('a wall clock that was set back gives no negative pause', () => {
  expect(placesOf([at(10_000, 50), at(5000, 20), at(5100, 120)], { speed: 1 })).toEqual([0, 0, 100])
})

test('faster, and with pauses cut', () => {
  const moments = [at(0, 0), at(1000, 1000), at(61_000, 61_000)]
  expect(placesOf(moments, { speed: 10 })).toEqual([0, 100, 6100])
  expect(placesOf(moments, { speed: 1, maxGapMs: 2000 })).toEqual([0, 1000, 3000])
  expect(placesOf(moments, { speed: 10, maxGapMs: 2000 })).toEqual([0, 100, 2100])
})

test('repeated, the next round begins after an average pause', () => {
  const round = [0, 100, 400]
  expect(Array.from({ length: 7 }, (_, index) => repeated(round, index))).toEqual([
    0, 100, 400, 600, 700, 1000, 1200,
  ])
  expect([repeated([0], 0), repeated([0], 3)]).toEqual([0, 0])
})

test('a shuffle is the same for the same seed, another for another, and loses nothing', () => {
  const items = Array.from({ length: 100 }, (_, index) => index)
  expect(shuffled(items, 'a')).toEqual(shuffled(items, 'a'))
  expect(shuffled(items, 'a')).not.toEqual(shuffled(items, 'b'))
  expect(shuffled(items, 'a')).not.toEqual(items)
  expect(shuffled(items, 'a').toSorted((a, b) => a - b)).toEqual(items)
})

test('every place is as likely for every item', () => {
  const counts = Array.from({ length: 6 }, () => 0)
  for (let seed = 0; seed < 6000; seed++) {
    const place = shuffled([0, 1, 2, 3, 4, 5], String(seed)).indexOf(0)
    counts[place] = (counts[place] ?? 0) + 1
  }
  // 1000 expected, standard deviation 29.
  expect(Math.min(...counts)).toBeGreaterThan(850)
  expect(Math.max(...counts)).toBeLessThan(1150)
})
