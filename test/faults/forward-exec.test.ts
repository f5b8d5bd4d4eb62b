import { readdirSync, readFileSync } from 'node:fs'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/core/delivery.ts'
import { outcomeName } from '../../src/core/delivery.ts'
import { startApp } from '../helpers/app-server.ts'
import { post } from '../helpers/post.ts'
import type { Listening } from '../helpers/spawn.ts'
import { startListen } from '../helpers/spawn.ts'
import { postKeyed, readKept } from '../helpers/target.ts'
import { testHome } from '../helpers/test-home.ts'

const here = testHome()

async function listener(flags: readonly string[]): Promise<Listening> {
  return here.watched(await startListen(flags, { home: here.home }))
}

/** A script of the user's own, in the folder that the listener was started in. */
async function script(lines: string): Promise<string> {
  const path = join(here.home, 'job.sh')
  await writeFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
  return path
}

const log = async (): Promise<string[]> =>
  (await readFile(join(here.home, 'log'), 'utf8').catch(() => '')).split('\n').filter(Boolean)

/** Processes whose working folder is ours, but for the listener itself. */
function left(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
      const isOurs =
        words.includes(`HOME=${here.home}`) && words.some((word) => word.startsWith('WEBHOOK_ID='))
      return isOurs ? [pid] : []
    } catch {
      return []
    }
  })
}

async function deliveries(): Promise<Delivery[]> {
  return (await readKept(here.home)).all.flatMap((stored) => stored.deliveries)
}

describe.skipIf(process.platform !== 'linux')('R-EXE-3: 300 events', () => {
  test('at most so many commands at any time as are allowed, each event runs once, each result is a delivery', async () => {
    const job = await script(`echo + >> log; cat > /dev/null; sleep 0.05; echo - >> log`)
    const listening = await listener(['--exec', job, '--exec-concurrency', '6'])
    const statuses = await postKeyed(listening.port, 6, 0, 300)
    await expect.poll(async () => (await deliveries()).length, { timeout: 25_000, interval: 200 }).toBe(300)
    let [now, most] = [0, 0]
    for (const sign of await log()) most = Math.max(most, (now += sign === '+' ? 1 : -1))
    const results = await deliveries()
    console.log(`R-EXE-3: ${results.length} runs, at most ${most} at a time of 6 allowed`)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(6)
    expect(new Set(results.map(({ requestId }) => requestId)).size).toBe(300)
    expect(new Set(results.map(({ outcome }) => outcomeName(outcome)))).toEqual(new Set(['exit 0']))
    expect((await readKept(here.home)).undelivered).toEqual([])
  })

  test('SIGTERM of the listener leaves no process behind, and what did not run is owed and run after a restart', async () => {
    const job = await script(`echo + >> log; sleep 100 & sleep 100`)
    const listening = await listener(['--exec', job, '--exec-concurrency', '3'])
    await postKeyed(listening.port, 4, 0, 20)
    await expect.poll(async () => (await log()).length, { timeout: 10_000 }).toBe(3)
    expect(left().length).toBeGreaterThanOrEqual(3)
    listening.child.kill('SIGTERM')
    expect(await listening.ended).toEqual({ code: 0, signal: null })
    console.log(`R-EXE-3: processes left after SIGTERM: ${left().length}`)
    expect(left()).toEqual([])
    expect((await readKept(here.home)).undelivered).toHaveLength(20)
    await script('echo again >> log')
    await listener(['--exec', job, '--exec-concurrency', '3'])
    await expect.poll(async () => (await readKept(here.home)).undelivered.length, { timeout: 15_000 }).toBe(0)
    expect((await log()).filter((line) => line === 'again')).toHaveLength(20)
  })
})

describe('R-EXE-5: what counts as done', () => {
  const STATES: readonly (readonly [string, string, string, boolean])[] = [
    ['exit 0', 'exit 0', 'exit 0', true],
    ['another status', 'exit 3', 'exit 3', false],
    ['a signal', 'kill -TERM $$', 'SIGTERM', false],
    ['longer than --timeout', 'sleep 20', 'SIGTERM', false],
    ['exit 0 only after it was told to end', `trap 'exit 0' TERM; sleep 20 & wait`, 'SIGTERM', false],
  ]

  test.each(STATES)(
    '%s: the sender has its answer meanwhile; not repeated unasked',
    async (_name, line, name, isDone) => {
      const job = await script(`echo run >> log; ${line}`)
      const listening = await listener(['--exec', job, '--timeout', '600ms'])
      expect((await post(listening.port)).status).toBe(200)
      await listening.until('stdout', /"type":"delivery".*\n/)
      await expect.poll(async () => (await deliveries()).length).toBe(1)
      expect((await deliveries()).map(({ outcome }) => outcomeName(outcome))).toEqual([name])
      const kept = await readKept(here.home)
      expect(kept.undelivered).toHaveLength(isDone ? 0 : 1)
      expect(kept.all[0]?.owed?.map(({ state }) => state) ?? []).toEqual(isDone ? [] : ['given-up'])
      // A second event has run by the time we look whether the first did so again.
      await post(listening.port)
      await expect.poll(async () => (await deliveries()).length, { timeout: 10_000 }).toBe(2)
      expect(await log()).toHaveLength(2)
    },
  )

  test('what cannot be started is recorded as that', async () => {
    const listening = await listener(['--exec', './no-such-program'])
    expect((await post(listening.port)).status).toBe(200)
    await expect
      .poll(async () => (await deliveries()).map(({ outcome }) => outcomeName(outcome)))
      .toEqual(['ENOENT'])
    expect((await readKept(here.home)).undelivered).toHaveLength(1)
  })

  test('with --retries it is repeated until it exits with 0, each time told which attempt it is', async () => {
    const job = await script(`echo "$WEBHOOK_ATTEMPT" >> log; [ "$WEBHOOK_ATTEMPT" = 3 ]`)
    const listening = await listener(['--exec', job, '--retries', '5', '--backoff', '20ms'])
    await post(listening.port)
    await expect.poll(async () => (await readKept(here.home)).undelivered.length, { timeout: 10_000 }).toBe(0)
    expect(await log()).toEqual(['1', '2', '3'])
    expect((await deliveries()).map(({ attempt, outcome }) => [attempt, outcomeName(outcome)])).toEqual([
      [1, 'exit 1'],
      [2, 'exit 1'],
      [3, 'exit 0'],
    ])
  })

  test('the sender’s answer does not wait for a command', async () => {
    const gate = join(here.home, 'gate')
    const job = await script(`while ! [ -s gate ]; do sleep 0.05; done; echo done >> log`)
    const listening = await listener(['--exec', job])
    expect((await post(listening.port)).status).toBe(200)
    expect(await log()).toEqual([])
    await appendFile(gate, 'open')
    await expect.poll(async () => (await log()).length, { timeout: 10_000 }).toBe(1)
  })
})

test('with a target too, the answer is the target’s, and the command runs beside it', async () => {
  const job = await script(`cat >> log`)
  const app = await startApp(() => ({ status: 201, body: 'made' }))
  here.cleanUp(() => app.close())
  const listening = await listener([String(app.port), '--exec', job])
  const { status, body } = await post(listening.port, { body: 'payload\n' })
  expect([status, body]).toEqual([201, 'made'])
  await expect.poll(log, { timeout: 10_000 }).toEqual(['payload'])
})
