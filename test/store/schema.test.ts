import { createHash, randomInt } from 'node:crypto'
import { closeSync, copyFileSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAppError } from '../../src/core/errors.ts'
import type { StoredRequest } from '../../src/core/query.ts'
import type { Migration } from '../../src/store/schema.ts'
import { migrate, MIGRATIONS, refuseOthersFile } from '../../src/store/schema.ts'
import type { DriverName } from '../../src/store/sqlite-driver.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { startChild } from './children.ts'
import { DRIVERS, openRaw } from './drivers.ts'
import { answerOf, collect, deliveryOf, makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

let directory: ReturnType<typeof makeDirectory>
let path: string
beforeEach(() => {
  directory = makeDirectory()
  path = join(directory.path, 'requests.db')
})
afterEach(() => directory.remove())

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
const open = (driver?: DriverName) => openSqliteStore({ path, random, ...(driver && { driver }) })

async function makeStore(requests: number): Promise<StoredRequest[]> {
  const store = await open()
  for (let i = 0; i < requests; i++) {
    const body = random(randomInt(0, 3000))
    const { id } = await store.capture(requestOf({ target: `/${i}`, body }), UNKNOWN)
    if (i % 3 === 0) await store.record(deliveryOf(id, answerOf(200, random(50))))
  }
  const all = await collect(store.read({}))
  await store.close()
  return all
}

async function expectRefusal(expected: object): Promise<void> {
  const before = digest(path)
  await expect(open()).rejects.toMatchObject(expected)
  expect(digest(path)).toBe(before)
}

describe('a file that is not ours is refused, its bytes untouched', () => {
  test.each([
    ['text', Buffer.from('not a database\n'.repeat(100))],
    ['a few bytes', Buffer.from('SQLite format 3\0')],
    ['zeroes', Buffer.alloc(8192)],
  ])('%s', async (_what, bytes) => {
    writeFileSync(path, bytes)
    await expectRefusal({ code: 'store-corrupt', data: { path } })
  })

  test('the database of another program', async () => {
    writeFileSync(path, '')
    const db = openRaw(path)
    db.exec('CREATE TABLE requests (id); PRAGMA user_version = 1')
    db.close()
    await expectRefusal({ code: 'store-foreign', data: { path } })
  })

  test('the store of a newer version', async () => {
    await makeStore(1)
    const db = openRaw(path)
    db.exec('PRAGMA user_version = 7; PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    await expectRefusal({ code: 'store-newer', data: { path, schema: 7, known: MIGRATIONS.length } })
  })

  test('a store cut short', async () => {
    await makeStore(20)
    writeFileSync(path, readFileSync(path).subarray(0, 4096))
    await expectRefusal({ code: 'store-corrupt', data: { path } })
  })

  test.each([
    ['no version of the schema', 63, 0],
    ['a write format that SQLite does not know', 18, 3],
    ['a read format that SQLite does not know', 19, 0],
  ])('a store whose header has %s', async (_what, at, value) => {
    await makeStore(1)
    const bytes = readFileSync(path)
    bytes[at] = value
    writeFileSync(path, bytes)
    await expectRefusal({ code: 'store-corrupt', data: { path, reason: 'damaged file header' } })
  })

  test('a store whose counter lies behind its requests', async () => {
    await makeStore(5)
    const db = openRaw(path)
    db.exec('UPDATE counters SET next_seq = 3; PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    await expectRefusal({ code: 'store-corrupt', data: { path } })
  })
})

test('an empty file becomes a store', async () => {
  writeFileSync(path, '')
  await makeStore(1)
  expect(statSync(path).size).toBeGreaterThan(0)
})

test('a store that another tool has given a rollback journal is still one', async () => {
  // By a process of its own: connections of this one may hold on to the log.
  const child = startChild('capture', path, { count: 3, group: 1 })
  expect(await child.ended).toBe(0)
  const bytes = readFileSync(path)
  expect(bytes.readUInt16BE(18)).toBe(0x02_02)
  bytes.writeUInt16BE(0x01_01, 18)
  writeFileSync(path, bytes)
  const store = await open()
  const kept = await collect(store.read({}))
  expect(kept.map(({ request }) => request.id).toSorted()).toEqual([...child.acked().keys()].toSorted())
  await store.close()
})

test('a store that was only read has written nothing, not even when it was closed', async () => {
  await makeStore(5)
  const before = digest(path)
  const store = await open()
  // While somebody reads, what is written stays in the log, where it can be seen.
  const other = openRaw(path)
  other.exec('BEGIN; SELECT * FROM counters')
  expect(await collect(store.read({}))).toHaveLength(5)
  await store.close()
  expect(statSync(`${path}-wal`).size).toBe(0)
  other.close()
  expect(digest(path)).toBe(before)
})

test('a store opened again has its requests, under the same ids', async () => {
  const before = await makeStore(5)
  const store = await open()
  expect(await collect(store.read({}))).toEqual(before)
  await store.close()
})

const addNote: Migration = (db) => db.exec('ALTER TABLE requests ADD COLUMN note TEXT')
const fail: Migration = (db) => {
  db.exec('CREATE TABLE half (x)')
  db.exec('nonsense')
}
const withDatabase = (migrations: readonly Migration[]) => {
  const fd = openSync(path, 'r')
  refuseOthersFile(path, fd, migrations)
  closeSync(fd)
  const db = openRaw(path)
  try {
    migrate(db, random, migrations)
  } finally {
    db.close()
  }
}
const schemaOf = (): number => readFileSync(path).readUInt32BE(60)

describe('migrations', () => {
  test('lead an older store to the newest schema, once', async () => {
    await makeStore(3)
    withDatabase([...MIGRATIONS, addNote])
    expect(schemaOf()).toBe(MIGRATIONS.length + 1)
    withDatabase([...MIGRATIONS, addNote])
    const db = openRaw(path)
    expect(db.prepare('SELECT count(*) AS n, count(note) AS notes FROM requests').get()).toEqual({
      n: 3,
      notes: 0,
    })
    db.close()
    await expectRefusal({
      code: 'store-newer',
      data: { schema: MIGRATIONS.length + 1, known: MIGRATIONS.length },
    })
  })

  test('leave the store as it was when one fails', async () => {
    const before = await makeStore(3)
    expect(() => withDatabase([...MIGRATIONS, addNote, fail])).toThrow('store-corrupt')
    expect(schemaOf()).toBe(MIGRATIONS.length)
    const store = await open()
    expect(await collect(store.read({}))).toEqual(before)
    await store.close()
  })
})

test('a store of the first schema learns which deliveries were accepted', async () => {
  writeFileSync(path, '')
  const [first] = MIGRATIONS
  if (first === undefined) throw new Error('there is a first schema')
  withDatabase([first])
  const db = openRaw(path)
  const insert = db.prepare(
    'INSERT INTO deliveries (request_seq, head, head_check, answer) VALUES (?, ?, 0, NULL)',
  )
  insert.run(1, JSON.stringify({ outcome: { kind: 'response', status: 204 } }))
  insert.run(2, JSON.stringify({ outcome: { kind: 'response', status: 500 } }))
  insert.run(3, JSON.stringify({ outcome: { kind: 'not-sent', code: 'ECONNREFUSED' } }))
  insert.run(4, 'damaged')
  migrate(db, random)
  expect(
    db
      .prepare('SELECT accepted FROM deliveries ORDER BY request_seq')
      .all()
      .map((row) => row['accepted']),
  ).toEqual([1, 0, 0, 0])
  db.close()
})

describe.each(DRIVERS)('R-CAP-16: a damaged store with %s', (driver) => {
  test.each([
    ['kept', 'UPDATE counters SET kept = -1'],
    ['kept', 'UPDATE counters SET kept = 9007199254740992'],
    ['answer', 'UPDATE deliveries SET answer = NULL'],
  ])('a value in %s that was never written there is told as damage: %s', async (reason, damage) => {
    await makeStore(1)
    const db = openRaw(path)
    db.exec(damage)
    db.close()
    const use = async (): Promise<void> => {
      const store = await open(driver)
      try {
        await store.count()
        await store.get('last')
      } finally {
        await store.close()
      }
    }
    // A number that JavaScript cannot hold is refused by node:sqlite itself, in its own words.
    const words: unknown = expect.stringMatching(new RegExp(`^${reason}$|too large`))
    await expect(use()).rejects.toMatchObject({ code: 'store-corrupt', data: { path, reason: words } })
  })

  test('one byte flipped in 200 places: refused unharmed, or it serves what it had and nothing else', async () => {
    const originals = new Map((await makeStore(30)).map((stored) => [stored.request.seq, stored]))
    const sound = join(directory.path, 'sound.db')
    copyFileSync(path, sound)
    const size = statSync(sound).size
    const counts = { refused: 0, damageTold: 0, served: 0 }
    for (let i = 0; i < 200; i++) {
      // Fifty in the file's header and the schema, the others anywhere.
      const place = i < 50 ? i * 2 : randomInt(0, size)
      const bytes = readFileSync(sound)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << randomInt(0, 8))
      path = join(directory.path, `flipped-${i}.db`)
      writeFileSync(path, bytes, { mode: 0o600 })
      const flipped = digest(path)
      try {
        const store = await open(driver)
        try {
          for await (const stored of store.read({})) {
            const original = originals.get(stored.request.seq)
            expect(withoutIds({ ...stored, deliveries: [] })).toBe(
              withoutIds({ ...original, deliveries: [] }),
            )
            // A damaged index may hide a delivery.
            expect(original?.deliveries.map(withoutIds)).toEqual(
              expect.arrayContaining(stored.deliveries.map(withoutIds)),
            )
          }
          await store.get('last')
          await store.capture(requestOf(), UNKNOWN)
          counts.served++
        } catch (error) {
          if (!isAppError(error)) throw error
          counts.damageTold++
        } finally {
          await store.close()
        }
      } catch (error) {
        if (!isAppError(error)) throw error
        expect(digest(path), `byte ${place}, ${error.code}`).toBe(flipped)
        counts.refused++
      }
    }
    console.log(`R-CAP-16 (${driver}): 200 flips, ${JSON.stringify(counts)}, 0 crashes, 0 altered on refusal`)
    expect(counts.refused).toBeGreaterThan(0)
    expect(counts.damageTold).toBeGreaterThan(0)
  })
})

/** The key of the ids may be the byte that was flipped; nothing else of a request depends on it. */
function withoutIds(value: unknown): string {
  // Through `this`: a Buffer has been made into something else by the time it comes as an argument.
  const plain = JSON.stringify(value, function (this: Record<string, unknown>, key, field: unknown) {
    const original = this[key]
    return original instanceof Uint8Array ? Buffer.from(original).toString('hex') : field
  })
  return plain.replaceAll(/"(id|requestId)":"[^"]*"/g, '')
}
