import { beforeEach, describe, expect, test } from 'vitest'
import type { Listening, Spawned } from '../helpers/spawn.ts'
import { runCli, spawnCli, startListen } from '../helpers/spawn.ts'
import { checkIntegrity } from '../helpers/store.ts'
import type { Arrival, Target } from '../helpers/target.ts'
import {
  accountOf,
  postKeyed,
  readKept,
  startTarget,
  storePathOf,
  untilNothingIsOwed,
} from '../helpers/target.ts'
import { testHome } from '../helpers/test-home.ts'

const here = testHome()
let app: Target
beforeEach(async () => {
  app = await startTarget()
  here.cleanUp(() => app.close())
})

async function listener(flags: readonly string[]): Promise<Listening> {
  return here.watched(await startListen([...flags, '--keep', '0'], { home: here.home }))
}

/** A worker on what the listener keeps. */
function worker(flags: readonly string[] = []): Spawned {
  return here.watched(spawnCli(['forward', app.url, '--json', ...flags], { home: here.home }))
}

async function stop({ child, ended }: Spawned, signal: NodeJS.Signals): ReturnType<() => typeof ended> {
  child.kill(signal)
  return ended
}

/** Captured by a listener that passes nothing on. */
async function capture(events: number): Promise<void> {
  const listening = await listener([])
  await postKeyed(listening.port, 4, 0, events)
  await stop(listening, 'SIGTERM')
}

const acceptedIds = (): Set<string> =>
  new Set(app.arrivals.filter(({ status }) => status === 200).map(({ id }) => id))

/** What is listed by a user who asks. */
async function listed(): Promise<number> {
  const { stdout } = await runCli(['list', '--undelivered', '--json', '-n', '100000'], { home: here.home })
  return stdout.toString('utf8').split('\n').filter(Boolean).length
}

/** Pairs of attempts for the same request that were under way at the same time. */
function overlapsOf(arrivals: readonly Arrival[]): number {
  const last = new Map<string, number>()
  let overlaps = 0
  for (const { id, from, to } of arrivals.toSorted((a, b) => a.from - b.from)) {
    if (from < (last.get(id) ?? 0)) overlaps++
    last.set(id, Math.max(to, last.get(id) ?? 0))
  }
  return overlaps
}

const EVENTS = 1000
const KILLED_AT = [150, 400, 700]

describe('kill -9 in the middle of 1,000 deliveries', () => {
  test.each<[string, () => Promise<Spawned>]>([
    ['listener', () => listener([app.url, '--respond', '202', '--concurrency', '4'])],
    ['worker', () => Promise.resolve(worker())],
  ])(
    'of the %s: after a restart each event arrives, and the store is whole',
    { timeout: 120_000 },
    async (who, start) => {
      app.conduct = { kind: 'answer', afterMs: 20 }
      if (who === 'worker') await capture(EVENTS)
      let running = await start()
      if (who === 'listener') await postKeyed((running as Listening).port, 4, 0, EVENTS)
      for (const count of KILLED_AT) {
        await app.until(() => acceptedIds().size >= count)
        await stop(running, 'SIGKILL')
        expect(acceptedIds().size).toBeLessThan(EVENTS)
        running = await start()
      }
      await app.until(() => acceptedIds().size === EVENTS)
      await untilNothingIsOwed(here.home)
      expect(await stop(running, 'SIGTERM')).toEqual({ code: 0, signal: null })

      const account = accountOf(await readKept(here.home), app.arrivals)
      const integrity = checkIntegrity(storePathOf(here.home))
      console.log(
        `kill -9 of the ${who}: ${KILLED_AT.length} kills, ${account.ids} events, ${account.arrivals} arrivals, ` +
          `${account.lost.length} lost, ${account.foreign.length} foreign, ${await listed()} listed as undelivered, ` +
          `integrity ${integrity}`,
      )
      expect(account).toMatchObject({ ids: EVENTS, lost: [], foreign: [] })
      // What was under way at a kill is delivered again, and nothing else.
      expect(account.arrivals).toBeLessThanOrEqual(EVENTS + KILLED_AT.length * 32)
      expect(integrity).toBe('ok')
      expect(await listed()).toBe(0)
    },
  )
})

describe('two workers on one store', () => {
  const deliveredBy = (one: Spawned): number =>
    one
      .stdout()
      .toString('utf8')
      .split('\n')
      .filter((line) => line.includes('"status":200')).length

  test('never deliver the same event, share the work, and each ends with 0 once nothing is left', async () => {
    app.conduct = { kind: 'answer', afterMs: 20 }
    await capture(600)
    const workers = [worker(['--once']), worker(['--once'])]
    const ends = await Promise.all(workers.map(({ ended }) => ended))
    const shares = workers.map(deliveredBy)
    const account = accountOf(await readKept(here.home), app.arrivals)
    const overlaps = overlapsOf(app.arrivals)
    console.log(`two workers: ${account.arrivals} arrivals, ${shares.join(' + ')}, ${overlaps} overlaps`)
    expect(account).toMatchObject({ ids: 600, arrivals: 600, lost: [], foreign: [] })
    expect(overlaps).toBe(0)
    expect(Math.min(...shares)).toBeGreaterThan(60)
    expect(ends).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ])
  })

  test('one that is killed leaves its share to the other, which lives', async () => {
    app.conduct = { kind: 'answer', afterMs: 20 }
    await capture(400)
    const [first, second] = [worker(), worker()]
    await app.until(() => acceptedIds().size >= 100)
    await stop(first, 'SIGKILL')
    await app.until(() => acceptedIds().size === 400)
    await untilNothingIsOwed(here.home)
    expect(await stop(second, 'SIGTERM')).toEqual({ code: 0, signal: null })
    expect(app.arrivals.length).toBeLessThanOrEqual(400 + 32)
  })

  test('in the order of a key, across both, while the app fails every third request', async () => {
    await capture(200)
    let count = 0
    const failing = app.arrivals
    app.conduct = { kind: 'answer', afterMs: 5 }
    const flags = ['--once', '--order-by', 'path', '--retries', '50', '--backoff', '10ms']
    const workers = [worker(flags), worker(flags)]
    await app.until(() => {
      count = failing.length
      app.conduct = { kind: 'answer', afterMs: 5, status: count % 3 === 0 ? 500 : 200 }
      return acceptedIds().size === 200
    })
    const ends = await Promise.all(workers.map(({ ended }) => ended))
    const account = accountOf(await readKept(here.home), app.arrivals)
    expect(account).toMatchObject({ ids: 200, lost: [], foreign: [], outOfOrder: [] })
    expect(overlapsOf(app.arrivals)).toBe(0)
    expect(ends.map(({ code }) => code)).toEqual([0, 0])
  })
})

describe('told to end while deliveries are under way', () => {
  test.each<[NodeJS.Signals, object]>([
    ['SIGTERM', { code: 0, signal: null }],
    ['SIGINT', { code: null, signal: 'SIGINT' }],
  ])('%s: what is left is listed, and delivered after a restart, nothing twice', async (signal, end) => {
    app.conduct = { kind: 'answer', afterMs: 50 }
    const listening = await listener([app.url, '--respond', '202', '--concurrency', '4'])
    await postKeyed(listening.port, 4, 0, 300)
    await app.until(() => acceptedIds().size >= 20)
    expect(await stop(listening, signal)).toEqual(end)
    const left = await listed()
    expect(left).toBeGreaterThan(0)
    expect(left + acceptedIds().size).toBe(300)
    app.conduct = { kind: 'answer' }
    const again = await listener([app.url, '--respond', '202'])
    await app.until(() => acceptedIds().size === 300)
    await untilNothingIsOwed(here.home)
    await stop(again, 'SIGTERM')
    expect(accountOf(await readKept(here.home), app.arrivals)).toMatchObject({
      arrivals: 300,
      lost: [],
      foreign: [],
    })
  })

  test('an app that never answers holds the end up for 5 s; what it got is unknown, and tried again', async () => {
    app.conduct = { kind: 'no-answer' }
    const listening = await listener([app.url, '--respond', '202', '--concurrency', '4'])
    await postKeyed(listening.port, 1, 0, 10)
    await app.until(() => app.arrivals.length === 4)
    const began = performance.now()
    expect(await stop(listening, 'SIGTERM')).toEqual({ code: 0, signal: null })
    expect(performance.now() - began).toBeLessThan(8000)
    const { all } = await readKept(here.home)
    expect(await listed()).toBe(10)
    expect(all.flatMap(({ deliveries }) => deliveries).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 4 }, () => ({ kind: 'unknown', code: 'INTERRUPTED' })),
    )
    app.conduct = { kind: 'answer' }
    expect((await worker(['--once']).ended).code).toBe(0)
    expect(accountOf(await readKept(here.home), app.arrivals)).toMatchObject({ arrivals: 14, lost: [] })
  })
})

test('a listener that ends by itself has passed on what it captured', async () => {
  app.conduct = { kind: 'answer', afterMs: 20 }
  const listening = await listener([app.url, '--respond', '202', '--count', '100', '--concurrency', '4'])
  await postKeyed(listening.port, 4, 0, 100)
  expect(await listening.ended).toEqual({ code: 0, signal: null })
  expect(acceptedIds().size).toBe(100)
  expect(await listed()).toBe(0)
})

describe('forward --once', () => {
  test('waits for a target that is down as long as for one request, however many are queued', async () => {
    await capture(300)
    await app.down()
    const began = performance.now()
    const flags = ['forward', app.url, '--once', '--retries', '2', '--backoff', '10ms']
    const { code, stderr } = await runCli(flags, { home: here.home })
    expect(performance.now() - began).toBeLessThan(6000)
    expect([code, /(\d+) not delivered/.exec(stderr)?.[1]]).toEqual([5, '300'])
  })

  test('ends with 5 while the target is down or fails, tells how many are left, and with 0 once it accepts', async () => {
    await capture(20)
    const flags = ['forward', app.url, '--once', '--retries', '1', '--backoff', '20ms']
    await app.down()
    const refused = await runCli(flags, { home: here.home })
    expect(refused.stderr).toMatch(/refused the connection/)
    expect(refused.stderr).toMatch(/0 delivered +20 not delivered/)
    expect(await listed()).toBe(20)
    await app.up()
    app.conduct = { kind: 'answer', status: 500 }
    const failed = await runCli(flags, { home: here.home })
    expect(new Set(app.arrivals.map(({ id }) => id)).size).toBe(20)
    expect(await listed()).toBe(20)
    app.conduct = { kind: 'answer' }
    const done = await runCli(flags, { home: here.home })
    expect([refused.code, failed.code, done.code]).toEqual([5, 5, 0])
    expect(done.stderr).toMatch(/20 delivered\n/)
    expect(await listed()).toBe(0)
  })
})
