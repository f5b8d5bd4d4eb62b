import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AppServer } from '../helpers/app-server.ts'
import { benchWithApps } from '../helpers/bench-with-apps.ts'
import { arrivedAt, freePort, jsonLines } from '../helpers/listening.ts'
import { post } from '../helpers/post.ts'
import { post as rawPost, rawClient } from '../helpers/raw-http.ts'

const { app, bench, listening } = benchWithApps()

const TTY = { columns: 100, env: { NO_COLOR: '1' } }

/** Posts an event by its name, to a path of that name. */
const send = (port: number, type: string) =>
  post(port, {
    path: `/${type}`,
    headers: ['Content-Type', 'application/json'],
    body: JSON.stringify({ type }),
  })

/** Refuses the events `bad` and `bad.shown`. */
const picky = (): Promise<AppServer> =>
  app(({ url }) => ({ status: url.startsWith('/bad') ? 500 : 200, body: 'no\n' }))

describe('a request that the filter hides is passed on all the same', () => {
  const args = (port: number): string[] => [String(port), '--event', '*shown']
  const events = ['good', 'good.shown', 'bad', 'bad.shown']

  test('on a terminal: no line where it was accepted; where not, one that says which request it is', async () => {
    const target = await picky()
    const session = await listening(args(target.port), TTY)
    for (const type of events) await send(session.port, type)
    await session.end()
    expect(target.received).toHaveLength(4)
    const lines = session.stdout.text().trimEnd().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/POST +\/good\.shown/),
      expect.stringMatching(/^ {10}→ 200 /),
      expect.stringMatching(/^ {10}→ \w{4} {2}POST \/bad {2}500 .*no$/),
      expect.stringMatching(/POST +\/bad\.shown/),
      expect.stringMatching(/^ {10}→ 500 .*no$/),
    ])
    expect((await bench.run(['list', '--json'])).stdout.trim().split('\n')).toHaveLength(4)
  })

  test('with --json and in a pipe: what failed has its delivery, and no request', async () => {
    const target = await picky()
    const ndjson = await listening([...args(target.port), '--json'])
    for (const type of events) await send(ndjson.port, type)
    await ndjson.end()
    expect(jsonLines(ndjson).map(({ type, target: to }) => [type, to])).toMatchObject([
      ['ready', undefined],
      ['request', '/good.shown'],
      ['delivery', expect.stringMatching(/\/good\.shown$/)],
      ['delivery', expect.stringMatching(/\/bad$/)],
      ['request', '/bad.shown'],
      ['delivery', expect.stringMatching(/\/bad\.shown$/)],
      ['stopped', undefined],
    ])
    const pipe = await listening(args(target.port))
    for (const type of events) await send(pipe.port, type)
    await pipe.end()
    const rows = pipe.stdout.text().trimEnd().split('\n')
    expect(rows.map((row) => row.split('\t').slice(2, 5).join(' '))).toEqual([
      expect.stringContaining('POST /good.shown'),
      expect.stringMatching(/^-> .*\/good\.shown 200$/),
      expect.stringMatching(/^-> .*\/bad 500$/),
      expect.stringContaining('POST /bad.shown'),
      expect.stringMatching(/^-> .*\/bad\.shown 500$/),
    ])
  })

  test('how a failure ended is told, however it ended', async () => {
    const target = await app(() => ({ status: target.received.length === 1 ? 503 : 200 }))
    const session = await listening(
      [...args(target.port), '--respond', '202', '--backoff', '10ms', '--json'],
      {},
    )
    await send(session.port, 'hidden')
    await session.stdout.until(/"attempt":2/)
    await session.end()
    expect(jsonLines(session).map(({ type, outcome }) => [type, outcome])).toMatchObject([
      ['ready', undefined],
      ['delivery', { status: 503 }],
      ['delivery', { status: 200 }],
      ['stopped', undefined],
    ])
  })

  test('that its target is down, and answers again, is said', async () => {
    const port = await freePort()
    const session = await listening(args(port), TTY)
    await send(session.port, 'hidden')
    await session.stderr.until(/refused the connection, answered 502/)
    await app(undefined, port)
    await send(session.port, 'hidden')
    await session.stderr.until(/answers again/)
    await session.end()
    expect(session.stdout.text()).toMatch(/^ +→ \w{4} {2}POST \/hidden {2}✗ refused\n$/)
  })

  test('with -q only failures are told, hidden or not', async () => {
    const target = await picky()
    const session = await listening([...args(target.port), '-q', '--json'])
    for (const type of events) await send(session.port, type)
    await session.end()
    expect(jsonLines(session).map(({ type, outcome }) => [type, outcome])).toMatchObject([
      ['ready', undefined],
      ['delivery', { status: 500 }],
      ['delivery', { status: 500 }],
      ['stopped', undefined],
    ])
  })

  test('so is one that came in the same instant as the last of --count, and nothing is shown of it', async () => {
    const target = await app()
    const session = await listening([String(target.port), '--count', '1', '--json'])
    const clients = await Promise.all([1, 2].map(() => rawClient({ port: session.port })))
    const bytes = rawPost('x', [], '/shown')
    for (const client of clients) await client.send(bytes.subarray(0, -1))
    for (const client of clients) await client.send(bytes.subarray(-1))
    expect(await session.status).toBe(0)
    for (const client of clients) client.socket.destroy()
    expect(target.received).toHaveLength(2)
    expect(jsonLines(session).map(({ type }) => type)).toEqual(['ready', 'request', 'delivery', 'stopped'])
    expect(jsonLines(session).at(-1)).toMatchObject({ captured: 2 })
  })

  test('--notify and --exec see what is shown, and nothing else', async () => {
    const told = join(bench.home, 'told')
    const tool = join(bench.home, 'notify-send')
    writeFileSync(tool, `#!/bin/sh\nprintf '%s|' "$@" >> '${told}'\n`)
    chmodSync(tool, 0o755)
    const target = await app()
    const session = await listening([...args(target.port), '--notify', '*', '--exec', 'true', '--json'], {
      env: { PATH: `${bench.home}:${process.env['PATH'] ?? ''}`, DISPLAY: ':9' },
    })
    await send(session.port, 'hidden')
    await send(session.port, 'is.shown')
    await arrivedAt(target, 2)
    await session.stdout.until(/"cause":"exec"/)
    while (!existsSync(told) || !readFileSync(told, 'utf8').includes('shown'))
      await new Promise((resolve) => setImmediate(resolve))
    await session.end()
    expect(readFileSync(told, 'utf8')).not.toContain('hidden')
    expect(jsonLines(session).filter(({ cause }) => cause === 'exec')).toHaveLength(1)
  })
})
