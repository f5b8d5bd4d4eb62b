import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandName } from '../../src/core/outbox.ts'
import { benchWithApps } from '../helpers/bench-with-apps.ts'
import { arrivedAt, freePort, jsonLines } from '../helpers/listening.ts'
import { post } from '../helpers/post.ts'
import { withStore } from '../helpers/target.ts'
import { deferred } from '../helpers/test-receiver.ts'
import { requestOf, UNKNOWN } from '../store/samples.ts'

const { app, bench, listening } = benchWithApps()
const json = { headers: ['Content-Type', 'application/json'] }

describe('answered at once', () => {
  test('the sender gets --respond while the app still works, and the delivery follows', async () => {
    const answered = deferred<{ status: number }>()
    const target = await app(() => answered.promise)
    const session = await listening([String(target.port), '--respond', '202', '--json'])
    expect((await post(session.port, { body: 'x' })).status).toBe(202)
    await arrivedAt(target, 1)
    expect(session.stdout.text()).not.toContain('"delivery"')
    answered.resolve({ status: 200 })
    await session.stdout.until(/"type":"delivery"/)
    await session.end()
    expect(jsonLines(session).map(({ type }) => type)).toEqual(['ready', 'request', 'delivery', 'stopped'])
    expect(jsonLines(session).at(-1)).toMatchObject({ captured: 1, undelivered: 0 })
  })

  test('a delivery is documented field by field', async () => {
    const target = await app(() => ({ status: 201, body: 'made', headers: { 'X-A': '1' } }))
    const session = await listening([`${target.port}/hooks`, '--respond', '202', '--json'])
    await post(session.port, { body: 'x' })
    await session.stdout.until(/"type":"delivery"/)
    await session.end()
    const [ready, request, delivery] = jsonLines(session)
    expect(ready?.['targets']).toEqual([`http://localhost:${target.port}/hooks`])
    expect(delivery).toMatchObject({
      v: 1,
      type: 'delivery',
      requestId: request?.['id'],
      cause: 'forward',
      target: `http://localhost:${target.port}/hooks`,
      attempt: 1,
      durationMs: expect.any(Number) as number,
      outcome: { kind: 'response', status: 201 },
    })
    expect(Date.parse(String(delivery?.['startedAt']))).toBeGreaterThan(Date.now() - 60_000)
  })

  test('tried again by the list, under the same id, with the number of the attempt', async () => {
    const target = await app(() => ({ status: target_().length < 3 ? 503 : 200 }))
    const target_ = () => target.received
    const session = await listening([
      String(target.port),
      '--respond',
      '202',
      '--backoff',
      '10ms,20ms',
      '--json',
    ])
    await post(session.port, { body: 'x' })
    await arrivedAt(target, 3)
    await session.stdout.until(/"attempt":3/)
    await session.end()
    const ids = target.received.map(({ headers }) => headers['webhook-cli-id'])
    expect(new Set(ids).size).toBe(1)
    expect(target.received.map(({ headers }) => headers['webhook-cli-attempt'])).toEqual([
      undefined,
      '2',
      '3',
    ])
    expect(jsonLines(session).at(-1)).toMatchObject({ undelivered: 0 })
  })

  test('what is owed when it ends is told, listed and delivered by the next run', async () => {
    const port = await freePort()
    const first = await listening([String(port), '--respond', '202', '--json'])
    for (let i = 0; i < 3; i++) await post(first.port, { path: `/${i}` })
    await first.stdout.until(/"type":"delivery"/)
    await first.end()
    expect(jsonLines(first).at(-1)).toMatchObject({ captured: 3, undelivered: 3 })
    const target = await app(undefined, port)
    const second = await listening([String(port), '--respond', '202', '--json'])
    await arrivedAt(target, 3)
    await second.stdout.until(/(?:"type":"delivery"[\s\S]*){3}/)
    await second.end()
    expect(target.received.map(({ url }) => url).toSorted()).toEqual(['/0', '/1', '/2'])
    expect((await bench.run(['list', '--undelivered', '--json'])).stdout).toBe('')
  })

  test('--order-by: what has the same key comes one after the other, what has not does not wait', async () => {
    const held = deferred<{ status: number }>()
    const target = await app(({ url }) => (url === '/slow?1' ? held.promise : { status: 200 }))
    const session = await listening([String(target.port), '--respond', '202', '--order-by', 'path'])
    for (const path of ['/slow?1', '/slow?2', '/slow?3', '/other']) await post(session.port, { path })
    await arrivedAt(target, 2)
    expect(target.received.map(({ url }) => url)).toEqual(['/slow?1', '/other'])
    held.resolve({ status: 200 })
    await arrivedAt(target, 4)
    expect(target.received.map(({ url }) => url)).toEqual(['/slow?1', '/other', '/slow?2', '/slow?3'])
    await session.end()
  })

  test('--order-by with CEL: the key is what the condition gives', async () => {
    const held = deferred<{ status: number }>()
    const target = await app(({ body }) =>
      body.toString().includes('"n":1') ? held.promise : { status: 200 },
    )
    const session = await listening([
      String(target.port),
      '--respond',
      '202',
      '--order-by',
      'request.body.customer',
    ])
    for (const body of ['{"customer":"a","n":1}', '{"customer":"a","n":2}', '{"customer":"b","n":3}'])
      await post(session.port, { ...json, body })
    await arrivedAt(target, 2)
    expect(target.received.at(-1)?.body.toString()).toContain('"n":3')
    held.resolve({ status: 200 })
    await arrivedAt(target, 3)
    await session.end()
  })

  test('retention leaves what is still owed', async () => {
    const port = await freePort()
    const session = await listening([String(port), '--respond', '202', '--keep', '2', '--json'])
    for (let i = 0; i < 6; i++) await post(session.port, { path: `/${i}` })
    await session.end()
    const { stdout } = await bench.run(['list', '--undelivered', '--json'])
    expect(stdout.trim().split('\n')).toHaveLength(6)
  })
})

describe('headers on the way', () => {
  test('--header sets and removes, --host-header keep sends the sender’s', async () => {
    const target = await app()
    const session = await listening([
      String(target.port),
      '--no-store',
      '--header',
      'X-Env: dev',
      '-H',
      'X-Drop:',
      '--host-header',
      'keep',
    ])
    await post(session.port, { headers: ['X-Drop', '1', 'x-env', 'prod', 'X-Drop', '2', 'X-Keep', ' a '] })
    await session.end()
    const [received] = target.received
    if (received === undefined) throw new Error('nothing arrived')
    const { headers, rawHeaders } = received
    expect(headers['x-drop']).toBeUndefined()
    expect(rawHeaders[rawHeaders.indexOf('x-env') + 1]).toBe('dev')
    expect(headers.host).toBe(`127.0.0.1:${session.port}`)
    expect(headers.via).toBe('1.1 webhook-cli')
    expect(headers['webhook-cli-id']).toMatch(/^[a-z2-9]{8}$/)
  })
})

describe('on a terminal', () => {
  test.each([100, 60])('at %i columns nothing is wider than the terminal, good or bad', async (columns) => {
    const bad = await app(({ url }) => ({
      status: url.includes('bad') ? 500 : 200,
      body: `TypeError: cannot read ${'x'.repeat(300)}\n\x1b[2Jat /app\n`,
    }))
    const down = await freePort()
    const session = await listening(
      [
        String(bad.port),
        '--forward',
        `${down}/a/${'long/'.repeat(30)}`,
        '--exec',
        `true ${'arg '.repeat(40)}`,
      ],
      { columns, env: { NO_COLOR: '1' } },
    )
    await post(session.port, { path: '/good' })
    await post(session.port, { path: '/bad' })
    await session.stdout.until(/(?:→[\s\S]*){6}/)
    await session.end()
    const text = session.stdout.text()
    expect(text.split('\n').filter((line) => line.length > columns)).toEqual([])
    // What is to be copied stays whole.
    const said = session.stderr.text().split('\n')
    expect(said.filter((line) => line.length > columns && !/curl|long\/|arg arg/.test(line))).toEqual([])
    expect(text).not.toContain('\x1b')
    expect(text).toMatch(/→ .*200 /)
    expect(text).toMatch(/→ .*500 /)
    expect(text).toMatch(/→ .*\$ true arg/)
  })

  test('below its arrival stands what came of it', async () => {
    const target = await app(() => ({ status: 404, body: 'no such route\n' }))
    const session = await listening([String(target.port)], { columns: 100, env: { NO_COLOR: '1' } })
    await post(session.port, { path: '/hooks', body: 'x' })
    await session.stdout.until(/404/)
    await session.end()
    const [arrival, delivery] = session.stdout.text().split('\n')
    expect(arrival).toMatch(/^\d\d:\d\d:\d\d .*POST +\/hooks/)
    expect(delivery).toMatch(/^ {10}→ 404 .*\d ms +no such route$/)
  })

  test('-q tells what failed, and nothing else', async () => {
    const target = await app(({ url }) => ({ status: url === '/bad' ? 500 : 200 }))
    const session = bench.start(
      ['listen', '--port', '0', '-q', '--ready-file', 'ready', String(target.port)],
      {
        columns: 100,
        env: { NO_COLOR: '1' },
      },
    )
    const port = await portFrom(join(bench.home, 'ready'))
    await post(port, { path: '/good' })
    await post(port, { path: '/bad' })
    await session.stdout.until(/500/)
    session.interrupt()
    await session.status
    expect(session.stdout.text()).toMatch(/^ +→ \S+ {2}500 /)
    expect(session.stdout.text()).not.toContain('200')
    expect(session.stderr.text()).toBe('')
  })
})

describe('in a pipe', () => {
  test('a delivery is one line of tab-separated facts, told from arrivals by ->', async () => {
    const target = await app(() => ({ status: 200 }))
    const session = await listening([String(target.port)])
    await post(session.port, { path: '/x' })
    const text = await session.stdout.until(/\t->\t/)
    await session.end()
    const rows = text.trim().split('\n')
    const [id, at, mark, url, outcome, ms, attempt, settlement] = (rows[1] ?? '').split('\t')
    expect(rows[0]?.startsWith(`${id}\t`)).toBe(true)
    expect(new Date(at ?? '').toISOString()).toBe(at)
    expect([mark, url, outcome, attempt, settlement]).toEqual([
      '->',
      `http://localhost:${target.port}/x`,
      '200',
      '1',
      'paid',
    ])
    expect(Number(ms)).toBeGreaterThan(0)
  })
})

describe('commands and notifications', () => {
  test('build on push, in one line: the body on stdin, what it is in variables, its result recorded', async () => {
    const script = join(bench.home, 'build.sh')
    writeFileSync(script, '#!/bin/sh\necho "$WEBHOOK_EVENT $(cat)" >> built\n')
    chmodSync(script, 0o755)
    const session = await listening([
      '--exec',
      './build.sh',
      '--event',
      'push',
      '--provider',
      'github',
      '--json',
    ])
    const event = (name: string) => ['X-GitHub-Event', name, 'X-GitHub-Delivery', '1', ...json.headers]
    await post(session.port, { headers: event('push'), body: '{"ref":"main"}' })
    await post(session.port, { headers: event('issues'), body: '{"ref":"none"}' })
    await session.stdout.until(/"type":"delivery"/)
    await session.end()
    expect(readFileSync(join(bench.home, 'built'), 'utf8')).toBe('push {"ref":"main"}\n')
    expect(jsonLines(session).filter(({ type }) => type === 'delivery')).toMatchObject([
      { cause: 'exec', target: './build.sh', outcome: { kind: 'exit', status: 0 } },
    ])
  })

  test('a command inherits what an older store owes it, and never what is owed to a line of the shell', async () => {
    await (await listening([])).end()
    const owed = ['exec:touch inherited', commandName(['touch foreign'], true)]
    await withStore(bench.home, async (store) => {
      for (const destination of owed)
        await store.capture(requestOf(), UNKNOWN, [{ destination, taken: false }])
    })
    const programs = await listening(['--exec', 'touch inherited', '--exec', 'touch foreign', '--json'])
    await programs.stdout.until(/"type":"delivery"/)
    await programs.end()
    expect(existsSync(join(bench.home, 'inherited'))).toBe(true)
    expect(existsSync(join(bench.home, 'foreign'))).toBe(false)
    const shell = await listening(['--exec-shell', 'touch foreign', '--json'])
    await shell.stdout.until(/"type":"delivery"/)
    await shell.end()
    expect(existsSync(join(bench.home, 'foreign'))).toBe(true)
  })

  test('Ctrl-C while a command runs says what is waited for', async () => {
    const session = await listening(['--exec', 'sh -c "mkfifo go; echo > begun; cat go"'], {
      columns: 100,
      env: { NO_COLOR: '1' },
    })
    await post(session.port, { body: 'x' })
    await fileWith(join(bench.home, 'begun'), /\n/)
    session.interrupt()
    expect(await session.stderr.until(/finishing/)).toMatch(
      /finishing 1 in flight. Ctrl-C again to stop at once/,
    )
    writeFileSync(join(bench.home, 'go'), '')
    await session.status
    expect(session.stdout.text()).toMatch(/exit 0/)
  })

  test.each([
    [
      'a terminal',
      { columns: 60, env: { NO_COLOR: '1' } },
      /^ {10}→ \w{4} {2}\$ sh -c test -p go.*… {2}running…$/m,
    ],
    ['a pipe', {}, /^→ \w{4} {2}\$ sh -c test -p go \|\| exec mkfifo go; cat go; exit 3 {2}running…$/m],
  ])('a command that takes its time is told while it runs: in %s', async (_, terminal, told) => {
    const session = await listening(
      ['--exec', 'sh -c "test -p go || exec mkfifo go; cat go; exit 3"'],
      terminal,
    )
    await post(session.port, { body: 'one that ends at once' })
    await session.stdout.until(/exit 0/)
    await post(session.port, { body: 'x' })
    const words = await session.stderr.until(/running/)
    expect(words).toMatch(told)
    // Not of the one before it.
    const [, after = ''] = session.stdout.text().split('exit 0')
    expect(after).toContain(/→ (\w{4}) {2}\$ sh .*running/.exec(words)?.[1])
    expect(after).not.toContain('exit 3')
    writeFileSync(join(bench.home, 'go'), 'a.c:1: no such thing\n\n')
    await session.stdout.until(/exit 3.*\n/)
    await session.end()
    expect(session.stderr.text().match(/running/g)).toHaveLength(1)
  })

  test('a sender gets our answer and does not wait for a command', async () => {
    const session = await listening(['--exec', 'sh -c "cat > /dev/null; exit 3"'], {
      columns: 100,
      env: { NO_COLOR: '1' },
    })
    expect((await post(session.port, { body: 'x' })).status).toBe(200)
    expect(await session.stdout.until(/exit 3/)).toMatch(/exit 3 .*given up\n/)
    await session.end()
    expect(session.stderr.text()).toContain('1 not delivered')
    const shown = await bench.run(['show', 'last'], { columns: 100, env: { NO_COLOR: '1' } })
    expect(shown.stdout).toMatch(/Owed to +1\n +\$ sh -c .*given up after 1 attempt\n/)
  })

  test('--notify shows those that match, and counts what comes in a burst', async () => {
    const tool = join(bench.home, 'notify-send')
    const shown = join(bench.home, 'shown')
    // It ends when it is told to, as one that waits for the desktop would.
    writeFileSync(
      tool,
      `#!/bin/sh\nprintf '%s|' "$@" >> '${shown}'\necho >> '${shown}'\nwhile [ ! -e '${shown}.go' ]; do sleep 0.02; done\n`,
    )
    chmodSync(tool, 0o755)
    const session = await listening(['--notify', 'event:payment_*'], {
      env: { PATH: `${bench.home}:${process.env['PATH'] ?? ''}`, DISPLAY: ':9' },
    })
    const send = (type: string) => post(session.port, { ...json, body: JSON.stringify({ type }) })
    await send('ping')
    await send('payment_failed')
    await fileWith(shown, /payment_failed/)
    for (let i = 0; i < 5; i++) await send('payment_made')
    writeFileSync(`${shown}.go`, '')
    const text = await fileWith(shown, /more requests/)
    await session.end()
    expect(text.trim().split('\n')).toHaveLength(2)
    expect(text).toContain('5 more requests')
    expect(text).not.toContain('ping')
  })
})

/** Waits for what another process writes: there is no event for it. */
async function fileWith(path: string, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (pattern.test(text)) return text
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function portFrom(path: string): Promise<number> {
  return Number(/:(\d+)\//.exec(await fileWith(path, /\n/))?.[1])
}
