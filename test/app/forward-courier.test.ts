import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Courier, CourierOptions } from '../../src/app/forward/courier.ts'
import type { Destination } from '../../src/app/forward/destinations.ts'
import { nameOf, withEarlierNames } from '../../src/app/forward/destinations.ts'
import { abortWatcher } from '../../src/core/abort.ts'
import type { Delivery, DeliveryOutcome } from '../../src/core/delivery.ts'
import { AppError } from '../../src/core/errors.ts'
import type { NewDebt, Store } from '../../src/core/ports.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import type { CourierBench } from '../helpers/courier-bench.ts'
import { createCourierBench } from '../helpers/courier-bench.ts'
import type { VirtualClock } from '../helpers/virtual-clock.ts'
import { createVirtualClock } from '../helpers/virtual-clock.ts'
import { openStore } from '../../src/store/open.ts'
import { answerOf, collect, makeDirectory, random, requestOf, UNKNOWN } from '../store/samples.ts'

const APP = 'http://localhost:3000'
const OTHER = 'http://localhost:4000'
const MAKE = 'exec:make'

const STORED = { keep: 0, onNotice: () => {}, random, uid: process.getuid?.(), warnings: process }

const REFUSED: DeliveryOutcome = { kind: 'not-sent', code: 'ECONNREFUSED' }

const DESTINATIONS = new Map<string, Destination>([
  [APP, { kind: 'http', target: APP, loopbackOnly: false }],
  [OTHER, { kind: 'http', target: OTHER, loopbackOnly: false }],
  [MAKE, { kind: 'exec', command: ['make'], shell: false }],
])

let clock: VirtualClock
let store: Store
let courier: Courier | undefined
let app: CourierBench

beforeEach(() => {
  courier = undefined
  clock = createVirtualClock()
  store = createMemoryStore({ random })
  app = createCourierBench(clock)
})
afterEach(async () => {
  const stopped = courier?.stop()
  await clock.pass(5000)
  await stopped
  await store.close()
})

function start(options: Partial<CourierOptions> = {}, storeSeen: Store = store): Courier {
  courier = app.start(storeSeen, { destinations: DESTINATIONS, ...options })
  return courier
}

async function owe(count = 1, debt: Partial<NewDebt> = {}): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const request = requestOf({ target: `/${i}`, receivedAt: clock.now() })
    const { id } = await store.capture(request, UNKNOWN, [{ destination: APP, taken: false, ...debt }])
    ids.push(id)
  }
  return ids
}

/** A target that answers when it is told to. */
function held(): { release(outcome?: DeliveryOutcome): void; waiting(): number } {
  const waiting: ((outcome: DeliveryOutcome) => void)[] = []
  const onAbort = abortWatcher()
  app.react = (_request, _n, signal) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      onAbort(signal, () => resolve({ kind: 'unknown', code: 'INTERRUPTED' }))
    })
  return {
    release: (outcome = answerOf(200)) => waiting.shift()?.(outcome),
    waiting: () => waiting.length,
  }
}

/** All that needs no time has happened. */
const settled = (): Promise<void> => clock.pass(0)
const undelivered = async (): Promise<string[]> =>
  (await collect(store.list({ undelivered: true, oldestFirst: true }))).map(({ request }) => request.id)
const sentIds = (): string[] => app.sent.map(({ id }) => id)

describe('how many at once', () => {
  test('never more than the concurrency, and always as many while there is work', async () => {
    const target = held()
    const ids = await owe(50)
    start({ concurrency: 4 }).wake()
    await settled()
    expect(target.waiting()).toBe(4)
    while (app.sent.length < 50) {
      target.release()
      await settled()
      expect(app.underWay).toBe(4)
    }
    while (app.underWay > 0) {
      target.release()
      await settled()
    }
    expect(app.mostUnderWay).toBe(4)
    expect(sentIds()).toEqual(ids)
    expect(await undelivered()).toEqual([])
  })

  test('commands have a bound of their own and do not wait for targets', async () => {
    const target = held()
    await owe(4)
    await owe(3, { destination: MAKE })
    start({ concurrency: 2, execConcurrency: 1 }).wake()
    await settled()
    expect(app.underWay).toBe(3)
    expect(target.waiting()).toBe(3)
  })

  test('what is captured while it looks is not overlooked', async () => {
    const target = held()
    start().wake()
    for (let i = 0; i < 20; i++) {
      await owe(1)
      courier?.wake()
    }
    await settled()
    expect(target.waiting()).toBe(16)
    for (let i = 0; i < 20; i++) {
      target.release()
      await settled()
    }
    expect(app.sent).toHaveLength(20)
    expect(clock.monotonic()).toBe(0)
  })

  test('what nobody woke it for is found within a second', async () => {
    start().wake()
    await clock.pass(10)
    const [id] = await owe(1)
    await clock.pass(1000)
    expect(sentIds()).toEqual([id])
  })
})

describe('again', () => {
  test('each attempt waits up to twice as long as the one before, has the same id, and the last gives up', async () => {
    app.react = () => answerOf(500)
    const [id = ''] = await owe(1)
    start().wake()
    await clock.pass(60_000)
    // Of the ceilings 1, 2, 4, 8 and 16 s, half: chance says 0.5.
    expect(app.sent.map(({ at, attempt }) => [at, attempt])).toEqual([
      [0, 1],
      [500, 2],
      [1500, 3],
      [3500, 4],
      [7500, 5],
      [15_500, 6],
    ])
    expect(new Set(sentIds())).toEqual(new Set([id]))
    expect(app.attempted.map(({ settlement }) => settlement.kind)).toEqual([
      ...Array.from({ length: 5 }, () => 'retry'),
      'given-up',
    ])
    expect((await store.get(id)).owed).toMatchObject([{ state: 'given-up', attempts: 6 }])
    expect((await store.get(id)).deliveries).toHaveLength(6)
    expect(await undelivered()).toEqual([id])
  })

  test('Retry-After is waited for, and a target that is overloaded gets nothing else meanwhile', async () => {
    app.react = () =>
      app.sent.length === 1 ? { ...answerOf(429), headers: [['Retry-After', '120']] } : answerOf(200)
    await owe(3)
    start({ concurrency: 1 }).wake()
    await clock.pass(119_000)
    expect(app.sent).toHaveLength(1)
    await clock.pass(3000)
    expect(app.sent).toHaveLength(4)
    expect(app.sent[1]?.at).toBeGreaterThanOrEqual(120_000)
    expect(await undelivered()).toEqual([])
  })

  test.each<[string, DeliveryOutcome]>([
    ['410, gone for good,', answerOf(410)],
    ['508, a loop that every retry runs through again,', answerOf(508)],
    ['an address that we refuse', { kind: 'not-sent', code: 'METADATA_ADDRESS' }],
  ])('%s ends it', async (_what, outcome) => {
    app.react = () => outcome
    await owe(1)
    start().wake()
    await clock.pass(60_000)
    expect(app.sent).toHaveLength(1)
    expect(app.attempted.map(({ settlement }) => settlement.kind)).toEqual(['given-up'])
  })

  test('a redirect is an answer like others: not followed, and no success', async () => {
    app.react = () => ({ ...answerOf(302), headers: [['Location', 'http://localhost:9/']] })
    await owe(1)
    start({ retriesOf: () => 0 }).wake()
    await clock.pass(10_000)
    expect(app.sent.map(({ url }) => url)).toEqual([`${APP}/0`])
    expect(await courier?.count()).toEqual({ waiting: 0, givenUp: 1 })
  })

  test('an answer that did not come is recorded as unknown and asked for again under the same id', async () => {
    app.react = () => (app.sent.length === 1 ? { kind: 'unknown', code: 'ECONNRESET' } : answerOf(200))
    const [id = ''] = await owe(1)
    start().wake()
    await clock.pass(5000)
    expect(app.sent).toMatchObject([
      { id, attempt: 1 },
      { id, attempt: 2 },
    ])
    expect((await store.get(id)).deliveries.map(({ outcome }) => outcome.kind)).toEqual([
      'unknown',
      'response',
    ])
  })

  test('a command is run for what is owed to it under the name that it had at first', async () => {
    const make: Destination = { kind: 'exec', command: ['make', 'all'], shell: false }
    const [id = ''] = await owe(1, { destination: 'exec:make all' })
    start({ destinations: withEarlierNames(new Map([[nameOf(make), make]])) }).wake()
    await settled()
    expect(app.sent.map(({ url }) => url)).toEqual(['exec:make all'])
    expect((await store.get(id)).owed).toBeUndefined()
    expect(await courier?.count()).toEqual({ waiting: 0, givenUp: 0 })
  })

  test('a command is not repeated unasked', async () => {
    app.react = () => answerOf(500)
    await owe(1, { destination: MAKE })
    start().wake()
    await clock.pass(60_000)
    expect(app.attempted.map(({ settlement }) => settlement.kind)).toEqual(['given-up'])
  })
})

describe('a target that is down', () => {
  test('is asked by one request at a time, ever more rarely, and by all once it is back', async () => {
    let isDown = true
    app.react = () => (isDown ? REFUSED : answerOf(200))
    await owe(500)
    start({ retriesOf: () => 1000 }).wake()
    await clock.pass(60_000)
    // 16 at first; then after 0.25, 0.5, 1, 2 and 4 s, and from then on every 5 s.
    expect(app.sent.filter(({ at }) => at === 0)).toHaveLength(16)
    expect(app.sent.length).toBeLessThan(16 + 5 + 60 / 5 + 2)
    isDown = false
    await clock.pass(5000)
    expect(
      app.attempted.filter(({ settlement }) => settlement.kind === 'paid').length,
    ).toBeGreaterThanOrEqual(484)
    await clock.pass(400_000)
    expect(await undelivered()).toEqual([])
  })

  test('is asked by no second request while the first is on its way, however long that takes', async () => {
    let isHanging = false
    app.react = async (_request, _n, signal) => {
      if (isHanging) await clock.sleep(25_000, signal)
      return REFUSED
    }
    await owe(100)
    start({ retriesOf: () => 1000, backoff: { kind: 'fixed', ms: 100 } }).wake()
    await clock.pass(100)
    expect(app.underWay).toBe(0)
    isHanging = true
    const before = app.sent.length
    await clock.pass(24_000)
    expect([app.underWay, app.sent.length - before]).toEqual([1, 1])
    await clock.pass(60_000)
    expect(app.sent.length - before).toBeGreaterThanOrEqual(3)
    expect(app.underWay).toBeLessThanOrEqual(1)
  })

  test('holds up nobody else', async () => {
    app.react = ({ url }) => (url.startsWith(OTHER) ? REFUSED : answerOf(200))
    await owe(30, { destination: OTHER })
    const ids = await owe(30)
    start({ concurrency: 1 }).wake()
    await clock.pass(2000)
    const arrived = app.attempted.filter(({ settlement }) => settlement.kind === 'paid')
    expect(arrived.map(({ stored }) => stored.request.id)).toEqual(ids)
  })

  test('is waited for no longer than one request is retried, however many wait, where somebody waits for the end', async () => {
    // In a file they are taken by the time at which they are due: none of 200 would ever be tried for the sixth time.
    const folder = makeDirectory()
    try {
      await store.close()
      store = await openStore({ ...STORED, location: join(folder.path, 'requests.db') })
      app.react = () => REFUSED
      await owe(200)
      start({ untilDone: true })
      let ended: number | undefined
      void courier?.idle().then(() => (ended = clock.monotonic()))
      await clock.pass(60_000)
      expect(ended).toBeLessThan(25_000)
      expect(await undelivered()).toHaveLength(200)
    } finally {
      await courier?.stop()
      courier = undefined
      await store.close()
      folder.remove()
    }
  })

  test('is waited for as long as --backoff says, however soon others than the first are tried', async () => {
    app.react = () => (clock.monotonic() < 20_000 ? REFUSED : answerOf(200))
    await owe(100)
    start({ untilDone: true, retriesOf: () => 3, backoff: { kind: 'list', ms: [60_000] } })
    let isDone = false
    void courier?.idle().then(() => (isDone = true))
    await clock.pass(120_000)
    expect(isDone).toBe(true)
    expect(await undelivered()).toEqual([])
  })

  test('that comes back in time gets everything, where somebody waits for the end', async () => {
    app.react = () => (clock.monotonic() < 6000 ? REFUSED : answerOf(200))
    await owe(100)
    start({ untilDone: true })
    let isDone = false
    void courier?.idle().then(() => (isDone = true))
    await clock.pass(60_000)
    expect(isDone).toBe(true)
    expect(await undelivered()).toEqual([])
  })
})

describe('order', () => {
  test('of one key one at a time, in the order of capture, also over failures', async () => {
    const failedOnce = new Set<string>()
    app.react = () => {
      const id = app.sent.at(-1)?.id ?? ''
      if (failedOnce.has(id)) return answerOf(200)
      failedOnce.add(id)
      return answerOf(500)
    }
    const a = await owe(5, { orderKey: 'a' })
    const b = await owe(5, { orderKey: 'b' })
    start().wake()
    await clock.pass(60_000)
    const paid = app.attempted.flatMap(({ settlement, stored }) =>
      settlement.kind === 'paid' ? [stored.request.id] : [],
    )
    expect(paid.filter((id) => a.includes(id))).toEqual(a)
    expect(paid.filter((id) => b.includes(id))).toEqual(b)
    expect(app.sent).toHaveLength(20)
    expect(app.mostUnderWay).toBe(2)
  })

  test('requests that senders wait for keep it too', async () => {
    const target = held()
    start()
    const deliveries: Promise<Delivery>[] = []
    for (const target_ of ['/1', '/2', '/3']) {
      const debt = { destination: APP, orderKey: 'k', taken: true }
      const request = await store.capture(requestOf({ target: target_ }), UNKNOWN, [debt])
      const stored = { request, ...UNKNOWN, deliveries: [] }
      const inHand = { requestId: request.id, destination: APP, orderKey: 'k', attempts: 0 }
      if (courier !== undefined) deliveries.push(courier.deliver(stored, inHand))
    }
    for (let done = 1; done <= 3; done++) {
      await settled()
      expect(app.sent).toHaveLength(done)
      target.release(answerOf(done === 2 ? 500 : 200))
    }
    const outcomes = await Promise.all(deliveries)
    expect(outcomes.map(({ outcome }) => outcome)).toMatchObject([
      { status: 200 },
      { status: 500 },
      { status: 200 },
    ])
    expect(app.sent.map(({ url }) => url)).toEqual([`${APP}/1`, `${APP}/2`, `${APP}/3`])
  })
})

describe('told to stop', () => {
  test('it takes nothing more and lets attempts under way finish', async () => {
    const target = held()
    const ids = await owe(10)
    start({ concurrency: 4 }).wake()
    await settled()
    let isStopped = false
    const stopped = courier?.stop().then(() => (isStopped = true))
    await settled()
    expect(isStopped).toBe(false)
    for (let i = 0; i < 4; i++) target.release()
    await stopped
    expect(sentIds()).toEqual(ids.slice(0, 4))
    expect(await undelivered()).toEqual(ids.slice(4))
    const { fired } = clock
    await clock.pass(60_000)
    expect(clock.fired).toBe(fired)
  })

  test('attempts that take too long are cut: what may have arrived is asked for again at once, next time', async () => {
    held()
    const [id = ''] = await owe(1)
    start({ retriesOf: () => 0 }).wake()
    await settled()
    const stopped = courier?.stop()
    await clock.pass(5000)
    await stopped
    const stored = await store.get(id)
    expect(stored.deliveries).toMatchObject([{ outcome: { kind: 'unknown', code: 'INTERRUPTED' } }])
    expect(stored.owed).toMatchObject([{ state: 'waiting', attempts: 1 }])
    app.react = () => answerOf(200)
    start().wake()
    await settled()
    expect(app.sent.at(-1)).toMatchObject({ id, attempt: 2 })
  })

  test('what did not leave goes back as it was, without an attempt', async () => {
    app.react = (_request, _n, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ kind: 'not-sent', code: 'INTERRUPTED' })),
      )
    const [id = ''] = await owe(1)
    start().wake()
    await settled()
    const stopped = courier?.stop()
    await clock.pass(5000)
    await stopped
    const stored = await store.get(id)
    expect(stored.deliveries).toEqual([])
    expect(stored.owed).toMatchObject([{ state: 'waiting', attempts: 0 }])
    expect(app.attempted).toEqual([])
  })
})

describe('a store that fails', () => {
  /** The store, with some calls of its outbox failing. */
  function failing(settle: () => boolean, get: () => boolean = () => false): Store {
    const { outbox } = store
    const busy = (): Promise<never> => Promise.reject(new AppError('store-busy', { path: 'requests.db' }))
    return {
      ...store,
      get: (ref) => (get() ? busy() : store.get(ref)),
      outbox: {
        take: (demand) => outbox.take(demand),
        settle: (...given) => (settle() ? busy() : outbox.settle(...given)),
        claim: (...given) => outbox.claim(...given),
        adopt: (...given) => outbox.adopt(...given),
        count: (destinations) => outbox.count(destinations),
        countOthers: (destinations) => outbox.countOthers(destinations),
        release: () => outbox.release(),
      },
    }
  }

  test('a delivery that could not be recorded is recorded later, and not made twice', async () => {
    const [id = ''] = await owe(1)
    start(
      {},
      failing(() => clock.monotonic() < 2500),
    ).wake()
    await clock.pass(2000)
    expect(app.failures).toHaveLength(1)
    expect(app.sent).toHaveLength(1)
    await clock.pass(5000)
    expect(app.sent).toHaveLength(1)
    expect(app.failures).toHaveLength(1)
    expect((await store.get(id)).deliveries).toHaveLength(1)
    expect(await undelivered()).toEqual([])
  })

  test('a failed attempt that could not be recorded is tried again all the same', async () => {
    app.react = () => (app.sent.length === 1 ? answerOf(500) : answerOf(200))
    const [id = ''] = await owe(1)
    start(
      {},
      failing(() => clock.monotonic() < 2500),
    ).wake()
    await clock.pass(10_000)
    expect(app.sent).toMatchObject([
      { id, attempt: 1 },
      { id, attempt: 2 },
    ])
    expect(await undelivered()).toEqual([])
  })

  test('a request that could not be read is not lost', async () => {
    const [id = ''] = await owe(1)
    start(
      {},
      failing(
        () => false,
        () => clock.monotonic() < 2500,
      ),
    ).wake()
    await clock.pass(10_000)
    expect(app.sent).toMatchObject([{ id, attempt: 1 }])
    expect(await undelivered()).toEqual([])
  })

  test('what could not be read by the end is free for the next', async () => {
    const [id = ''] = await owe(1)
    start(
      {},
      failing(
        () => false,
        () => true,
      ),
    ).wake()
    await clock.pass(2000)
    await courier?.stop()
    expect(app.sent).toEqual([])
    start().wake()
    await clock.pass(2000)
    expect(app.sent).toMatchObject([{ id, attempt: 1 }])
  })

  test('an answer that a sender waits for is given even where it cannot be recorded', async () => {
    start(
      {},
      failing(() => true),
    )
    const request = await store.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: true }])
    const debt = { requestId: request.id, destination: APP, attempts: 0 }
    const delivery = await courier?.deliver({ request, ...UNKNOWN, deliveries: [] }, debt)
    expect(delivery?.outcome).toMatchObject({ status: 200 })
    await clock.pass(100)
    expect(app.failures).toHaveLength(1)
  })
})
