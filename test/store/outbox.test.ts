import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Workers } from '../../src/core/outbox.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

const APP = 'http://localhost:3000'
const demand = { limit: 10, now: 1_700_000_000_000, destinations: [APP] }

let directory: ReturnType<typeof makeDirectory>
beforeEach(() => {
  directory = makeDirectory()
})
afterEach(() => directory.remove())

/** A store as another process would open it; `running` are the pids that live. */
const openAs = (pid: number, running: ReadonlySet<number>, began = 'then') => {
  const workers: Workers = {
    self: { pid, began },
    isRunning: (mark) => running.has(mark.pid) && mark.began === 'then',
  }
  return openSqliteStore({ path: join(directory.path, 'requests.db'), random, workers })
}

test('the debts of a worker that died go to the next one that asks; those of a living one do not', async () => {
  const running = new Set([1, 2])
  const dying = await openAs(1, running)
  const living = await openAs(2, running)
  const { id } = await dying.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: true }])
  expect(await living.outbox.take(demand)).toEqual({ debts: [] })
  running.delete(1)
  expect((await living.outbox.take(demand)).debts.map(({ requestId }) => requestId)).toEqual([id])
  // What the dead one still believed to have is not its to settle.
  const debt = { requestId: id, destination: APP }
  expect(await dying.outbox.settle(debt, { kind: 'paid' }, demand.now)).toBe(false)
  expect((await living.get(id)).owed).toHaveLength(1)
  await dying.close()
  await living.close()
})

test('a later process with the pid of a dead worker is not taken for it', async () => {
  const running = new Set([1])
  const dead = await openAs(1, running, 'long ago')
  const { id } = await dead.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: true }])
  const later = await openAs(1, running)
  expect((await later.outbox.take(demand)).debts.map(({ requestId }) => requestId)).toEqual([id])
  await later.close()
  await dead.close()
})

test('two workers never get the same debt', async () => {
  const running = new Set([1, 2])
  const stores = [await openAs(1, running), await openAs(2, running)] as const
  for (let i = 0; i < 100; i++)
    await stores[0].capture(requestOf(), UNKNOWN, [{ destination: APP, taken: false }])
  const taken: string[] = []
  while (taken.length < 100) {
    const both = await Promise.all(stores.map((store) => store.outbox.take({ ...demand, limit: 3 })))
    taken.push(...both.flatMap(({ debts }) => debts.map(({ requestId }) => requestId)))
  }
  expect(new Set(taken).size).toBe(100)
  expect(taken).toHaveLength(100)
  for (const store of stores) await store.close()
})

test('a store that is closed has let go of what it had in hand', async () => {
  const running = new Set([1, 2])
  const first = await openAs(1, running)
  const { id } = await first.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: true }])
  await first.close()
  const second = await openAs(2, running)
  expect((await second.outbox.take(demand)).debts.map(({ requestId }) => requestId)).toEqual([id])
  await second.close()
})

test('of a key with thousands of debts, looking for work steps over none of them', async () => {
  const store = await openAs(1, new Set([1]))
  const owe = (count: number): Promise<unknown> => {
    const debt = { destination: APP, orderKey: '/hooks', taken: false }
    const request = requestOf({ receivedAt: demand.now })
    return Promise.all(Array.from({ length: count }, () => store.capture(request, UNKNOWN, [debt])))
  }
  const look = async (): Promise<number> => {
    const times: number[] = []
    for (let i = 0; i < 21; i++) {
      const began = performance.now()
      await store.outbox.take(demand)
      times.push(performance.now() - began)
    }
    return times.toSorted((a, b) => a - b)[10] ?? 0
  }
  await owe(20)
  expect((await store.outbox.take(demand)).debts).toHaveLength(1)
  const few = await look()
  await owe(5000)
  const many = await look()
  console.log(`looking for work: ${few.toFixed(2)} ms with 20 behind one, ${many.toFixed(2)} ms with 5,020`)
  // Stepping over them made it 100 times as much.
  expect(many).toBeLessThan(10 * few + 0.5)
  await store.close()
})
