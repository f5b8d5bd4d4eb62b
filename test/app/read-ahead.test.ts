import { expect, test } from 'vitest'
import { ReadAhead } from '../../src/app/read-ahead.ts'
import { shuffled } from '../../src/app/replay-timing.ts'
import type { Store } from '../../src/core/ports.ts'
import type { CapturedRequest } from '../../src/core/request.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { random, requestOf, UNKNOWN } from '../store/samples.ts'

async function filled(count: number, bytes = 10) {
  const store = createMemoryStore({ random })
  const captured: CapturedRequest[] = []
  for (let nth = 0; nth < count; nth++)
    captured.push(await store.capture(requestOf({ target: `/${nth}`, body: Buffer.alloc(bytes) }), UNKNOWN))
  const wanted = captured.map(({ id, seq }) => ({ id, seq, size: bytes }))
  return { store, wanted }
}

/** How the store is asked. */
function counted(store: Store) {
  const calls = { get: 0, read: 0, rows: 0 }
  const watching: Store = Object.assign(Object.create(store) as Store, {
    get: (ref: string) => {
      calls.get++
      return store.get(ref)
    },
    async *read(query: Parameters<Store['read']>[0]) {
      calls.read++
      for await (const stored of store.read(query)) {
        calls.rows++
        yield stored
      }
    },
  })
  return { watching, calls }
}

async function targetsOf(ahead: ReadAhead, count: number): Promise<string[]> {
  const targets: string[] = []
  for (let nth = 0; nth < count; nth++) targets.push((await ahead.take()).request.target)
  return targets
}

const numbers = Array.from({ length: 1000 }, (_, nth) => nth)

test.each([
  ['upwards', numbers, 40],
  ['downwards', numbers.toReversed(), 40],
  ['every second', numbers.filter((nth) => nth % 2 === 0), 40],
  ['shuffled', shuffled(numbers, 'x'), 2000],
  ['twice in a row', [5, 6, 5, 6, 7], 5],
])('%s: each as wanted, with few questions to the store', async (_name, order, mostCalls) => {
  const { store, wanted } = await filled(1000)
  const { watching, calls } = counted(store)
  const list = order.flatMap((nth) => wanted[nth] ?? [])
  const ahead = new ReadAhead(watching, list)
  expect(await targetsOf(ahead, list.length)).toEqual(order.map((nth) => `/${nth}`))
  expect(calls.get + calls.read).toBeLessThanOrEqual(mostCalls)
  expect(await targetsOf(ahead, 2)).toEqual(order.slice(0, 2).map((nth) => `/${nth}`))
})

test('no more than 8 MiB of bodies are held', async () => {
  const { store, wanted } = await filled(40, 1024 * 1024)
  const { watching, calls } = counted(store)
  const ahead = new ReadAhead(watching, wanted)
  await ahead.take()
  expect(calls.rows).toBeLessThanOrEqual(8)
})

test('one that was removed is missed by name, and the others still come', async () => {
  const { store, wanted } = await filled(3)
  await store.remove({ path: '/1' })
  const ahead = new ReadAhead(store, wanted)
  expect((await ahead.take()).request.target).toBe('/0')
  await expect(ahead.take()).rejects.toMatchObject({ code: 'no-such-request' })
  expect((await ahead.take()).request.target).toBe('/2')
})
