import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import type { AppServer } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { random, requestOf, UNKNOWN } from '../store/samples.ts'

let bench: Bench
let app: AppServer
beforeEach(async () => {
  bench = createBench()
  app = await startApp(() => ({ status: 200 }))
})
afterEach(async () => {
  await app.close()
  bench.remove()
})

const target = (): string => `http://127.0.0.1:${app.port}`

/** As a listener leaves them that was told to keep all. */
async function captured(count: number): Promise<void> {
  const path = join(bench.home, '.local/state/webhook-cli/requests.db')
  const store = await openSqliteStore({ path, random })
  await Promise.all(Array.from({ length: count }, () => store.capture(requestOf(), UNKNOWN)))
  await store.close()
}

async function kept(): Promise<number> {
  const { stdout } = await bench.run(['list', '--json', '-n', '100000'])
  return stdout.split('\n').filter(Boolean).length
}

test('of more than a listener keeps by default, send and import let nothing go', async () => {
  await captured(10_200)
  expect((await bench.run(['send', 'github', 'push', '--to', target()])).status).toBe(0)
  const stdin = `curl ${target()}/imported -d '{}'`
  expect((await bench.run(['import', '-'], { stdin })).stderr).toContain('imported 1 request')
  expect(await kept()).toBe(10_202)
})

test('forward lets nothing go, whatever a setting says: it adds no request', async () => {
  await captured(5)
  const env = { WEBHOOK_CLI_KEEP: '2', WEBHOOK_CLI_KEEP_SIZE: '1kb' }
  expect((await bench.run(['forward', target(), '--once'], { env })).status).toBe(0)
  expect(app.received).toHaveLength(5)
  expect(await kept()).toBe(5)
})

test.each([
  ['list'],
  ['show', 'last'],
  ['verify', 'last'],
  ['export', 'last'],
  ['replay', 'last', '--dry-run', '--to', '9'],
  ['clear', '--dry-run'],
  ['__complete', '--', 'show', ''],
])('%s lets nothing go, whatever a setting says', async (...args) => {
  await captured(5)
  await bench.run(args, { env: { WEBHOOK_CLI_KEEP: '2', WEBHOOK_CLI_KEEP_SIZE: '1kb' } })
  expect(await kept()).toBe(5)
})
