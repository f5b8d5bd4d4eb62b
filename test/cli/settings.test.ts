import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

function project(settings: unknown): string {
  const folder = join(bench.home, 'project', 'src', 'deep')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(bench.home, 'project', 'webhook-cli.json'), JSON.stringify(settings))
  return folder
}

function user(settings: unknown): void {
  mkdirSync(join(bench.home, '.config', 'webhook-cli'), { recursive: true })
  writeFileSync(join(bench.home, '.config', 'webhook-cli', 'config.json'), JSON.stringify(settings))
}

const storeLine = (stdout: string): string => /captures +(\S+)/.exec(stdout)?.[1] ?? ''

test('a flag wins over a variable, that over the project, that over the user, that over the default', async () => {
  const store = async (args: string[], env: Record<string, string>, cwd: string): Promise<string> =>
    storeLine((await bench.run(['help', 'paths', ...args], { env, cwd })).stdout)

  expect(await store([], {}, bench.home)).toBe(join(bench.home, '.local/state/webhook-cli/requests.db'))
  user({ store: '/u.db' })
  expect(await store([], {}, bench.home)).toBe('/u.db')
  const cwd = project({ store: '/p.db' })
  expect(await store([], {}, cwd)).toBe('/p.db')
  expect(await store([], { WEBHOOK_CLI_STORE: '/e.db' }, cwd)).toBe('/e.db')
  expect(await store(['--store', '/f.db'], { WEBHOOK_CLI_STORE: '/e.db' }, cwd)).toBe('/f.db')
})

test('help paths tells which value is from where', async () => {
  user({ keep: 5, port: 1 })
  const cwd = project({ port: 2 })
  const { stdout } = await bench.run(['help', 'paths'], { cwd, env: { WEBHOOK_CLI_HOST: '::1' } })
  expect(stdout).toMatch(/port +2 +project/)
  expect(stdout).toMatch(/keep +5 +user/)
  expect(stdout).toMatch(/host +::1 +environment/)
})

test('XDG variables move the files, unless they are relative', async () => {
  const env = { XDG_STATE_HOME: '/elsewhere', XDG_CONFIG_HOME: 'relative' }
  const { stdout } = await bench.run(['help', 'paths'], { env })
  expect(storeLine(stdout)).toBe('/elsewhere/webhook-cli/requests.db')
  expect(stdout).toContain(join(bench.home, '.config/webhook-cli/config.json'))
})

test.each([
  ['{"prot": 1}', /unknown setting "prot"; close: port\n/],
  ['{"exec": "make"}', /unknown setting "exec"; known are store, port, /],
  ['{"port": true}', /"port" must be a number/],
  ['[1]', /must be a JSON object/],
  ['{nope', /not JSON/],
  ['{"__proto__": {"port": 1}}', /unknown setting "__proto__"/],
])('settings of %s are refused with the path', async (text, words) => {
  const path = join(bench.home, 'webhook-cli.json')
  writeFileSync(path, text)
  const { status, stderr } = await bench.run(['list'])
  expect(status).toBe(2)
  expect(stderr).toContain('~/webhook-cli.json')
  expect(stderr).toMatch(words)
})

test('a value that makes no sense names the file it stands in', async () => {
  project({ port: 99999 })
  const { status, stderr } = await bench.run(['listen'], { cwd: join(bench.home, 'project') })
  expect(status).toBe(2)
  expect(stderr).toContain('project/webhook-cli.json')
})

test('--config must be there', async () => {
  const { status, stderr } = await bench.run(['list', '--config', 'missing.json'])
  expect(status).toBe(1)
  expect(stderr).toContain('missing.json')
})
