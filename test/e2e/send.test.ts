import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AppServer } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import { createHome, runCli, spawnCli, startListen } from '../helpers/spawn.ts'

let home: string
let remove: () => void
let app: AppServer
beforeEach(async () => {
  ;({ home, remove } = createHome())
  app = await startApp(() => ({ status: 200 }))
})
afterEach(async () => {
  await app.close()
  remove()
})

const SECRET = 'whsec_CANARYe2e0123456789abcdef'
const send = (...args: string[]): string[] => [
  'send',
  'stripe',
  'charge.succeeded',
  '--to',
  String(app.port),
  '--secret',
  'env:S',
  ...args,
]

test('a process that has nothing to do but wait for the next due event lives on', async () => {
  const { code, stdout } = await runCli(send('--count', '3', '--rate', '4/s'), { home, env: { S: SECRET } })
  expect(code).toBe(0)
  expect(stdout.toString().trim().split('\n')).toHaveLength(3)
  expect(app.received).toHaveLength(3)
})

test('SIGINT stops a run, tells what was sent and dies by SIGINT; what was sent is kept', async () => {
  const spawned = spawnCli(send('--count', '1000', '--rate', '20/s'), { home, env: { S: SECRET } })
  await spawned.until('stdout', /(?:.*\n){2}/)
  spawned.child.kill('SIGINT')
  expect(await spawned.ended).toEqual({ code: null, signal: 'SIGINT' })
  expect(spawned.stderr()).toMatch(/interrupted: \d+ of 1000 sent/)
  const listed = (await runCli(['list', '-n', '1000'], { home })).stdout.toString().trim().split('\n')
  expect(listed).toHaveLength(app.received.length)
})

test('send to listen, and verify: the secret is in no output and in no file', async () => {
  const listening = await startListen(['--secret', 'stripe=env:S'], { home, env: { S: SECRET } })
  const options = { home, env: { S: SECRET } }
  const sent = await runCli(
    ['send', 'stripe', 'charge.succeeded', '--to', String(listening.port), '--secret', 'env:S', '--no-store'],
    options,
  )
  await listening.until('stdout', /"type":"request".*\n/)
  listening.child.kill('SIGTERM')
  await listening.ended
  const verified = await runCli(['verify', 'last', '--secret', 'env:S'], options)
  const shown = await runCli(['show', 'last', '--json'], options)
  expect([sent.code, verified.code, shown.code]).toEqual([0, 0, 0])
  const all =
    [sent, verified, shown].map(({ stdout, stderr }) => stdout.toString() + stderr).join('') +
    String(listening.stdout()) +
    listening.stderr()
  expect(all).toContain('"status":"valid"')
  expect(all).not.toContain('CANARY')
  const store = readFileSync(join(home, '.local/state/webhook-cli/requests.db'))
  expect(store.includes('CANARY')).toBe(false)
})
