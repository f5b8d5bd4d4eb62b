import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Left } from '../../src/app/forward/work.ts'
import { work } from '../../src/app/forward/work.ts'
import { AppError } from '../../src/core/errors.ts'
import type { Outbox } from '../../src/core/outbox.ts'
import type { Store } from '../../src/core/ports.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import type { CourierBench } from '../helpers/courier-bench.ts'
import { createCourierBench } from '../helpers/courier-bench.ts'
import type { VirtualClock } from '../helpers/virtual-clock.ts'
import { createVirtualClock } from '../helpers/virtual-clock.ts'
import { random, requestOf, UNKNOWN } from '../store/samples.ts'

const APP = 'http://localhost:3000/'

let clock: VirtualClock
let store: Store
let stop: AbortController
let app: CourierBench
/** Targets of the requests that the app got. */
const arrived = (): string[] => app.sent.map(({ url }) => new URL(url).pathname)
beforeEach(() => {
  clock = createVirtualClock()
  store = createMemoryStore({ random })
  stop = new AbortController()
  app = createCourierBench(clock)
})
afterEach(() => store.close())

/** Begins to work on the store, of which some calls may fail. */
function begin(claim: Outbox['claim'] = (...given) => store.outbox.claim(...given)): Promise<Left> {
  const { outbox } = store
  const seen: Store = {
    ...store,
    outbox: {
      take: (demand) => outbox.take(demand),
      settle: (...given) => outbox.settle(...given),
      claim,
      adopt: (...given) => outbox.adopt(...given),
      count: (destinations) => outbox.count(destinations),
      countOthers: (destinations) => outbox.countOthers(destinations),
      release: () => outbox.release(),
    },
  }
  const courier = app.start(seen, {
    destinations: new Map([[APP, { kind: 'http', target: APP, loopbackOnly: true }]]),
  })
  return work(
    { assign: () => [{ destination: APP }], rejectInvalid: false, once: false },
    { store: seen, courier, clock, stop: stop.signal, onFailure: (error) => app.failures.push(error) },
  )
}

const capture = (target: string) => store.capture(requestOf({ target, receivedAt: clock.now() }), UNKNOWN)

test('what others capture is delivered within a fifth of a second, and nothing happens in between', async () => {
  await capture('/before')
  const working = begin()
  await clock.pass(0)
  expect(arrived()).toEqual(['/before'])
  await capture('/after')
  await clock.pass(200)
  expect(arrived()).toEqual(['/before', '/after'])
  stop.abort()
  await clock.pass(0)
  expect(await working).toEqual({ waiting: 0, givenUp: 0, elsewhere: 0 })
})

test('a store that is full for a moment does not end a worker: it is told once, and what came meanwhile is delivered', async () => {
  const isFull = (): boolean => clock.monotonic() > 1000 && clock.monotonic() < 5000
  const full = new AppError('store-write-failed', { path: 'requests.db', reason: 'ENOSPC', full: true })
  const working = begin((...given) => (isFull() ? Promise.reject(full) : store.outbox.claim(...given)))
  await clock.pass(2000)
  await capture('/meanwhile')
  await clock.pass(2500)
  expect([arrived(), app.failures]).toEqual([[], [full]])
  await clock.pass(1000)
  expect(arrived()).toEqual(['/meanwhile'])
  stop.abort()
  await clock.pass(0)
  expect(await working).toEqual({ waiting: 0, givenUp: 0, elsewhere: 0 })
})

test('a store that is broken ends it', async () => {
  const broken = new AppError('store-corrupt', { path: 'requests.db', reason: 'malformed' })
  const working = begin((...given) =>
    clock.monotonic() > 1000 ? Promise.reject(broken) : store.outbox.claim(...given),
  )
  const ended = expect(working).rejects.toBe(broken)
  await clock.pass(2000)
  await ended
})
