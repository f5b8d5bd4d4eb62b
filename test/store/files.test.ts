import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StoreNotice } from '../../src/core/ports.ts'
import { openServiceRows } from '../../src/store/service-rows.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { startChild } from './children.ts'
import { filesUnder, makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

const uid = process.getuid?.()
const asRoot = uid === 0

let directory: ReturnType<typeof makeDirectory>
let path: string
beforeEach(() => {
  directory = makeDirectory()
  path = join(directory.path, 'requests.db')
})
afterEach(() => directory.remove())

const modeOf = (file: string): number => statSync(file).mode & 0o777
const open = (notices: StoreNotice[] = [], as = uid) =>
  openSqliteStore({ path, random, uid: as, onNotice: (notice) => notices.push(notice) })

describe.skipIf(uid === undefined)('R-STO-1: only the owner reads captures', () => {
  test.each([0o000, 0o022, 0o077])('under umask %o', async (umask) => {
    const nested = join(directory.path, 'state', 'webhook-cli')
    const child = startChild('hold', join(nested, 'requests.db'), { umask })
    await child.untilAcked(1)
    const files = filesUnder(nested)
    expect(files.map((file) => file.slice(nested.length + 1)).toSorted()).toEqual([
      'requests.db',
      'requests.db-reserve',
      'requests.db-shm',
      'requests.db-wal',
    ])
    expect(files.map(modeOf)).toEqual([0o600, 0o600, 0o600, 0o600])
    expect([modeOf(nested), modeOf(join(directory.path, 'state'))]).toEqual([0o700, 0o700])
    child.process.stdin?.end()
    expect(await child.ended).toBe(0)
  })

  test('a file that others can read is closed to them, and the owner is told', async () => {
    await (await open()).close()
    chmodSync(path, 0o644)
    const notices: StoreNotice[] = []
    await (await open(notices)).close()
    expect(notices).toEqual([{ kind: 'mode-narrowed', path, from: 0o644 }])
    expect(modeOf(path)).toBe(0o600)
  })

  test('a file that is no store keeps its mode and its bytes', async () => {
    writeFileSync(path, 'root:x:0:0:root:/root:/bin/sh\n'.repeat(9))
    chmodSync(path, 0o644)
    const before = readFileSync(path)
    const notices: StoreNotice[] = []
    await expect(open(notices)).rejects.toMatchObject({ code: 'store-corrupt' })
    expect(() =>
      openServiceRows({ path, uid, warnings: process, onNotice: (notice) => notices.push(notice) }),
    ).toThrow('store-corrupt')
    expect([modeOf(path), readFileSync(path).equals(before), notices]).toEqual([0o644, true, []])
  })

  test('a log that others can read is closed to them', async () => {
    const store = await open()
    await store.capture(requestOf(), UNKNOWN)
    chmodSync(`${path}-wal`, 0o666)
    await (await open()).close()
    expect(modeOf(`${path}-wal`)).toBe(0o600)
    await store.close()
  })

  test('a directory that was there already is left as it is', async () => {
    chmodSync(directory.path, 0o755)
    await (await open()).close()
    expect(modeOf(directory.path)).toBe(0o755)
  })

  test.skipIf(!asRoot)('a directory of another user is reported', async () => {
    chownSync(directory.path, 12_345, 12_345)
    const notices: StoreNotice[] = []
    await (await open(notices)).close()
    expect(notices).toEqual([{ kind: 'directory-of-another', path: directory.path, owner: 12_345 }])
  })

  test.skipIf(!asRoot)('a file of another user is refused', async () => {
    writeFileSync(path, '')
    chownSync(path, 12_345, 12_345)
    await expect(open()).rejects.toMatchObject({
      code: 'store-unsafe',
      data: { path, problem: 'other-owner' },
    })
  })
})

describe('R-STO-2: nothing is written through a link or into something else', () => {
  test.each(['', '-wal', '-shm', '-journal', '-reserve'])('a link at requests.db%s', async (suffix) => {
    const victim = join(directory.path, 'victim')
    writeFileSync(victim, '')
    symlinkSync(victim, path + suffix)
    await expect(open()).rejects.toMatchObject({ code: 'store-unsafe', data: { problem: 'symlink' } })
    expect(readFileSync(victim, 'utf8')).toBe('')
  })

  test('a link that leads nowhere makes no file', async () => {
    const nowhere = join(directory.path, 'nowhere')
    symlinkSync(nowhere, path)
    await expect(open()).rejects.toMatchObject({ code: 'store-unsafe', data: { path, problem: 'symlink' } })
    expect(existsSync(nowhere)).toBe(false)
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
  })

  test('a directory', async () => {
    mkdirSync(path)
    await expect(open()).rejects.toMatchObject({
      code: 'store-unsafe',
      data: { path, problem: 'not-a-file' },
    })
  })

  test('a pipe is refused, and nobody waits for its other end', async () => {
    execFileSync('mkfifo', [path])
    await expect(open()).rejects.toMatchObject({
      code: 'store-unsafe',
      data: { path, problem: 'not-a-file' },
    })
  })
})

describe('a store that cannot be made', () => {
  test('below a file', async () => {
    writeFileSync(path, '')
    path = join(path, 'requests.db')
    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable', data: { path } })
  })

  test('on a file system that takes no files', async () => {
    path = '/proc/requests.db'
    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable', data: { path } })
  })
})

test.each(['file:x.db?mode=memory', 'odd ?#% ü', 'http:', ' '])(
  '%j is the name of a file, and nothing more',
  async (name) => {
    path = join(directory.path, name, name)
    const store = await open()
    await store.capture(requestOf(), UNKNOWN)
    await store.close()
    expect(store.location).toBe(path)
    expect(filesUnder(directory.path)).toContain(path)
  },
)
