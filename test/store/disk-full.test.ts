import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/ports.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { DRIVERS, integrityOf } from './drivers.ts'
import { collect, makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

/** A file system of 4 MB, where this machine lets us have one. */
function mountSmallDisk(): { readonly path: string; remove(): void } | undefined {
  const directory = makeDirectory()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory.path], { stdio: 'ignore' })
  } catch {
    directory.remove()
    return undefined
  }
  return {
    path: directory.path,
    remove() {
      // Lazily: libsql closes its files when its statements are collected.
      execFileSync('umount', ['--lazy', directory.path])
      directory.remove()
    },
  }
}

const probe = mountSmallDisk()
probe?.remove()
if (probe === undefined) console.log('R-CAP-3: not tested here, mounting a small disk is not permitted')

describe.skipIf(probe === undefined).each(DRIVERS)('R-CAP-3: on a full disk with %s', (driver) => {
  let disk: { readonly path: string; remove(): void }
  let path: string
  let store: Store
  beforeEach(async () => {
    disk = mountSmallDisk() ?? makeDirectory()
    path = join(disk.path, 'requests.db')
    store = await openSqliteStore({ path, random, driver })
  })
  afterEach(async () => {
    await store.close()
    disk.remove()
  })

  /** Captures in groups until ten of them in a row have failed; tells what was acknowledged. */
  async function fill(bodyBytes: number, groupSize = 8): Promise<{ acked: string[]; refused: number }> {
    const acked: string[] = []
    let refused = 0
    for (let failures = 0; failures < 10;) {
      const group = Array.from({ length: groupSize }, () =>
        store.capture(requestOf({ body: random(bodyBytes) }), UNKNOWN),
      )
      const results = await Promise.allSettled(group)
      for (const result of results) {
        if (result.status === 'fulfilled') acked.push(result.value.id)
        else {
          refused++
          expect(result.reason).toMatchObject({ code: 'store-write-failed', data: { full: true } })
        }
      }
      failures = results.every(({ status }) => status === 'rejected') ? failures + 1 : 0
    }
    return { acked, refused }
  }
  const storedIds = async (): Promise<string[]> =>
    (await collect(store.read({}))).map(({ request }) => request.id)

  test('what is stored is what was acknowledged, and it goes on when there is space', async () => {
    const ballast = join(disk.path, 'ballast')
    writeFileSync(ballast, new Uint8Array(1024 * 1024))
    const { acked, refused } = await fill(20_000)
    expect((await storedIds()).toSorted()).toEqual(acked.toSorted())
    rmSync(ballast)
    const again = await store.capture(requestOf({ body: random(20_000) }), UNKNOWN)
    expect((await store.get(again.id)).request.body).toHaveLength(20_000)
    expect(await store.count()).toBe(acked.length + 1)
    await store.close()
    expect(integrityOf(path)).toEqual(['ok'])
    console.log(
      `R-CAP-3 (${driver}): ${acked.length} acked and stored, ${refused} refused, went on with 1 MB freed`,
    )
    expect(acked.length).toBeGreaterThan(20)
  })

  test.each([500, 20_000, 400_000])(
    'requests of %i bytes can be removed, and then captured again',
    async (bodyBytes) => {
      const { acked } = await fill(bodyBytes)
      const half = acked.length >> 1
      expect(await store.remove({ limit: half, oldestFirst: true })).toBe(half)
      expect((await storedIds()).toSorted()).toEqual(acked.slice(half).toSorted())
      await store.capture(requestOf({ body: random(bodyBytes) }), UNKNOWN)
      expect(await store.remove({})).toBe(acked.length - half + 1)
      expect(existsSync(`${path}-reserve`)).toBe(true)
      expect(statSync(`${path}-reserve`).size).toBe(1024 * 1024)
      await store.close()
      expect(integrityOf(path)).toEqual(['ok'])
    },
  )

  test.each([
    [20_000, { keep: 5 }],
    [400_000, { keepBytes: 700_000 }],
    [500, { keepBytes: 700_000 }],
  ])('with requests of %i bytes and a lower limit, %j, it captures again', async (bodyBytes, keeping) => {
    await fill(bodyBytes)
    await store.close()
    store = await openSqliteStore({ path, random, driver, ...keeping })
    for (let i = 0; i < 50; i++) await store.capture(requestOf({ body: random(bodyBytes) }), UNKNOWN)
    await store.close()
    expect(integrityOf(path)).toEqual(['ok'])
  })

  test('one request as large as the disk can hold can be removed', async () => {
    await store.capture(requestOf({ body: random(700_000) }), UNKNOWN)
    await fill(100)
    expect(await store.remove({ limit: 1, oldestFirst: true })).toBe(1)
    await store.capture(requestOf({ body: random(10_000) }), UNKNOWN)
  })
})
