import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/ports.ts'
import { openStore } from '../../src/store/open.ts'
import { createWorkers } from '../../src/store/workers.ts'
import { makeDirectory, random, requestOf, UNKNOWN } from './samples.ts'

const probe = (pid: number): unknown => process.kill(pid, 0)
const workers = createWorkers({ pid: process.pid, probe })

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process that does nothing until it is killed. */
async function startChild(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  children.push(child)
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error('not started')
  return Object.assign(child, { pid: child.pid })
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('whether a worker is still there', () => {
  test('we are', () => {
    expect(workers.isRunning(workers.self)).toBe(true)
  })

  test('one that runs is, and is not once it was killed', async () => {
    const child = await startChild()
    const { self } = createWorkers({ pid: child.pid, probe })
    expect(self.pid).toBe(child.pid)
    expect(workers.isRunning(self)).toBe(true)
    await killed(child)
    expect(workers.isRunning(self)).toBe(false)
  })

  test('a later process that got its pid is not the same', async () => {
    const { self } = createWorkers({ pid: (await startChild()).pid, probe })
    const later = self.began.replace(/\d+$/, (ticks) => String(Number(ticks) - 1))
    expect(workers.isRunning({ ...self, began: later })).toBe(false)
  })

  test('nor is one that had our pid and began at our tick before the machine was started anew', () => {
    const { self } = workers
    const before = self.began.replace(/^\S+/, '00000000-0000-4000-8000-000000000000')
    expect(before).not.toBe(self.began)
    expect(workers.isRunning({ ...self, began: before })).toBe(false)
  })

  test('one of another user that may not be asked is there', () => {
    const refusing = createWorkers({
      pid: process.pid,
      probe() {
        throw Object.assign(new Error('not permitted'), { code: 'EPERM' })
      },
    })
    expect(refusing.isRunning(workers.self)).toBe(true)
  })

  test('of the name of a program that holds blanks and parentheses nothing is misread', async () => {
    const child = spawn('bash', ['-c', 'exec -a "x) R 1 (y" sleep 1000'], { stdio: 'ignore' })
    children.push(child)
    await once(child, 'spawn')
    const { self } = createWorkers({ pid: child.pid ?? 0, probe })
    expect(self.began).toMatch(/^\S+ \d+$/)
    expect(workers.isRunning(self)).toBe(true)
  })
})

describe('two workers on one store', () => {
  const APP = 'http://localhost:3000'
  const demand = { limit: 10, now: 1_800_000_000_000, destinations: [APP] }

  async function opened(pid: number, location: string): Promise<Store> {
    return openStore({
      location,
      keep: 0,
      onNotice: () => {},
      random,
      uid: process.getuid?.(),
      warnings: process,
      workers: createWorkers({ pid, probe }),
    })
  }

  test('what one has in hand the other gets only once the one is gone, and then at once', async () => {
    const folder = makeDirectory()
    const child = await startChild()
    const path = join(folder.path, 'requests.db')
    const theirs = await opened(child.pid, path)
    const ours = await opened(process.pid, path)
    try {
      for (let i = 0; i < 5; i++)
        await theirs.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: false }])
      const held = await theirs.outbox.take({ ...demand, limit: 3 })
      expect(held.debts).toHaveLength(3)
      const free = await ours.outbox.take(demand)
      expect(free.debts).toHaveLength(2)
      const all = new Set([...held.debts, ...free.debts].map(({ requestId }) => requestId))
      expect(all.size).toBe(5)
      expect((await ours.outbox.take(demand)).debts).toEqual([])

      await killed(child)
      const inherited = await ours.outbox.take(demand)
      expect(inherited.debts.map(({ requestId }) => requestId)).toEqual(
        held.debts.map(({ requestId }) => requestId),
      )
      // Had it only been stopped for a while, it would come too late.
      const [late] = held.debts
      expect(late && (await theirs.outbox.settle(late, { kind: 'paid' }, demand.now))).toBe(false)
    } finally {
      await ours.close()
      await theirs.close()
      folder.remove()
    }
  })
})
