import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { Attempt } from '../../src/core/ports.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

const MB = 1_000_000
const TIMEOUT_MS = 700
const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`

/** Writes on and on, as fast as it is read. */
function pour(socket: Socket, start: string, piece: string): void {
  const block = Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length)), 'latin1')
  socket.write(start, 'latin1')
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
  }
  socket.on('drain', more)
  more()
}

/** Writes one byte after the other, slowly. */
function drip(socket: Socket, text: string): void {
  let at = 0
  const timer = setInterval(() => socket.write(text.charAt(at++ % text.length)), 50)
  socket.once('close', () => clearInterval(timer))
}

const LINE = `X: ${'y'.repeat(250)}\r\n`
const BOMB = gzipSync(Buffer.alloc(100 * MB))

/** How a target answers, and what comes of it. */
const HOSTILE: Readonly<Record<string, readonly [answer: (socket: Socket) => unknown, outcome: object]>> = {
  'an endless body': [(socket) => pour(socket, `${OK}\r\n`, 'x'), { kind: 'response', status: 200 }],
  'an endless chunked body': [
    (socket) => pour(socket, CHUNKED, '400\r\n'.padEnd(1024 + 5, 'x') + '\r\n'),
    { kind: 'response', status: 200 },
  ],
  'an endless chunk extension': [(socket) => pour(socket, `${CHUNKED}1;`, 'x'), { kind: 'unknown' }],
  'endless trailers': [(socket) => pour(socket, `${CHUNKED}0\r\n`, LINE), { kind: 'unknown' }],
  'endless headers': [
    (socket) => pour(socket, OK, LINE),
    { kind: 'unknown', code: 'UND_ERR_HEADERS_OVERFLOW' },
  ],
  'one header of 10 MB': [
    (socket) => socket.write(`${OK}X: ${'x'.repeat(10 * MB)}\r\n\r\n`),
    { kind: 'unknown', code: 'UND_ERR_HEADERS_OVERFLOW' },
  ],
  'an endless reason phrase': [(socket) => pour(socket, 'HTTP/1.1 200 ', 'x'), { kind: 'unknown' }],
  'endless interim answers': [(socket) => pour(socket, '', 'HTTP/1.1 102 Wait\r\n\r\n'), { kind: 'unknown' }],
  'endless garbage': [(socket) => pour(socket, '', '\xff\x00'), { kind: 'unknown' }],
  'a garbage status line': [(socket) => socket.write('HTTP/9.9 abc\r\n\r\n'), { kind: 'unknown' }],
  'two lengths': [
    (socket) => socket.write(`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nokk`),
    { kind: 'unknown' },
  ],
  'more answers than questions': [
    (socket) => socket.write(`${OK}Content-Length: 2\r\n\r\nok`.repeat(1000)),
    { kind: 'response', status: 200, bodySize: 2 },
  ],
  'a length of 1 TB': [
    (socket) => pour(socket, `${OK}Content-Length: 1000000000000\r\n\r\n`, 'x'),
    { kind: 'response', status: 200, bodySize: 1e12 },
  ],
  'a bomb that unpacks to 100 MB': [
    (socket) => {
      socket.write(`${OK}Content-Encoding: gzip\r\nContent-Length: ${BOMB.length}\r\n\r\n`)
      socket.write(BOMB)
    },
    { kind: 'response', status: 200, bodySize: BOMB.length },
  ],
  'a byte now and then': [(socket) => drip(socket, OK), { kind: 'unknown', code: 'ETIMEDOUT' }],
  'a body byte now and then': [
    (socket) => {
      socket.write(`${OK}Content-Length: 1000\r\n\r\n`)
      drip(socket, 'x')
    },
    { kind: 'unknown', code: 'ETIMEDOUT' },
  ],
}

async function deliverTo(answer: (socket: Socket) => unknown): Promise<Attempt> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const forwarder = openForwarder({ connections: 1, loopbackOnly: true, clock: systemClock })
  cleanUp.push(
    () => forwarder.close(),
    () => sockets.forEach((socket) => socket.destroy()),
    () => server.close(),
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return forwarder.deliver(
    { method: 'POST', url, headers: [], body: Buffer.from('x') },
    { timeoutMs: TIMEOUT_MS },
  )
}

// The first flood grows the heap to what buffers that come and go take, target and forwarder together.
beforeAll(() => deliverTo((socket) => pour(socket, `${CHUNKED}1;`, 'x')))

test.each(Object.entries(HOSTILE))(
  'R-FWD-13: %s ends in time and leaves no memory behind',
  async (name, [answer, expected]) => {
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
    const { outcome, durationMs } = await deliverTo(answer)
    clearInterval(watch)
    const grown = (Math.max(peak, process.memoryUsage().rss) - before) / MB
    const what = `${outcome.kind} ${outcome.kind === 'response' ? outcome.status : outcome.code}`
    console.log(`R-FWD-13: ${name}: ${what} after ${durationMs.toFixed(0)} ms, RSS +${grown.toFixed(0)} MB`)
    expect({ ...outcome, body: undefined }).toMatchObject(expected)
    if (outcome.kind === 'response') expect(outcome.body.byteLength).toBeLessThanOrEqual(1_048_576)
    expect(durationMs).toBeLessThanOrEqual(TIMEOUT_MS + 1000)
    expect(grown).toBeLessThan(50)
  },
)
