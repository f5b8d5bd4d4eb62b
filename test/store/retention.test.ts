import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { checkIntegrity } from '../helpers/store.ts'
import { DRIVERS } from './drivers.ts'
import { answerOf, deliveryOf, filesUnder, makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

const CAP = 8 * 1024 * 1024
/** Some in a row, some on pages of their own, some longer than a hundredth of the cap. */
const SIZES = [200, 1500, 20_000, 3000, 150_000]

describe.each(DRIVERS)('with %s', (driver) => {
  test.each([{ keep: 10 }, { keepBytes: 64 * 1024 }])(
    'under a lower limit than before, %j, the oldest go a thousand at a time, and captures come between',
    async (keeping) => {
      const directory = makeDirectory()
      try {
        const path = join(directory.path, 'requests.db')
        const earlier = await openSqliteStore({ path, random, driver })
        await Promise.all(Array.from({ length: 4500 }, () => earlier.capture(requestOf(), UNKNOWN)))
        await earlier.close()

        const store = await openSqliteStore({ path, random, driver, ...keeping })
        const counts: number[] = []
        for (let before = Infinity; counts.length < 2; before = counts.at(-1) ?? 0) {
          await store.capture(requestOf(), UNKNOWN)
          counts.push(await store.count())
          expect(before - (counts.at(-1) ?? 0)).toBeGreaterThan(0)
        }
        expect(counts[0]).toBeGreaterThan(2000)
        // The rest goes without another capture.
        await vi.waitUntil(async () => (await store.count()) < 500)
        await store.close()
        expect(checkIntegrity(path)).toBe('ok')
      } finally {
        directory.remove()
      }
    },
  )

  test('R-STO-4: of twice as much as may be kept, the file holds what may be kept, and is whole', async () => {
    const directory = makeDirectory()
    try {
      const path = join(directory.path, 'requests.db')
      const store = await openSqliteStore({ path, random, driver, keepBytes: CAP })
      let bytes = 0
      let count = 0
      let largest = 0
      for (; bytes < 2 * CAP; count++) {
        const size = SIZES[count % SIZES.length] ?? 0
        const { id } = await store.capture(requestOf({ body: random(size) }), UNKNOWN)
        await store.record(deliveryOf(id, answerOf(200, random(500))))
        bytes += size + 500
        largest = Math.max(largest, statSync(path).size)
      }
      const kept = await store.count()
      expect((await store.get('last')).request.seq).toBe(count)
      await store.close()
      const size = filesUnder(directory.path)
        .filter((file) => !file.endsWith('-reserve'))
        .reduce((sum, file) => sum + statSync(file).size, 0)
      console.log(
        `R-STO-4 (${driver}): cap ${CAP}, ${bytes} captured, ${kept} of ${count} kept, largest ${((100 * largest) / CAP).toFixed(0)} %, at the end ${((100 * size) / CAP).toFixed(0)} %, integrity ${checkIntegrity(path)}`,
      )
      expect(largest).toBeLessThan(CAP * 1.1)
      expect(size).toBeLessThan(CAP * 1.1)
      expect(size).toBeGreaterThan(CAP * 0.9)
      expect(kept).toBeGreaterThan(count * 0.3)
      expect(checkIntegrity(path)).toBe('ok')
    } finally {
      directory.remove()
    }
  })
})
