import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/ports.ts'
import { openStore } from '../../src/store/open.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { DRIVERS, openRaw } from './drivers.ts'
import { collectSeqs, makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

let directory: ReturnType<typeof makeDirectory>
let path: string
beforeEach(() => {
  directory = makeDirectory()
  path = join(directory.path, 'requests.db')
})
afterEach(() => directory.remove())

describe.each(DRIVERS)('with %s', (driver) => {
  let store: Store
  beforeEach(async () => {
    store = await openSqliteStore({ path, random, driver })
  })
  afterEach(() => store.close())

  test('a write that fails takes its whole group with it, and the next group is kept', async () => {
    const sound = requestOf()
    const broken = requestOf({ receivedAt: Number.NaN })
    const group = await Promise.allSettled(
      [sound, broken, sound].map((request) => store.capture(request, UNKNOWN)),
    )
    expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await store.count()).toBe(0)
    const next = await Promise.all([1, 2].map(() => store.capture(sound, UNKNOWN)))
    expect(next.map(({ seq }) => seq)).toEqual([1, 2])
    expect(await collectSeqs(store.list({}))).toEqual([2, 1])
  })

  test('closing keeps what waits to be kept', async () => {
    const waiting = store.capture(requestOf(), UNKNOWN)
    await store.close()
    const { id } = await waiting
    const again = await openSqliteStore({ path, random, driver })
    expect((await again.get(id)).request.seq).toBe(1)
    await again.close()
  })

  test('a closed store takes nothing and can be closed again', async () => {
    await store.close()
    await store.close()
    await expect(store.capture(requestOf(), UNKNOWN)).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('a request that another process removed is not found, whatever this one knew', async () => {
    const { id } = await store.capture(requestOf(), UNKNOWN)
    const other = await openSqliteStore({ path, random, driver })
    await other.remove({})
    await expect(store.get(id)).rejects.toMatchObject({ code: 'no-such-request' })
    expect(await store.count()).toBe(0)
    await other.close()
  })
})

test('a process that holds the lock for longer than we wait makes a write fail, and only that', async () => {
  const store = await openStore({ location: path, random })
  const holder = openRaw(path)
  holder.exec('BEGIN IMMEDIATE')
  await expect(store.capture(requestOf(), UNKNOWN)).rejects.toMatchObject({
    code: 'store-busy',
    data: { path },
  })
  expect(await store.count()).toBe(0)
  holder.exec('ROLLBACK')
  holder.close()
  expect((await store.capture(requestOf(), UNKNOWN)).seq).toBe(1)
  await store.close()
})

test(':memory: is a store without files', async () => {
  const store = await openStore({ location: ':memory:', random })
  expect(store.location).toBe('memory')
  expect((await store.capture(requestOf(), UNKNOWN)).seq).toBe(1)
  await store.close()
})

test('a store in memory lets the oldest go before its bodies fill the memory', async () => {
  const store = await openStore({ location: ':memory:', random })
  const body = new Uint8Array(32 * 1024 * 1024)
  for (let i = 0; i < 10; i++) await store.capture(requestOf({ body }), UNKNOWN)
  expect(await collectSeqs(store.list({}))).toEqual([10, 9, 8, 7, 6, 5, 4, 3])
  await store.capture(requestOf({ body: new Uint8Array(300 * 1024 * 1024) }), UNKNOWN)
  expect(await collectSeqs(store.list({}))).toEqual([11])
  await store.close()
})
