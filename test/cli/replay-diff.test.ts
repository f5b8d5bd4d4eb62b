import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppServer, Reaction, Received } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'

let bench: Bench
const apps: AppServer[] = []
beforeEach(() => {
  bench = createBench()
})
afterEach(async () => {
  bench.remove()
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

/** An application whose answer can be exchanged while it runs. */
async function changingApp(react: (request: Received) => Reaction) {
  const now = { react }
  const server = await startApp((request) => now.react(request))
  apps.push(server)
  return { server, now, to: ['--to', String(server.port)] }
}

const answer = (body: unknown, status = 200, headers = {}): Reaction => ({
  status,
  body: JSON.stringify(body),
  headers,
})

/** Three requests that were answered, and kept with their answers. */
async function recorded(port: number): Promise<void> {
  const send = [
    'send',
    'stripe',
    'charge.succeeded',
    '--to',
    `${port}/hooks`,
    '--secret',
    'env:S',
    '--count',
    '3',
  ]
  const { stderr } = await bench.run(send, { env: { S: 'whsec_CANARYstripe0123456789abcd' } })
  expect(stderr).toContain('3 sent')
}

describe('replay --diff', () => {
  test('same, though key order, date and id differ; then a field changes: exit 6 with --fail-on-diff', async () => {
    let id = 0
    const { server, now } = await changingApp(() => answer({ ok: true, total: 10, id: ++id }))
    await recorded(server.port)
    now.react = () => answer({ id: ++id, total: 10, ok: true })
    const args = ['replay', 'last~2..last', '--fail-on-diff', '--diff-ignore', '/id']
    const same = await bench.run(args)
    expect([same.status, same.stderr]).toEqual([0, expect.stringContaining('\n3 same\n')])
    now.react = ({ headers }) =>
      answer({ id: ++id, total: headers['webhook-cli-replay'] === '2' ? 11 : 10, ok: true })
    const changed = await bench.run(args, { columns: 100 })
    expect(changed.status).toBe(6)
    expect(changed.stdout).toMatch(
      /✗ changed[^\n]*\n[^\n]*\n[^\n]*body \/total[^\n]* {2}10 → 11\n[^\n]*latency/,
    )
    expect(changed.stderr).toContain('3 changed')
  })

  test('without --fail-on-diff a difference is told, and the answers decide', async () => {
    const { server, now } = await changingApp(() => answer({ a: 1 }))
    await recorded(server.port)
    now.react = () => answer({ a: 2 })
    expect((await bench.run(['replay', 'last', '--diff'])).status).toBe(0)
    now.react = () => answer({ a: 2 }, 500)
    const { status, stdout } = await bench.run(['replay', 'last', '--diff'])
    expect(status).toBe(5)
    expect(stdout).toContain('\tregressed: status 200 → 500; body /a 1 → 2\n')
  })

  test('what was refused and is accepted now is fixed, and no failure', async () => {
    const { server, now } = await changingApp(() => answer({ error: 'x' }, 400))
    await recorded(server.port)
    now.react = () => answer({ ok: true })
    const { status, stdout } = await bench.run(['replay', 'last', '--fail-on-diff'])
    expect([status, stdout]).toEqual([0, expect.stringContaining('\tfixed: status 400 → 200')])
  })

  test('an answer that is no success, and was none before, is the same', async () => {
    const { server } = await changingApp(() => answer({ error: 'x' }, 422))
    await recorded(server.port)
    expect((await bench.run(['replay', 'last', '--fail-on-diff'])).status).toBe(0)
  })

  test('nobody there is a failure of its own', async () => {
    const { server } = await changingApp(() => answer({}))
    await recorded(server.port)
    const args = ['replay', 'last', '--to', '1', '--json', '--fail-on-diff']
    const { status, stdout } = await bench.run(args)
    expect(status).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({
      diff: {
        verdict: 'regressed',
        differences: [{ where: 'status', before: '200', after: 'ECONNREFUSED' }],
      },
    })
  })

  test('replays do not become what later ones are compared with', async () => {
    const { server, now } = await changingApp(() => answer({ a: 1 }))
    await recorded(server.port)
    now.react = () => answer({ a: 2 })
    for (const _ of [1, 2]) expect((await bench.run(['replay', 'last', '--fail-on-diff'])).status).toBe(6)
  })

  test('nothing to compare with does not pass for the same', async () => {
    const { server, to } = await changingApp(() => answer({}))
    writeFileSync(join(bench.home, 'r.http'), 'POST /x HTTP/1.1\n\n')
    const { status, stderr } = await bench.run(['replay', '@r.http', ...to, '--fail-on-diff'])
    expect([status, stderr]).toEqual([6, expect.stringContaining('1 nothing to compare with')])
    expect(stderr).toContain('--json > answers.ndjson')
    expect(server.received).toHaveLength(1)
  })

  test('headers can be left out by name', async () => {
    const { server, now } = await changingApp(() => answer({}, 200, { ETag: '1', 'X-Version': '1' }))
    await recorded(server.port)
    now.react = () => answer({}, 200, { ETag: '2', 'X-Version': '1' })
    expect((await bench.run(['replay', 'last', '--fail-on-diff'])).status).toBe(6)
    expect(
      (await bench.run(['replay', 'last', '--fail-on-diff', '--diff-ignore', 'header:etag'])).status,
    ).toBe(0)
  })

  test.each(['ts', 'header:', 'header:a b', '/a~b'])('--diff-ignore %s makes no sense', async (text) => {
    expect((await bench.run(['replay', 'last', '--diff-ignore', text])).status).toBe(2)
  })
})

describe('fixtures in a folder', () => {
  test('answers of one run are what the next is compared with: a regression test', async () => {
    const { server, now, to } = await changingApp(({ url, body }) => answer({ url, size: body.length }))
    await recorded(server.port)
    const folder = join(bench.home, 'fixtures')
    mkdirSync(folder)
    for (const ref of ['last', 'last~1', 'last~2']) {
      const { stdout } = await bench.run(['show', ref, '--json'])
      writeFileSync(join(folder, `${ref}.json`), stdout)
    }
    const elsewhere = { cwd: bench.home, env: { WEBHOOK_CLI_STORE: ':memory:' } }
    writeFileSync(join(folder, 'expected.ndjson'), '')
    const first = await bench.run(['replay', './fixtures', ...to, '--json'], elsewhere)
    expect(first.stdout.trim().split('\n')).toHaveLength(3)
    writeFileSync(join(folder, 'expected.ndjson'), first.stdout)
    const args = ['replay', './fixtures', ...to, '--fail-on-diff']
    const same = await bench.run(args, elsewhere)
    expect([same.status, same.stderr]).toEqual([0, expect.stringContaining('3 same')])
    now.react = ({ body }) => answer({ url: '/changed', size: body.length })
    expect((await bench.run(args, elsewhere)).status).toBe(6)
    expect(server.received).toHaveLength(3 + 9)
  })

  test('the answers may be in a file of their own, in any place', async () => {
    const { server, now, to } = await changingApp(() => answer({ a: 1 }))
    await recorded(server.port)
    writeFileSync(join(bench.home, 'one.json'), (await bench.run(['show', 'last', '--json'])).stdout)
    const { stdout } = await bench.run(['replay', '@one.json', ...to, '--json'])
    writeFileSync(join(bench.home, 'answers.ndjson'), stdout)
    const args = ['replay', '@answers.ndjson', '@one.json', ...to, '--fail-on-diff']
    expect((await bench.run(args)).status).toBe(0)
    now.react = () => answer({ a: 2 })
    expect((await bench.run(args)).status).toBe(6)
  })

  test('an HTTP message, a list, and lines with other things in them', async () => {
    const { server, to } = await changingApp(() => answer({}))
    await recorded(server.port)
    const one = (await bench.run(['show', 'last', '--json'])).stdout.trim()
    writeFileSync(join(bench.home, 'a.http'), 'PUT /a?x HTTP/1.1\r\nX-A: 1\r\n\r\nbody')
    writeFileSync(join(bench.home, 'b.json'), `[${one},\n${one}]`)
    writeFileSync(
      join(bench.home, 'c.ndjson'),
      `{"v":1,"type":"ready"}\n${one}\n\n{"v":1,"type":"stopped"}\n`,
    )
    server.received.length = 0
    const { status, stdout } = await bench.run(['replay', '@a.http', '@b.json', '@c.ndjson', ...to])
    expect([status, stdout.trim().split('\n').length]).toEqual([0, 4])
    expect(
      server.received.map(({ method, url, body }) => `${method} ${url} ${body.length > 100}`).toSorted(),
    ).toEqual([
      ...Array.from({ length: 3 }, () => `POST /hooks ${String(JSON.parse(one).body.size > 100)}`),
      'PUT /a?x false',
    ])
  })

  test.each([
    ['har', '@day.har'],
    ['har', './days'],
    ['curl', '@day.har'],
  ])('exported as %s, %s is replayed as the store is', async (format, word) => {
    const { server, to } = await changingApp(() => answer({}))
    await recorded(server.port)
    const path = join(bench.home, word === './days' ? 'days' : '', 'day.har')
    mkdirSync(join(bench.home, 'days'))
    const exported = await bench.run(['export', 'last~2..last', '--format', format, '--show-secrets'])
    writeFileSync(path, exported.stdout)
    const sentBy = async (args: readonly string[]): Promise<unknown[]> => {
      server.received.length = 0
      expect((await bench.run(['replay', ...args, ...to])).status).toBe(0)
      return server.received.map(({ method, url, headers, body }) => {
        const kept = Object.entries(headers).filter(([name]) => !name.startsWith('webhook-cli-'))
        return { method, url, headers: Object.fromEntries(kept), body: body.toString('base64') }
      })
    }
    const stored = await sentBy(['last~2..last'])
    expect(stored).toHaveLength(3)
    expect(await sentBy([word])).toEqual(stored)
  })

  test('of commands of which one cannot be read none is sent', async () => {
    const { server, to } = await changingApp(() => answer({}))
    writeFileSync(join(bench.home, 'day.sh'), 'curl -d 1 localhost/a\ncurl -d @b.json localhost/b\n')
    const { status, stderr } = await bench.run(['replay', '@day.sh', ...to])
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/there is no request in .*\n +line 2: its body/),
    ])
    expect(server.received).toEqual([])
  })

  test.each([
    ['@none.json', 1, 'cannot read'],
    ['@bad.json', 2, 'there is no request in'],
    ['@deep.json', 2, 'its JSON is nested deeper than 256'],
    ['./empty', 2, 'there is no request in the folder empty'],
  ])('%s ends with %i', async (word, expected, words) => {
    writeFileSync(join(bench.home, 'bad.json'), '{"v":1,"type":"request","method":"G E T"}')
    writeFileSync(join(bench.home, 'deep.json'), '['.repeat(100_000))
    mkdirSync(join(bench.home, 'empty'))
    const { status, stderr } = await bench.run(['replay', word, '--to', '1'])
    expect([status, stderr]).toEqual([expected, expect.stringContaining(words)])
  })

  test('a target in the settings is another machine: not without --allow-remote', async () => {
    writeFileSync(join(bench.home, 'r.http'), 'POST /x HTTP/1.1\n\n')
    writeFileSync(join(bench.home, 'webhook-cli.json'), '{"target":"http://192.0.2.1/"}')
    const { status, stderr } = await bench.run(['replay', '@r.http', '--dry-run'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('--allow-remote')])
  })
})
