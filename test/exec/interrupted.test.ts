import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { post } from '../helpers/post.ts'
import type { Ended, Spawned } from '../helpers/spawn.ts'
import { spawnCli } from '../helpers/spawn.ts'
import { processesWith } from './runs.ts'

const home = mkdtempSync(join(tmpdir(), 'webhook-exec-'))
let cli: Spawned | undefined
afterEach(() => cli?.child.kill('SIGKILL'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}

/** A number of seconds that no other process sleeps. */
const SLEEP = `200000.${process.pid}`

test.each<[string, readonly [NodeJS.Signals, NodeJS.Signals], Ended]>([
  ['a second Ctrl-C', ['SIGINT', 'SIGINT'], { code: null, signal: 'SIGINT' }],
  ['SIGTERM and a Ctrl-C', ['SIGTERM', 'SIGINT'], { code: null, signal: 'SIGINT' }],
])('R-EXE-3: %s ends the commands that run, at once', async (_, signals, expected) => {
  const line = `trap '' TERM; sleep ${SLEEP} & sleep ${SLEEP}; :`
  cli = spawnCli(['listen', '--port', '0', '--no-store', '--exec-shell', line], { home })
  const text = await cli.until('stderr', /http:\/\/localhost:(\d+)/)
  const port = Number(/localhost:(\d+)/.exec(text)?.[1])
  await post(port, { body: 'x' })
  await expect.poll(() => processesWith(SLEEP).length, { timeout: 10_000 }).toBe(2)
  const [first, second] = signals
  cli.child.kill(first)
  // Two signals that are pending together may arrive as one: the first has arrived when nobody listens any more.
  await expect.poll(() => isOpen(port)).toBe(false)
  const began = performance.now()
  // One that comes within a tenth of a second is a copy of the first.
  const presses = setInterval(() => cli?.child.kill(second), 50)
  void cli.ended.then(() => clearInterval(presses))
  expect(await cli.ended).toEqual(expected)
  // By itself it would wait ten seconds for them.
  expect(performance.now() - began).toBeLessThan(5000)
  await expect.poll(() => processesWith(SLEEP)).toEqual([])
})
