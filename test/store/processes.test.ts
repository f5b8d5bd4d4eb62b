import { createHash, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/ports.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { startChild } from './children.ts'
import { DRIVERS, integrityOf } from './drivers.ts'
import { collect, makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

let directory: ReturnType<typeof makeDirectory>
let path: string
beforeEach(() => {
  directory = makeDirectory()
  path = join(directory.path, 'requests.db')
})
afterEach(() => directory.remove())

describe.each(DRIVERS)('several processes with %s', (driver) => {
  test('R-CAP-14: two processes capture while a third lists and removes; nobody is turned away', async () => {
    const store = await openSqliteStore({ path, random, driver })
    const children = [1, 2].map(() => startChild('capture', path, { count: 1000, group: 10, driver }))
    let rounds = 0
    for (; children.some((child) => child.process.exitCode === null); rounds++) {
      await Promise.all([1, 2, 3].map(() => store.capture(requestOf({ method: 'DELETE' }), UNKNOWN)))
      expect(await store.remove({ method: 'DELETE' })).toBe(3)
      await collect(store.list({ limit: 50 }))
    }
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0])
    expect(children.map((child) => child.stderr())).toEqual(['', ''])
    const acked = new Map(children.flatMap((child) => [...child.acked()]))
    expect(await digestsOf(store)).toEqual(acked)
    console.log(
      `R-CAP-14 (${driver}): ${acked.size} captured by two processes, ${rounds} rounds of remove and list beside`,
    )
    expect(acked.size).toBe(2000)
    expect(await store.count()).toBe(2000)
    expect(rounds).toBeGreaterThan(0)
    await store.close()
  })

  test('processes that find no store make one together', async () => {
    for (let round = 0; round < 3; round++) {
      const shared = join(directory.path, `round-${round}`, 'requests.db')
      const children = Array.from({ length: 4 }, () =>
        startChild('capture', shared, { count: 2, group: 2, driver }),
      )
      const codes = await Promise.all(children.map((child) => child.ended))
      expect(children.map((child) => child.stderr())).toEqual(['', '', '', ''])
      expect(codes).toEqual([0, 0, 0, 0])
      const store = await openSqliteStore({ path: shared, random, driver })
      expect(await digestsOf(store)).toEqual(new Map(children.flatMap((child) => [...child.acked()])))
      await store.close()
    }
  })

  test('R-CAP-1: what was acknowledged is there after kill -9', async () => {
    const acked = new Map<string, string>()
    const rounds = 20
    for (let round = 0; round < rounds; round++) {
      const child = startChild('endless', path, { group: 8, driver })
      await child.untilAcked(randomInt(1, 60))
      child.process.kill('SIGKILL')
      expect(await child.ended).toBe(null)
      for (const [id, digest] of child.acked()) acked.set(id, digest)
    }
    const store = await openSqliteStore({ path, random, driver })
    const stored = await digestsOf(store)
    for (const [id, digest] of acked) expect(stored.get(id)).toBe(digest)
    expect(await store.count()).toBe(stored.size)
    await store.close()
    expect(integrityOf(path)).toEqual(['ok'])
    console.log(
      `R-CAP-1 (${driver}): ${rounds} kills, ${acked.size} acked, 0 lost, ${stored.size - acked.size} stored but not acked`,
    )
    expect(acked.size).toBeGreaterThan(rounds)
  })
})

async function digestsOf(store: Store): Promise<Map<string, string>> {
  const stored = await collect(store.read({ method: 'POST' }))
  return new Map(
    stored.map(({ request }) => [request.id, createHash('sha256').update(request.body).digest('hex')]),
  )
}
