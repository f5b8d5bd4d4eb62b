import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CapturedRequest, NewRequest } from '../../src/core/request.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import type { AppServer, Reaction, Received } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { answerOf, deliveryOf, random, requestOf, UNKNOWN } from '../store/samples.ts'
import { FORBIDDEN } from '../ui/hostile.ts'

let bench: Bench
const cleanUp: (() => unknown)[] = []
beforeEach(() => {
  bench = createBench()
})
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
  bench.remove()
})

async function app(react: (request: Received) => Reaction | Promise<Reaction>): Promise<AppServer> {
  const started = await startApp(react)
  cleanUp.push(() => started.close())
  return started
}

const OK = (): Reaction => ({ status: 200, body: '{"ok":true}' })

function storePath(): string {
  return join(bench.home, '.local/state/webhook-cli/requests.db')
}

/** Captures, as `listen` would have kept them; the URL is where each went, if anywhere. */
async function kept(
  requests: readonly Partial<NewRequest>[],
  url?: string,
  assessment = UNKNOWN,
): Promise<CapturedRequest[]> {
  const store = await openSqliteStore({ path: storePath(), random })
  const captured: CapturedRequest[] = []
  for (const request of requests) {
    const one = await store.capture(requestOf(request), assessment)
    if (url !== undefined) await store.record({ ...deliveryOf(one.id, answerOf(200)), target: url })
    captured.push(one)
  }
  await store.close()
  return captured
}

/** Bytes of every connection that comes, answered with 200 once a request is complete. */
async function rawTarget(): Promise<{ readonly port: number; readonly text: () => string }> {
  let text = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (text.includes('END'))
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, text: () => text }
}

describe('R-FWD-15: a replay is the captured request', () => {
  const HEADERS = [
    ['Host', 'hooks.example.com'],
    ['X-Twice', 'one'],
    ['x-twice', 'two'],
    ['stripe-SIGNATURE', 't=1,v1=00'],
    ['X-Obs', '\xff\xfe'],
    ['Content-Type', 'application/json'],
    ['Connection', 'keep-alive, X-Hop'],
    ['X-Hop', 'gone'],
    ['Transfer-Encoding', 'chunked'],
    ['Authorization', 'Bearer CANARY'],
  ] as const
  const BODY = Buffer.concat([
    Buffer.from('{"a": 1.0,\r\n "a":2}\0'),
    Buffer.from([0xff, 0xc3, 0x28]),
    Buffer.from('END'),
  ])

  test('same bytes; headers in order, case and duplicates; marked; and the store is as it was', async () => {
    const target = await rawTarget()
    const [stored] = await kept([{ headers: HEADERS, body: BODY, target: '/a//b/../c?q=%zz&q' }])
    const before = (await bench.run(['show', 'last', '--json'])).stdout
    for (const replay of [1, 2]) {
      const start = target.text().length
      expect((await bench.run(['replay', 'last', '--to', String(target.port)])).status).toBe(0)
      const [head = '', ...body] = target.text().slice(start).split('\r\n\r\n')
      expect(head.split('\r\n')).toEqual([
        'POST /a//b/../c?q=%zz&q HTTP/1.1',
        `host: localhost:${target.port}`,
        'connection: keep-alive',
        'X-Twice: one',
        'x-twice: two',
        'stripe-SIGNATURE: t=1,v1=00',
        'X-Obs: \xff\xfe',
        'Content-Type: application/json',
        'Authorization: Bearer CANARY',
        `webhook-cli-replay: ${replay}`,
        `webhook-cli-id: ${stored?.id}`,
        `content-length: ${BODY.length}`,
      ])
      expect(Buffer.from(body.join('\r\n\r\n'), 'latin1')).toEqual(BODY)
    }
    const after = (await bench.run(['show', 'last', '--json'])).stdout
    expect({ ...JSON.parse(after), deliveries: [] }).toEqual(JSON.parse(before))
    expect((await bench.run(['show', 'last'])).stdout).toMatch(/Attempts +2\n +replay .*\n +replay /)
  })

  test('the signature is a new one only with --resign', async () => {
    const { port, received } = await app(OK)
    const env = { env: { S: 'whsec_CANARYstripe0123456789abcd' } }
    await bench.run(['send', 'stripe', 'charge.succeeded', '--to', `${port}/h`, '--secret', 'env:S'], env)
    const signed = (index: number): unknown => received[index]?.headers['stripe-signature']
    const args = ['replay', 'last', '--timestamp', '+60s', '--resign', '--secret', 'env:S']
    await bench.run(['replay', 'last', '--secret', 'env:S'], env)
    expect((await bench.run(args, env)).stdout).toContain('signed anew as stripe')
    expect(signed(1)).toBe(signed(0))
    expect(signed(2)).not.toBe(signed(0))
    expect(received[2]?.body).toEqual(received[0]?.body)
  })
})

describe('which requests, and in which order', () => {
  const paths = ({ received }: AppServer): string[] => received.map(({ url }) => url)
  const five = ['/1', '/2', '/3', '/4', '/5'].map((target, index) => ({
    target,
    method: index === 2 ? 'PUT' : 'POST',
    receivedAt: Date.now() - (5 - index) * 3_600_000,
  }))

  test.each([
    [['last'], ['/5']],
    [
      ['last~2', 'last~4', 'last~2'],
      ['/1', '/3'],
    ],
    [['last~3..last~1'], ['/2', '/3', '/4']],
    [
      ['last~1..last~3', '--order', 'reverse'],
      ['/4', '/3', '/2'],
    ],
    [['--method', 'put'], ['/3']],
    [
      ['--since', '150m'],
      ['/4', '/5'],
    ],
    [['last~4..last', '--path', '/[24]'], []],
    [
      ['last~4..last', '--path', '/?', '--since', '210m'],
      ['/3', '/4', '/5'],
    ],
    [
      ['--where', 'request.path > "/3"'],
      ['/4', '/5'],
    ],
    [
      ['--since', '9h', '--repeat', '2'],
      ['/1', '/2', '/3', '/4', '/5', '/1', '/2', '/3', '/4', '/5'],
    ],
  ])('%j', async (args, expected) => {
    const server = await app(OK)
    await kept(five)
    const { status, stderr } = await bench.run(['replay', ...args, '--to', String(server.port)])
    expect(paths(server)).toEqual(expected)
    expect(status).toBe(expected.length === 0 ? 1 : 0)
    if (expected.length === 0) expect(stderr).toContain('none of 5 captured requests matches')
  })

  test('a seed shuffles in the same way each time', async () => {
    const server = await app(OK)
    await kept(five)
    const args = ['replay', '--since', '9h', '--to', String(server.port), '--order', 'shuffle:7']
    await bench.run(args)
    await bench.run(args)
    expect(paths(server).slice(0, 5)).toEqual(paths(server).slice(5))
    expect(paths(server).slice(0, 5).toSorted()).toEqual(['/1', '/2', '/3', '/4', '/5'])
    expect(paths(server).slice(0, 5)).not.toEqual(['/1', '/2', '/3', '/4', '/5'])
  })

  test('--failed: those that were not accepted, and no longer once they were', async () => {
    const server = await app(OK)
    await kept(five)
    const store = await openSqliteStore({ path: storePath(), random })
    const { request } = await store.get('last~1')
    const refused = { kind: 'not-sent', code: 'ECONNREFUSED' } as const
    await store.record({ ...deliveryOf(request.id, refused), target: `http://127.0.0.1:${server.port}/x` })
    await store.close()
    expect((await bench.run(['replay', '--failed'])).status).toBe(0)
    expect(paths(server)).toEqual(['/x'])
    expect((await bench.run(['replay', '--failed'])).status).toBe(1)
  })

  test('--undelivered: what is owed goes to whom it is owed, and is owed no longer', async () => {
    const server = await app(OK)
    const store = await openSqliteStore({ path: storePath(), random })
    const owing = [{ destination: `http://127.0.0.1:${server.port}/in/`, taken: false }]
    await store.capture(requestOf({ target: '/paid' }), UNKNOWN)
    await store.capture(requestOf({ target: '/owed?x' }), UNKNOWN, owing)
    await store.close()
    await bench.run(['replay', 'last~1', '--to', String(server.port)])
    expect((await bench.run(['replay', '--undelivered'])).status).toBe(0)
    expect(paths(server)).toEqual(['/paid', '/in/owed?x'])
    expect((await bench.run(['list', '--undelivered'])).stdout).toBe('')
    expect((await bench.run(['replay', '--undelivered'])).status).toBe(1)
  })

  test('what is removed while the replay runs is told, and the others are sent', async () => {
    const server = await app(async () => {
      if (server.received.length > 1) return { status: 200 }
      const store = await openSqliteStore({ path: storePath(), random })
      await store.remove({ path: '/299' })
      await store.close()
      return { status: 200 }
    })
    await kept(Array.from({ length: 300 }, (_, nth) => ({ target: `/${nth}` })))
    const args = ['replay', '--path', '/*', '--to', String(server.port)]
    const { status, stderr } = await bench.run(args)
    expect([status, stderr]).toEqual([1, expect.stringContaining('1 removed meanwhile, and not sent')])
    expect(paths(server)).toEqual(Array.from({ length: 299 }, (_, nth) => `/${nth}`))
  })

  test('nothing said is a question, not everything', async () => {
    await kept(five, 'http://127.0.0.1:9/')
    const { status, stderr } = await bench.run(['replay'])
    expect(status).toBe(2)
    expect(stderr).toContain('which requests?')
  })

  test('each has its own count of replays, with --repeat too', async () => {
    const server = await app(OK)
    await kept(five.slice(0, 2))
    const args = ['replay', 'last~1..last', '--to', String(server.port), '--repeat', '2']
    await bench.run(['replay', 'last', '--to', String(server.port)])
    await bench.run(args)
    const counts = server.received.map(
      ({ url, headers }) => `${url} ${String(headers['webhook-cli-replay'])}`,
    )
    expect(counts).toEqual(['/2 1', '/1 1', '/2 2', '/1 2', '/2 3'])
  })
})

describe('where to', () => {
  test('where each last went, its path and query as they were then', async () => {
    const [one, two] = [await app(OK), await app(OK)]
    await kept([{ target: '/a' }], `http://127.0.0.1:${one.port}/own?x=1`)
    await kept([{ target: '/b' }], `http://127.0.0.1:${two.port}/b`)
    expect((await bench.run(['replay', 'last~1..last'])).status).toBe(0)
    expect([one.received[0]?.url, two.received[0]?.url]).toEqual(['/own?x=1', '/b'])
  })

  test.each([
    ['', '/hooks?a=1&a=2'],
    ['/', '/hooks?a=1&a=2'],
    ['/other', '/other?a=1&a=2'],
    ['/pre/', '/pre/hooks?a=1&a=2'],
    ['/x?own=1', '/x?own=1'],
  ])('--to PORT%s', async (path, expected) => {
    const { port, received } = await app(OK)
    await kept([{}])
    await bench.run(['replay', 'last', '--to', `${port}${path}`])
    expect(received[0]?.url).toBe(expected)
  })

  test('nobody knows: it says what to add', async () => {
    const [request] = await kept([{}])
    const { status, stderr } = await bench.run(['replay', 'last'])
    expect(status).toBe(2)
    expect(stderr).toContain(`webhook-cli replay ${request?.id.slice(0, 4)} --to 3000`)
  })

  test('more than 100 to another machine only with --allow-remote; 100 are planned', async () => {
    await kept([{}])
    const args = ['replay', 'last', '--to', 'http://192.0.2.1/', '--dry-run', '--repeat']
    expect((await bench.run([...args, '100'])).status).toBe(0)
    const refused = await bench.run([...args, '101'])
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('more than 100 events go there only with --allow-remote')
    expect((await bench.run([...args, '101', '--allow-remote'])).status).toBe(0)
    expect((await bench.run(['replay', 'last', '--to', '3000', '--repeat', '101', '--dry-run'])).status).toBe(
      0,
    )
  })

  test('another machine that only an import names is not gone to', async () => {
    await kept([{ source: 'imported' }], 'http://192.0.2.1/')
    const refused = await bench.run(['replay', 'last', '--dry-run'])
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('a file or an import names it')
    expect((await bench.run(['replay', 'last', '--dry-run', '--allow-remote'])).status).toBe(0)
    expect((await bench.run(['replay', 'last', '--dry-run', '--to', 'http://192.0.2.1/'])).status).toBe(0)
    await kept([{ source: 'captured' }], 'http://192.0.2.1/')
    expect((await bench.run(['replay', 'last', '--dry-run'])).status).toBe(0)
  })

  test('the address of a cloud’s metadata is never gone to', async () => {
    await kept([{}])
    const { status, stdout } = await bench.run([
      'replay',
      'last',
      '--to',
      'http://169.254.169.254/',
      '--allow-remote',
    ])
    expect(status).toBe(1)
    expect(stdout).toContain('METADATA_ADDRESS')
  })
})

describe('changed on its way out', () => {
  const json = {
    headers: [
      ['Content-Type', 'application/json'],
      ['X-A', '1'],
      ['x-a', '2'],
      ['X-B', '3'],
    ] as const,
    body: Buffer.from('{"a":{"b":1}}'),
  }

  test('--set, --header and --body, and the store keeps what it had', async () => {
    const { port, received } = await app(OK)
    await kept([json])
    const to = ['--to', String(port)]
    await bench.run([
      'replay',
      'last',
      ...to,
      '--set',
      'a.b:=2',
      '--set',
      'c=x',
      '-H',
      'X-A: new',
      '-H',
      'x-b:',
    ])
    expect(received[0]?.body.toString()).toBe('{"a":{"b":2},"c":"x"}')
    const flat = received[0]?.rawHeaders ?? []
    expect(flat.slice(flat.indexOf('Content-Type'), flat.indexOf('webhook-cli-replay'))).toEqual([
      'Content-Type',
      'application/json',
      'X-A',
      'new',
    ])
    await bench.run(['replay', 'last', ...to, '--body', '-', '--set', 'd:=[1]'], { stdin: '{"z":0}' })
    expect(received[1]?.body.toString()).toBe('{"z":0,"d":[1]}')
    writeFileSync(join(bench.home, 'b.bin'), Buffer.from([0, 255]))
    await bench.run(['replay', 'last', ...to, '--body', '@b.bin'])
    expect(received[2]?.body).toEqual(Buffer.from([0, 255]))
    expect((await bench.run(['show', 'last', '--raw'])).stdout).toBe('{"a":{"b":1}}')
  })

  test('a changed body under the old signature is told before it is sent, a token is not', async () => {
    const { port } = await app(OK)
    await kept(
      [
        {
          ...json,
          headers: [
            ['X-GitHub-Event', 'push'],
            ['X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`],
          ],
        },
      ],
      undefined,
      { identity: { provider: 'github' }, verdict: { status: 'unchecked', provider: 'github' } },
    )
    const { stderr } = await bench.run(['replay', 'last', '--to', String(port), '--set', 'a:=1'])
    expect(stderr).toMatch(
      /^note: \w{4} is changed, and its github signature is that of the captured body; --resign/,
    )
    await kept(
      [
        {
          ...json,
          headers: [
            ['X-Gitlab-Event', 'Push Hook'],
            ['X-Gitlab-Token', 'CANARYtoken'],
          ],
        },
      ],
      undefined,
      { identity: { provider: 'gitlab' }, verdict: { status: 'unchecked', provider: 'gitlab' } },
    )
    const other = await bench.run(['replay', 'last', '--to', String(port), '--set', 'a:=1'])
    expect(other.stderr).toBe('')
  })
})

describe('--edit', () => {
  /** An editor: a script that is given the file. */
  function editor(name: string, script: string): string {
    const path = join(bench.home, name)
    writeFileSync(
      path,
      `#!${process.execPath}\nconst fs = require('node:fs')\nconst path = process.argv.at(-1)\nlet text = fs.readFileSync(path, 'latin1')\n${script}\nfs.writeFileSync(path, text, 'latin1')\n`,
    )
    chmodSync(path, 0o700)
    return path
  }

  test('the message as it was saved is sent, from a file that nobody else can read, and the file is gone', async () => {
    const { port, received } = await app(OK)
    await kept([{ body: Buffer.from('{"a":1}') }])
    const note = join(bench.home, 'note')
    const path = editor(
      'my editor.cjs',
      `fs.writeFileSync(${JSON.stringify(note)}, path + ' ' + (fs.statSync(path).mode & 0o777).toString(8) + ' ' + process.argv[2] + '\\n' + text); text = text.replace('POST /hooks?a=1&a=2', 'PUT /other').replace('X-Twice: one', 'X-New: yes').replace('"a":1', '"a":2') + '\\n'`,
    )
    const { status } = await bench.run(['replay', 'last', '--edit', '--to', String(port)], {
      env: { EDITOR: 'false', VISUAL: `'${path}' --wait` },
    })
    expect(status).toBe(0)
    const [request] = received
    expect([request?.method, request?.url, request?.body.toString()]).toEqual(['PUT', '/other', '{"a":2}'])
    expect(request?.headers).toMatchObject({ 'x-new': 'yes', 'x-twice': 'two' })
    const [first = '', ...message] = readFileSync(note, 'utf8').split('\n')
    expect(first).toMatch(/\/webhook-cli-[^/]+\/\w{4}\.http 600 --wait$/)
    expect(message.join('\n')).toBe(
      'POST /hooks?a=1&a=2 HTTP/1.1\nHost: localhost:8484\nX-Twice: one\nx-twice: two\n\n{"a":1}',
    )
    expect(existsSync(dirname(first.split(' ')[0] ?? ''))).toBe(false)
    expect((await bench.run(['show', 'last', '--json'])).stdout).toContain('"method":"POST"')
  })

  test('what --body gave can be edited, back to what was captured too', async () => {
    const { port, received } = await app(OK)
    await kept([{ body: Buffer.from('{"a":1}') }])
    const args = ['replay', 'last', '--edit', '--body', '{"b":1}', '--to', String(port)]
    await bench.run(args, { env: { EDITOR: editor('a.cjs', `text = text.replace('"b"', '"a"')`) } })
    await bench.run(args, { env: { EDITOR: editor('b.cjs', `text = text.replace('"b":1', '"b":2')`) } })
    expect(received.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"b":2}'])
  })

  test('nonsense is not sent; the text is kept and the error says where', async () => {
    const { port, received } = await app(OK)
    await kept([{}])
    const path = editor('bad.cjs', `text = text.replace('x-twice: two', 'no header at all')`)
    const { status, stderr } = await bench.run(['replay', 'last', '--edit', '--to', String(port)], {
      env: { EDITOR: path },
    })
    expect(status).toBe(2)
    const file = /your text is in (\S+)/.exec(stderr)?.[1] ?? ''
    expect(stderr).toContain('line 4 is not a header')
    expect(readFileSync(file, 'utf8')).toContain('no header at all')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(received).toEqual([])
    rmSync(dirname(file), { recursive: true })
  })

  test.each([
    ['an editor that fails', { EDITOR: 'false' }, {}, 'exit 1'],
    ['an editor that is not there', { EDITOR: 'no-such-editor' }, {}, 'no such program'],
    ['no editor', {}, {}, 'export EDITOR=nano'],
    ['a body that is no text', { EDITOR: 'true' }, { body: Buffer.from([255]) }, '--body @body.bin'],
    ['a command of the shell', { EDITOR: 'true; touch marker' }, {}, 'no such program'],
  ])('%s: nothing is sent', async (_name, env, request, expected) => {
    const { port, received } = await app(OK)
    await kept([request])
    const { status, stderr } = await bench.run(['replay', 'last', '--edit', '--to', String(port)], {
      env: { ...env, PATH: process.env['PATH'] ?? '' },
    })
    expect(status).toBe(2)
    expect(stderr).toContain(expected)
    expect(received).toEqual([])
    expect(existsSync(join(bench.home, 'marker'))).toBe(false)
  })

  test('one at a time', async () => {
    await kept([{}, {}])
    const { status, stderr } = await bench.run(['replay', 'last~1..last', '--edit', '--to', '9'], {
      env: { EDITOR: 'true' },
    })
    expect([status, stderr]).toEqual([2, expect.stringContaining('--edit takes one request; these are 2')])
  })
})

describe('what comes back', () => {
  test.each([
    [404, 4],
    [503, 5],
    [301, 1],
    [204, 0],
  ])('%i ends with %i', async (status, expected) => {
    const { port } = await app(() => ({ status }))
    await kept([{}])
    expect((await bench.run(['replay', 'last', '--to', String(port)])).status).toBe(expected)
  })

  test('nobody there: 1, and it asks whether the app is running', async () => {
    await kept([{}])
    const { status, stdout, stderr } = await bench.run(['replay', 'last', '--to', '1'], { columns: 100 })
    expect(status).toBe(1)
    expect(stdout).toContain('refused')
    expect(stderr).toContain('localhost:1: refused. Is the app running?')
  })

  test.each([100, 60])('on %i columns a long answer does not break the line', async (columns) => {
    const { port } = await app(() => ({ status: 500, body: `\x1b[31m${'x'.repeat(500)}` }))
    await kept([{ target: `/${'y'.repeat(300)}` }])
    const { stdout } = await bench.run(['replay', 'last', '--to', String(port), '--no-color'], { columns })
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
    expect(stdout).not.toContain('\x1b')
    expect(stdout).toContain('\\x1b[31mxxx')
  })

  test('--json: one delivery on each line', async () => {
    const { port } = await app(OK)
    const [one, two] = await kept([{}, {}])
    const { stdout } = await bench.run(['replay', 'last~1..last', '--json', '--to', String(port)])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toMatchObject(
      [one, two].map((request) => ({
        v: 1,
        type: 'delivery',
        requestId: request?.id,
        cause: 'replay',
        replay: 1,
        outcome: { status: 200 },
      })),
    )
  })

  test('interrupted, it says how many were sent and ends with 130', async () => {
    let session: ReturnType<Bench['start']> | undefined
    const server = await app(() => {
      if (server.received.length === 5) session?.interrupt()
      return { status: 200 }
    })
    await kept([{}])
    session = bench.start([
      'replay',
      'last',
      '--repeat',
      '1000',
      '--rate',
      '50/s',
      '--to',
      String(server.port),
    ])
    expect(await session.status).toBe(130)
    const sent = Number(/interrupted: (\d+) of 1000 sent/.exec(session.stderr.text())?.[1])
    expect(sent).toBeGreaterThanOrEqual(5)
    expect(server.received).toHaveLength(sent)
    expect((await bench.run(['show', 'last'])).stdout).toMatch(new RegExp(`Attempts +${sent}\\b`))
  })

  test('a dry run says what it would send, and sends nothing', async () => {
    const { port, received } = await app(OK)
    await kept([{}])
    const session = await bench.run(['replay', 'last', '--dry-run', '--to', String(port)])
    expect([session.status, received.length]).toEqual([0, 0])
    expect(session.stderr).toContain(`would send 1 request to http://localhost:${port}`)
  })

  test('R-TTY-1: in JSON a dry run has nothing that acts on a terminal, and means what was captured', async () => {
    await kept([{ target: '/\x9b2J\u202e' }])
    const { stdout } = await bench.run(['replay', 'last', '--dry-run', '--json', '--to', '3000'])
    expect(stdout).not.toMatch(FORBIDDEN)
    expect(JSON.parse(stdout)).toMatchObject({ url: 'http://localhost:3000/\x9b2J\u202e' })
  })
})

describe('when', () => {
  test.each([
    [
      ['--timing', 'original'],
      [0, 300, 5300],
    ],
    [
      ['--timing', 'x10'],
      [0, 30, 530],
    ],
    [
      ['--timing', 'max-gap=1s'],
      [0, 300, 1300],
    ],
    [
      ['--timing', 'x2, max-gap=1s'],
      [0, 150, 1150],
    ],
    [
      ['--timing', 'asap'],
      [undefined, undefined, undefined],
    ],
    [
      ['--rate', '4/s'],
      [0, 250, 500],
    ],
    [
      ['--rate', '30/m', '--order', 'reverse'],
      [0, 2000, 4000],
    ],
  ])('%j', async (args, expected) => {
    await kept(
      [0, 300, 5300].map((ms) => ({ receivedAt: 1_700_000_000_000 + ms, receivedMonotonic: 50 + ms })),
    )
    const { stdout } = await bench.run([
      'replay',
      '--path',
      '/**',
      '--to',
      '9',
      '--dry-run',
      '--json',
      ...args,
    ])
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { dueMs?: number }).dueMs)).toEqual(expected)
  })
})

test.each([
  [['--timing', 'fast'], /--timing: "fast" is not asap, original/],
  [['--timing', 'x0'], /--timing/],
  [['--timing', 'max-gap=soon'], /--timing/],
  [['--rate', '0/s'], /--rate/],
  [['--rate', '5/s', '--timing', 'original'], /two things/],
  [['--order', 'shuffle'], /shuffle:SEED/],
  [['--repeat', '0'], /--repeat/],
  [['--concurrency', '257'], /at most 256/],
  [['--to', 'http://'], /--to/],
  [['--to', 'http://user:pass@localhost/'], /--to/],
  [['--to', 'ftp://localhost/'], /--to/],
  [['--resign'], /--resign needs the secret/],
  [['--resign-as', 'nobody', '--secret', 'env:S'], /no provider "nobody"/],
  [['--new-id'], /--new-id goes with --resign/],
  [['--timestamp', 'keep'], /--timestamp goes with --resign/],
  [['--resign', '--secret', 'env:S', '--timestamp', 'yesterday'], /now, keep, -400s/],
  [['--set', 'nothing'], /--set/],
  [['--header', 'nothing'], /--header/],
  [['--edit', '--body', '-'], /--edit needs the terminal/],
])('%j is exit 2 before anything is looked at', async (args, words) => {
  const { status, stdout, stderr } = await bench.run(['replay', 'last', ...args], { env: { S: 'x' } })
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(words)
})

test('a target that we refused to send to is not where a request went', async () => {
  const [request] = await kept([{}])
  const store = await openSqliteStore({ path: storePath(), random })
  const refused = { kind: 'not-sent', code: 'NOT_LOOPBACK' } as const
  await store.record({ ...deliveryOf(request?.id ?? '', refused), target: 'http://203.0.113.5/hooks' })
  await store.close()
  const { status, stderr, stdout } = await bench.run(['replay', 'last'])
  expect(status).toBe(2)
  expect(stderr).toContain('--to')
  expect(stdout).toBe('')
})
