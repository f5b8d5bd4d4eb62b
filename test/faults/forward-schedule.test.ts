import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Backoff } from '../../src/app/forward/backoff.ts'
import { EXPONENTIAL } from '../../src/app/forward/backoff.ts'
import type { Courier, CourierOptions } from '../../src/app/forward/courier.ts'
import type { DeliveryOutcome } from '../../src/core/delivery.ts'
import { AppError } from '../../src/core/errors.ts'
import type { Store } from '../../src/core/ports.ts'
import type { RawHeaders } from '../../src/core/request.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import type { CourierBench, Sent } from '../helpers/courier-bench.ts'
import { createCourierBench } from '../helpers/courier-bench.ts'
import { spawnCli } from '../helpers/spawn.ts'
import { startTarget, storePathOf, withStore } from '../helpers/target.ts'
import type { VirtualClock } from '../helpers/virtual-clock.ts'
import { createVirtualClock } from '../helpers/virtual-clock.ts'
import { testHome } from '../helpers/test-home.ts'
import { requestOf, UNKNOWN } from '../store/samples.ts'

const APP = 'http://127.0.0.1:3000/'

const here = testHome()

function answer(status: number, headers: RawHeaders = []): DeliveryOutcome {
  return { kind: 'response', status, headers, body: new Uint8Array(), bodySize: 0 }
}
const REFUSED: DeliveryOutcome = { kind: 'not-sent', code: 'ECONNREFUSED' }

interface Bench extends CourierBench {
  readonly store: Store
  readonly clock: VirtualClock
  readonly courier: Courier
  owe(count: number, orderKey?: string): Promise<void>
  states(): Promise<string[]>
}

/** A courier on a real store, whose time is ours and whose target is a function. */
async function startBench(options: Partial<CourierOptions> = {}, chance = (): number => 0.5): Promise<Bench> {
  const clock = createVirtualClock()
  const store = await openSqliteStore({ path: storePathOf(here.home), random: (size) => randomBytes(size) })
  const app = createCourierBench(clock, chance)
  app.react = () => answer(500)
  const courier = app.start(store, {
    destinations: new Map([[APP, { kind: 'http', target: APP, loopbackOnly: true }]]),
    ...options,
  })
  here.cleanUp(async () => {
    await courier.stop()
    await store.close()
  })
  return Object.assign(app, {
    store,
    clock,
    courier,
    async owe(count: number, orderKey?: string) {
      const debt = { destination: APP, taken: false, ...(orderKey !== undefined && { orderKey }) }
      const captures = Array.from({ length: count }, () =>
        store.capture(requestOf({ receivedAt: clock.now() }), UNKNOWN, [debt]),
      )
      await Promise.all(captures)
    },
    async states() {
      const all: string[] = []
      for await (const stored of store.read({ oldestFirst: true }))
        all.push((stored.owed ?? []).map(({ state, attempts }) => `${state} ${attempts}`).join())
      return all
    },
  })
}

const gaps = (sent: readonly Sent[]): number[] =>
  sent.slice(1).map(({ at }, i) => Math.round(at - (sent[i]?.at ?? 0)))

/** The wait before an attempt, give or take what whole milliseconds and the look of a timer cost. */
function expectGaps(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length)
  for (const [i, gap] of found.entries())
    expect(Math.abs(gap - (wanted[i] ?? 0)), `gap ${i}`).toBeLessThanOrEqual(2)
}

describe('R-FWD-14: when a request is tried again', () => {
  const exponential = (ms: number): number[] =>
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((s) => s * ms)

  test.each<[string, Backoff, number, number[]]>([
    ['exponential, at the least chance', EXPONENTIAL, 0, exponential(0)],
    ['exponential, at half', EXPONENTIAL, 0.5, exponential(500)],
    ['exponential, at the greatest', EXPONENTIAL, 0.999, exponential(999)],
    ['fixed', { kind: 'fixed', ms: 5000 }, 0.5, Array.from({ length: 11 }, () => 5000)],
    [
      'list, its last for ever',
      { kind: 'list', ms: [100, 2000] },
      0.5,
      [100, ...Array.from({ length: 10 }, () => 2000)],
    ],
  ])('%s', async (_name, backoff, chance, wanted) => {
    const { owe, courier, clock, sent, states } = await startBench(
      { backoff, retriesOf: () => 11 },
      () => chance,
    )
    await owe(1)
    courier.wake()
    await clock.pass(3_600_000)
    expectGaps(gaps(sent), wanted)
    expect(await states()).toEqual(['given-up 12'])
  })

  test('with jitter, retries of many spread over the whole of the wait, and none comes later', async () => {
    let seed = 1
    const chance = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const { owe, courier, clock, sent } = await startBench(
      { backoff: EXPONENTIAL, retriesOf: () => 1, concurrency: 400 },
      chance,
    )
    await owe(400)
    courier.wake()
    await clock.pass(5000)
    const seconds = sent.slice(400).map(({ at }) => at)
    const quarters = [0, 250, 500, 750].map(
      (from) => seconds.filter((at) => at >= from && at < from + 250).length,
    )
    console.log(`R-FWD-14: 400 first retries by quarter of the first second: ${quarters.join(', ')}`)
    expect(seconds).toHaveLength(400)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(1002)
    for (const quarter of quarters) expect(quarter).toBeGreaterThan(60)
  })

  test.each<[string, number, string, number]>([
    ['seconds', 429, '30', 30_000],
    ['seconds of a 503', 503, '30', 30_000],
    ['seconds of a 500', 500, '30', 30_000],
    ['a date', 429, new Date(1_700_000_000_000 + 90_000).toUTCString(), 90_000],
    ['a day: an hour at most', 429, '86400', 3_600_000],
    ['the past', 429, 'Wed, 01 Jan 2020 00:00:00 GMT', 100],
    ['no time at all', 429, 'soon', 100],
    ['a number beyond all numbers: an hour too', 429, '9'.repeat(40), 3_600_000],
  ])('Retry-After: %s', async (_name, status, value, wanted) => {
    const bench = await startBench({ backoff: { kind: 'fixed', ms: 100 }, retriesOf: () => 1 })
    bench.react = (_request, n) => (n === 1 ? answer(status, [['Retry-After', value]]) : answer(200))
    await bench.owe(1)
    bench.courier.wake()
    await bench.clock.pass(2 * 3_600_000)
    const [gap = 0] = gaps(bench.sent)
    expect(bench.sent).toHaveLength(2)
    expect(gap).toBeGreaterThanOrEqual(wanted)
    expect(gap).toBeLessThanOrEqual(wanted + 2)
  })

  test('a target that asks for patience is left alone by all requests, and is not called down', async () => {
    const bench = await startBench({ backoff: { kind: 'fixed', ms: 100 }, concurrency: 1 })
    bench.react = (_request, n) => (n === 1 ? answer(429, [['Retry-After', '20']]) : answer(200))
    await bench.owe(10)
    bench.courier.wake()
    await bench.clock.pass(19_000)
    expect(bench.sent).toHaveLength(1)
    await bench.clock.pass(2000)
    expect(bench.sent).toHaveLength(11)
    expect(await bench.states()).toEqual(Array.from({ length: 10 }, () => ''))
  })

  test('410 stops at once, and the next of its key is not held up', async () => {
    const bench = await startBench()
    bench.react = (_request, n) => answer(n === 1 ? 410 : 200)
    await bench.owe(2, 'k')
    bench.courier.wake()
    await bench.clock.pass(600_000)
    expect(bench.sent).toHaveLength(2)
    expect(await bench.states()).toEqual(['given-up 1', ''])
  })

  test('one at a time for each key, sixteen in all', async () => {
    const bench = await startBench()
    let [now, most] = [0, 0]
    bench.react = async () => {
      most = Math.max(most, ++now)
      await bench.clock.sleep(50, new AbortController().signal)
      now--
      return answer(200)
    }
    await bench.owe(30, 'k')
    bench.courier.wake()
    await bench.clock.pass(10_000)
    expect([bench.sent.length, most]).toEqual([30, 1])
    const inOrder = bench.sent.map(({ id }) => id)
    expect(new Set(inOrder).size).toBe(30)
    await bench.owe(100)
    bench.courier.wake()
    await bench.clock.pass(10_000)
    expect([bench.sent.length, most]).toEqual([130, 16])
  })

  test('waiting costs one look a second, whatever is queued and for however long', async () => {
    const bench = await startBench({ backoff: { kind: 'fixed', ms: 300_000 } })
    await bench.owe(100)
    bench.courier.wake()
    await bench.clock.pass(1000)
    expect(bench.sent).toHaveLength(100)
    const before = bench.clock.fired
    await bench.clock.pass(200_000)
    expect(bench.clock.fired - before).toBeLessThanOrEqual(205)
  })

  test('a target that is down is asked by one request at a time, at most every 5 s, and all go out once it is up', async () => {
    const bench = await startBench({ retriesOf: () => 1000 })
    let isUp = false
    bench.react = () => (isUp ? answer(200) : REFUSED)
    await bench.owe(500)
    bench.courier.wake()
    await bench.clock.pass(60_000)
    const asked = bench.sent.length
    await bench.clock.pass(60_000)
    console.log(
      `R-FWD-14: 500 queued, target down: ${asked} attempts in the first minute, ${bench.sent.length - asked} in the second`,
    )
    expect(asked).toBeLessThanOrEqual(16 + 17)
    expect(bench.sent.length - asked).toBeLessThanOrEqual(12)
    isUp = true
    await bench.clock.pass(6000)
    expect((await bench.store.outbox.count([APP])).waiting).toBeLessThanOrEqual(16)
    await bench.clock.pass(600_000)
    expect(await bench.store.outbox.count([APP])).toEqual({ waiting: 0, givenUp: 0 })
  })

  test('a wall clock put back by a day makes nobody wait for a day', async () => {
    const bench = await startBench({ backoff: { kind: 'fixed', ms: 2000 } })
    bench.react = (_request, n) => answer(n === 1 ? 500 : 200)
    await bench.owe(1)
    bench.courier.wake()
    await bench.clock.pass(500)
    bench.clock.skew(-86_400_000)
    await bench.clock.pass(10_000)
    expect(bench.sent).toHaveLength(2)
  })
})

describe('ending by oneself', () => {
  const never = new AbortController().signal

  /** When it was over, in virtual milliseconds. */
  async function timeOf(bench: Bench, work: Promise<unknown>): Promise<number> {
    let at = Infinity
    void work.then(() => (at = bench.clock.monotonic()))
    await bench.clock.pass(3_600_000)
    return at
  }

  test('waits for all that is due, however slow, and not for what is to be tried later', async () => {
    const bench = await startBench({ concurrency: 1, backoff: { kind: 'fixed', ms: 600_000 } })
    bench.react = async (_request, n) => {
      await bench.clock.sleep(20_000, never)
      return answer(n === 2 ? 500 : 200)
    }
    await bench.owe(10)
    const at = await timeOf(bench, bench.courier.tryDue(never))
    expect(Math.round(at / 1000)).toBe(200)
  })

  test('does not wait for a target that is down, and for one that never answers no longer than one attempt', async () => {
    const bench = await startBench({ concurrency: 1 })
    bench.react = () => REFUSED
    await bench.owe(10)
    expect(await timeOf(bench, bench.courier.tryDue(never))).toBe(0)
    const began = bench.clock.monotonic()
    bench.react = async () => {
      await bench.clock.sleep(30_000, never)
      return { kind: 'unknown', code: 'ETIMEDOUT' }
    }
    expect((await timeOf(bench, bench.courier.tryDue(never))) - began).toBeLessThanOrEqual(60_000)
  })
})

describe('a store that cannot write', () => {
  const full = (): AppError<'store-write-failed'> =>
    new AppError('store-write-failed', { path: 'x', reason: 'full', full: true })

  test('delivers nothing a second time for it, tells once, and records when it can', async () => {
    const bench = await startBench({ concurrency: 2 })
    const { outbox } = bench.store
    const settle = outbox.settle.bind(outbox)
    let isFull = true
    outbox.settle = (...args) => (isFull ? Promise.reject(full()) : settle(...args))
    bench.react = () => answer(200)
    await bench.owe(5)
    bench.courier.wake()
    await bench.clock.pass(60_000)
    expect(bench.sent).toHaveLength(2)
    expect(bench.failures).toHaveLength(2)
    isFull = false
    await bench.clock.pass(3000)
    expect(new Set(bench.sent.map(({ id }) => id)).size).toBe(5)
    expect(bench.sent).toHaveLength(5)
    expect(await bench.states()).toEqual(['', '', '', '', ''])
  })

  test('a request that is removed while it waits is nobody’s failure; one that cannot be read is given up', async () => {
    const bench = await startBench()
    await bench.owe(2)
    const get = bench.store.get.bind(bench.store)
    let n = 0
    Object.assign(bench.store, {
      async get(ref: string) {
        const mine = ++n
        if (mine === 1) await bench.store.remove({ limit: 1, oldestFirst: true })
        if (mine === 2) throw new AppError('store-corrupt', { path: 'x', reason: 'head' })
        return get(ref)
      },
    })
    bench.courier.wake()
    await bench.clock.pass(10_000)
    expect(bench.sent).toEqual([])
    expect(bench.failures).toHaveLength(1)
    expect(await bench.states()).toEqual(['given-up 1'])
  })
})

/** Processor time that a process has used, in milliseconds (proc(5): ticks of 10 ms). */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(utime) + Number(stime)) * 10
}

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024
}

/** How many TCP sockets a process has open: its pipes to us are sockets too. */
function socketsOf(pid: number): number {
  const rows = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'latin1').split('\n'),
  )
  const inodes = new Set(rows.map((row) => `socket:[${row.trim().split(/\s+/)[9]}]`))
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return links.filter((link) => inodes.has(link)).length
}

const QUEUED = 10_000
const WINDOW_MS = 5000

test.skipIf(process.platform !== 'linux').each(['refuses', 'never answers'])(
  'R-FWD-14: 10,000 queued for a target that %s cost under 5 percent of a core and at most 16 sockets',
  { timeout: 60_000 },
  async (what) => {
    const app = await startTarget()
    here.cleanUp(() => app.close())
    await withStore(here.home, async (store) => {
      const all = Array.from({ length: QUEUED }, (_, i) =>
        store.capture(requestOf({ target: `/k${i % 20}` }), UNKNOWN),
      )
      await Promise.all(all)
    })
    app.conduct = { kind: 'no-answer' }
    if (what === 'refuses') await app.down()
    const working = here.watched(
      spawnCli(['forward', app.url, '--order-by', 'path', '--json'], { home: here.home }),
    )
    const pid = working.child.pid ?? 0
    if (what === 'refuses') await working.until('stdout', /ECONNREFUSED.*\n(?:.*\n)*?.*ECONNREFUSED/)
    else await app.until(() => app.arrivals.length === 16)
    const before = { cpu: cpuMs(pid), rss: rssMb(pid), at: performance.now() }
    let sockets = 0
    while (performance.now() - before.at < WINDOW_MS) {
      sockets = Math.max(sockets, socketsOf(pid))
      await delay(50)
    }
    const share = (cpuMs(pid) - before.cpu) / (performance.now() - before.at)
    const growth = rssMb(pid) - before.rss
    console.log(
      `R-FWD-14: ${QUEUED} queued, the target ${what}: ${(share * 100).toFixed(1)} % CPU, ` +
        `${sockets} sockets, RSS ${before.rss.toFixed(0)} MB + ${growth.toFixed(1)} MB in ${WINDOW_MS / 1000} s`,
    )
    expect(share).toBeLessThan(0.05)
    expect(sockets).toBeLessThanOrEqual(16)
    expect(app.sockets.most).toBeLessThanOrEqual(16)
    expect(growth).toBeLessThan(20)
  },
)
