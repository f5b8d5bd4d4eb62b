import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/ports.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { DRIVERS } from './drivers.ts'
import {
  answerOf,
  collectSeqs,
  deliveryOf,
  filesUnder,
  makeDirectory,
  random,
  requestOf,
  UNKNOWN,
} from './samples.ts'

const CANARY = 'CANARY-5f0c1b'

let directory: ReturnType<typeof makeDirectory>
beforeEach(() => {
  directory = makeDirectory()
})
afterEach(() => directory.remove())

/** Files of the store in which the canary can be read. */
function filesWithCanary(): string[] {
  return filesUnder(directory.path).filter((file) => readFileSync(file).includes(CANARY))
}

describe.each(DRIVERS)('with %s', (driver) => {
  let store: Store
  let path: string
  const open = (keep = 0) => openSqliteStore({ path, random, driver, keep })
  beforeEach(async () => {
    path = join(directory.path, 'requests.db')
    store = await open()
  })
  afterEach(() => store.close())

  /** A request that has the canary in every part, its answer included. */
  async function captureCanary(bodyBytes: number): Promise<void> {
    const body = Buffer.alloc(bodyBytes, CANARY)
    const request = requestOf({ target: `/${CANARY}`, headers: [['X-Key', CANARY]], body })
    const { id } = await store.capture(request, { ...UNKNOWN, identity: { event: CANARY } })
    await store.record(deliveryOf(id, answerOf(200, body)))
  }
  const captureOthers = (count: number) =>
    Promise.all(Array.from({ length: count }, () => store.capture(requestOf({ body: random(900) }), UNKNOWN)))

  test.each([20, 3000, 300_000])(
    'R-STO-3: %i removed bytes are in no file of the store',
    async (bodyBytes) => {
      const other = await open()
      await captureOthers(20)
      await captureCanary(bodyBytes)
      await captureOthers(20)
      expect(filesWithCanary()).not.toEqual([])
      expect(await store.remove({ path: `/${CANARY}` })).toBe(1)
      expect(filesWithCanary()).toEqual([])
      expect(await collectSeqs(other.list({}))).toHaveLength(40)
      await other.close()
    },
  )

  test('R-STO-3: what retention let go is in no file after the next removal', async () => {
    await captureCanary(3000)
    await store.close()
    store = await open(10)
    await captureOthers(11)
    expect(await store.count()).toBe(10)
    await store.remove({ limit: 1 })
    expect(filesWithCanary()).toEqual([])
  })

  test('removing gives the space back to the disk', async () => {
    await store.capture(requestOf(), UNKNOWN)
    await store.remove({})
    const empty = statSync(path).size
    await captureOthers(1000)
    expect(await store.remove({})).toBe(1000)
    expect(statSync(path).size).toBe(empty)
    expect(statSync(`${path}-wal`).size).toBe(0)
  })

  test('a store at rest is one file and its reserve', async () => {
    await captureOthers(50)
    await store.close()
    const sizes = filesUnder(directory.path).map((file) => [file.slice(path.length), statSync(file).size])
    // libsql may leave the log and its index behind; the log is empty then.
    expect(Object.fromEntries(sizes)).toMatchObject({ '-reserve': 4 * 1024 * 1024 })
    expect(sizes.find(([name]) => name === '-wal')?.[1] ?? 0).toBe(0)
    store = await open()
  })
})
