import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { DeliverOptions, Forwarder, Outgoing } from '../../src/core/ports.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

function forwarder(options: Partial<Parameters<typeof openForwarder>[0]> = {}): Forwarder {
  const opened = openForwarder({ connections: 4, loopbackOnly: true, clock: systemClock, ...options })
  cleanUp.push(() => opened.close())
  return opened
}

/** A target of bare bytes: calls back with everything a connection has sent so far. */
async function target(
  respond: (socket: Socket, received: string) => unknown,
): Promise<{ readonly url: string; readonly connections: () => number; readonly received: () => string }> {
  const sockets = new Set<Socket>()
  let connections = 0
  let all = ''
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    connections++
    let received = ''
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1')
      all += bytes.toString('latin1')
      respond(socket, received)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, connections: () => connections, received: () => all }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
/** Answers each request once its body has come. */
function answering(text: string) {
  return (socket: Socket, received: string): unknown =>
    received.endsWith('hello') && socket.write(text, 'latin1')
}
const WITHIN: DeliverOptions = { timeoutMs: 5000 }

function outgoing(url: string, given: Partial<Outgoing> = {}): Outgoing {
  return { method: 'POST', url, headers: [], body: Buffer.from('hello'), ...given }
}

describe('R-FWD-4: what goes out', () => {
  test('headers in order, case and duplicates kept; hop-by-hop left out; Host and Content-Length ours', async () => {
    const { url, received } = await target(answering(OK))
    await forwarder().deliver(
      outgoing(`${url}/a//b/%2e%2e/?q=%zz&q=2`, {
        headers: [
          ['Host', 'evil.test'],
          ['X-One', '1'],
          ['x-one', 'two'],
          ['Connection', 'keep-alive, X-Hop'],
          ['X-Hop', 'h'],
          ['Keep-Alive', 'x'],
          ['Transfer-Encoding', 'chunked'],
          ['TE', 'trailers'],
          ['Upgrade', 'h2c'],
          ['Expect', '100-continue'],
          ['Proxy-Authorization', 'p'],
          ['Content-Length', '99'],
          ['X-Obs', '\xff\xfe'],
          ['__proto__', 'p'],
        ],
      }),
      WITHIN,
    )
    const [head = '', body] = received().split('\r\n\r\n')
    const [line, ...headers] = head.split('\r\n')
    expect(line).toBe('POST /a//b/%2e%2e/?q=%zz&q=2 HTTP/1.1')
    expect(headers.filter((header) => !/^(?:host|connection|content-length):/i.test(header))).toEqual([
      'X-One: 1',
      'x-one: two',
      'X-Obs: \xff\xfe',
      '__proto__: p',
    ])
    expect(headers.filter((header) => /^host:/i.test(header))).toEqual([`host: ${url.slice(7)}`])
    expect(headers.filter((header) => /^content-length:/i.test(header))).toEqual(['content-length: 5'])
    expect(body).toBe('hello')
  })

  test('an answer comes back with its header pairs and bytes', async () => {
    const { url } = await target(
      answering(
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 418 x\r\nX-A: 1\r\nx-a: \xff\r\nContent-Length: 3\r\n\r\n\x00\xff\n',
      ),
    )
    const { outcome } = await forwarder().deliver(outgoing(url), WITHIN)
    expect(outcome).toEqual({
      kind: 'response',
      status: 418,
      headers: [
        ['X-A', '1'],
        ['x-a', '\xff'],
        ['Content-Length', '3'],
      ],
      body: Buffer.from([0, 255, 10]),
      bodySize: 3,
    })
  })

  test('connections are kept for the next request, and closed at the end', async () => {
    const { url, connections } = await target(answering(OK))
    const opened = forwarder({ connections: 1 })
    for (let i = 0; i < 5; i++)
      expect((await opened.deliver(outgoing(url), WITHIN)).outcome).toMatchObject({ status: 200 })
    expect(connections()).toBe(1)
  })

  test('proxy variables are not looked at', async () => {
    const proxy = await target(answering(OK))
    const { url } = await target(answering(OK))
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) process.env[name] = proxy.url
    cleanUp.push(() => {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) delete process.env[name]
    })
    expect((await forwarder().deliver(outgoing(url), WITHIN)).outcome).toMatchObject({ status: 200 })
    expect(proxy.connections()).toBe(0)
  })
})

describe('R-FWD-2: what came of it', () => {
  test('refused and unknown names are not sent', async () => {
    const { url } = await target(() => {})
    const port = new URL(url).port
    await cleanUp.pop()?.()
    await expect
      .poll(async () => (await forwarder().deliver(outgoing(`http://127.0.0.1:${port}/`), WITHIN)).outcome)
      .toEqual({
        kind: 'not-sent',
        code: 'ECONNREFUSED',
      })
    const { outcome } = await forwarder().deliver(outgoing('http://does-not-exist.invalid/'), WITHIN)
    expect(outcome).toMatchObject({
      kind: 'not-sent',
      code: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
    })
  })

  test.each([
    ['reset after reading', (socket: Socket) => socket.resetAndDestroy()],
    ['closed without an answer', (socket: Socket) => socket.end()],
    ['cut within the head', (socket: Socket) => socket.end('HTTP/1.1 200')],
    [
      'cut within the body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
    ],
    ['no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n')],
    [
      'headers over 64 KiB',
      (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`),
    ],
  ])('%s: unknown, and sent once', async (_, respond) => {
    const { url, connections } = await target(respond)
    const { outcome } = await forwarder().deliver(outgoing(url), WITHIN)
    expect(outcome.kind).toBe('unknown')
    expect(connections()).toBe(1)
  })

  test.each([204, 304])('%i that announces a length is an answer, and ends with its head', async (status) => {
    const { url, connections } = await target(
      answering(`HTTP/1.1 ${status} x\r\nContent-Length: 5\r\n\r\nstray`),
    )
    const { deliver } = forwarder()
    for (const sent of [1, 2]) {
      const { outcome } = await deliver(outgoing(url), WITHIN)
      expect(outcome).toMatchObject({ kind: 'response', status, bodySize: 0 })
      // What came behind the head is no beginning of the next answer.
      expect(connections()).toBe(sent)
    }
  })

  test('R-FWD-10: a redirect is an answer; nothing is asked of where it leads', async () => {
    const elsewhere = await target(answering(OK))
    const { url } = await target((socket) =>
      socket.write(`HTTP/1.1 307 x\r\nLocation: ${elsewhere.url}\r\nContent-Length: 0\r\n\r\n`),
    )
    expect((await forwarder().deliver(outgoing(url), WITHIN)).outcome).toMatchObject({
      kind: 'response',
      status: 307,
    })
    expect(elsewhere.connections()).toBe(0)
  })

  test('a header that cannot be sent is told, and nothing is sent', async () => {
    const { url, connections } = await target(answering(OK))
    const { outcome } = await forwarder().deliver(
      outgoing(url, { headers: [['X', 'a\r\nInjected: 1']] }),
      WITHIN,
    )
    expect(outcome.kind).toBe('not-sent')
    expect(connections()).toBe(0)
  })
})

describe('R-FWD-13: the whole attempt is bounded', () => {
  async function timed(respond: (socket: Socket) => void): Promise<{ kind: string; durationMs: number }> {
    const { url } = await target(respond)
    const { outcome, durationMs } = await forwarder().deliver(outgoing(url), { timeoutMs: 300 })
    return { kind: outcome.kind, durationMs }
  }

  test.each([
    ['silent', () => {}],
    ['dribbling its head', (socket: Socket) => dribble(socket, 'HTTP/1.1 200 OK\r\n', 'X: 1\r\n')],
    [
      'dribbling its body',
      (socket: Socket) => dribble(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n', 'x'),
    ],
  ])('a target that is %s', async (_, respond) => {
    const { kind, durationMs } = await timed(respond)
    expect(kind).toBe('unknown')
    expect(durationMs).toBeGreaterThanOrEqual(295)
    expect(durationMs).toBeLessThan(1300)
  })

  test('of an endless answer one MiB is read, and then no more', async () => {
    const chunk = Buffer.alloc(65_536, 'x')
    const before = process.memoryUsage().rss
    const { url } = await target((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const pour = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      }
      socket.on('drain', pour)
      pour()
    })
    const { outcome, durationMs } = await forwarder().deliver(outgoing(url), { timeoutMs: 20_000 })
    const grown = (process.memoryUsage().rss - before) / 1024 ** 2
    console.log(
      `R-FWD-13: endless answer ended after ${durationMs.toFixed(0)} ms, RSS +${grown.toFixed(1)} MB`,
    )
    if (outcome.kind !== 'response') throw new Error(outcome.kind)
    expect(outcome.body.byteLength).toBe(1_048_576)
    expect(outcome.bodySize).toBeGreaterThan(1_048_576)
    expect(grown).toBeLessThan(50)
  })

  test('one signal ends fifty at once, and Node sees no leak in that', async () => {
    const warnings: string[] = []
    const listener = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', listener)
    cleanUp.push(() => process.off('warning', listener))
    const stop = new AbortController()
    const { url, connections } = await target(() => connections() === 50 && stop.abort())
    const opened = forwarder({ connections: 50 })
    const all = Array.from({ length: 50 }, () =>
      opened.deliver(outgoing(url), { timeoutMs: 20_000, signal: stop.signal }),
    )
    const codes = (await Promise.all(all)).map(({ outcome }) => outcome.kind !== 'response' && outcome.code)
    expect(new Set(codes)).toEqual(new Set(['INTERRUPTED']))
    // Warnings are emitted on the next tick.
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })

  test('a signal ends it at once', async () => {
    const stop = new AbortController()
    const { url } = await target(() => stop.abort())
    const { outcome } = await forwarder().deliver(outgoing(url), { timeoutMs: 20_000, signal: stop.signal })
    expect(outcome).toEqual({ kind: 'unknown', code: 'INTERRUPTED' })
    const again = await forwarder().deliver(outgoing(url), { timeoutMs: 20_000, signal: stop.signal })
    expect(again.outcome).toEqual({ kind: 'not-sent', code: 'INTERRUPTED' })
  })
})

test('a name that the system looks up', async () => {
  const server = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  cleanUp.push(() => server.close())
  const { port } = server.address() as AddressInfo
  expect((await forwarder().deliver(outgoing(`http://localhost:${port}/`), WITHIN)).outcome).toMatchObject({
    status: 200,
  })
})

/** Begins, then goes on byte by byte for as long as somebody listens. */
function dribble(socket: Socket, start: string, piece: string): void {
  socket.write(start)
  const timer = setInterval(() => socket.write(piece), 20)
  socket.on('close', () => clearInterval(timer))
}
