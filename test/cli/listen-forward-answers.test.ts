import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import type { ListeningSession } from '../helpers/listening.ts'
import { startListening } from '../helpers/listening.ts'
import type { RawAnswer } from '../helpers/raw-http.ts'
import { post, rawClient } from '../helpers/raw-http.ts'

const GZIPPED = gzipSync('{"ok":true}')
const LARGE = 17 * 1024 * 1024

/** An app whose answers are each of another kind. */
const ANSWERS: Readonly<Record<string, (res: ServerResponse, req: IncomingMessage) => void>> = {
  '/204': (res) => res.writeHead(204, { 'X-A': '1' }).end(),
  '/304': (res) => res.writeHead(304, { ETag: '"a"' }).end(),
  '/head': (res) => res.writeHead(200, { 'Content-Length': '5000' }).end(),
  '/head-without': (res) => res.writeHead(200, { 'X-A': '1' }).end(),
  '/empty': (res) => res.writeHead(200).end(),
  '/chunked': (res) => {
    res.writeHead(200, { Trailer: 'X-Sum' })
    res.write('one ')
    res.addTrailers({ 'X-Sum': '1' })
    res.end('two')
  },
  '/gzip': (res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(GZIPPED),
  '/cookies': (res) =>
    res.writeHead(200, ['Set-Cookie', 'a=1', 'X-One', '1', 'set-cookie', 'b=2', 'X-One', '2']).end('ok'),
  '/latin1': (res) => res.writeHead(200, { 'X-Name': 'Zo\xeb' }).end('ok'),
  '/early': (res) =>
    res.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => res.writeHead(201).end('late')),
  '/redirect': (res) => res.writeHead(307, { Location: 'http://127.0.0.1:1/elsewhere' }).end(),
  '/hop': (res) =>
    res
      .writeHead(200, { Connection: 'close, X-Hop', 'X-Hop': '1', 'Keep-Alive': 'timeout=1', 'X-End': '1' })
      .end('ok'),
  '/large': (res) => res.writeHead(200).end(Buffer.alloc(LARGE)),
}

const app = createServer((req, res) => {
  req.resume()
  req.on('end', () => ANSWERS[req.url ?? '']?.(res, req))
})

/** Answers with what is no HTTP, or stops halfway. */
const garbled = createTcpServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', (bytes) => {
    if (bytes.includes('/garbage')) socket.end('HTTP/9.9 hello\r\n\r\n')
    else if (bytes.includes('/half')) {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      setImmediate(() => socket.destroy())
    } else if (bytes.includes('/split'))
      socket.end('HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\nok')
    else socket.destroy()
  })
})

let bench: Bench
let session: ListeningSession

beforeAll(async () => {
  await Promise.all(
    [app, garbled].map(
      (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
    ),
  )
  bench = createBench()
  session = await startListening(bench, [
    String((app.address() as AddressInfo).port),
    '--route',
    `path:/bad/** -> ${(garbled.address() as AddressInfo).port}`,
    '--no-store',
    '--json',
  ])
})

afterAll(async () => {
  await session.end()
  app.closeAllConnections()
  await Promise.all([app, garbled].map((server: Server) => new Promise((resolve) => server.close(resolve))))
  bench.remove()
})

/** The answer on a connection, and whether that connection takes another request afterwards. */
async function ask(target: string, method = 'POST'): Promise<RawAnswer & { readonly isReusable: boolean }> {
  const client = await rawClient({ port: session.port })
  try {
    const toHead = method === 'HEAD'
    await client.send(post('x', [], target).toString('latin1').replace('POST', method))
    const answer = await client.answer({ toHead })
    await client.send(post('x', [], '/204'))
    const isReusable = await client.answer().then(
      ({ status }) => status === 204,
      () => false,
    )
    return { ...answer, isReusable }
  } finally {
    client.socket.destroy()
  }
}

test.each([
  ['204 has neither body nor length', '/204', 'POST', 204, '', undefined],
  ['304 neither', '/304', 'POST', 304, '', undefined],
  ['HEAD has the app’s length and no body', '/head', 'HEAD', 200, '', '5000'],
  ['HEAD has no length where the app told none', '/head-without', 'HEAD', 200, '', undefined],
  ['an answer without a body', '/empty', 'POST', 200, '', '0'],
  ['a chunked one is whole', '/chunked', 'POST', 200, 'one two', '7'],
  ['an early hint is not the answer', '/early', 'POST', 201, 'late', '4'],
])('%s', async (_what, target, method, status, body, length) => {
  const answer = await ask(target, method)
  expect([answer.status, answer.body.toString(), answer.headers.get('content-length')]).toEqual([
    status,
    body,
    length,
  ])
  expect(answer.headers.has('transfer-encoding')).toBe(false)
  expect(answer.isReusable).toBe(true)
})

test('a compressed body stays compressed, with the header that says so', async () => {
  const answer = await ask('/gzip')
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(answer.body).toEqual(GZIPPED)
})

test('headers keep order and duplicates, and there is one Date', async () => {
  const client = await rawClient({ port: session.port })
  await client.send(post('x', ['Connection: close'], '/cookies'))
  const head = (await client.rest()).toString('latin1')
  const names = head
    .split('\r\n')
    .flatMap((line) => /^(set-cookie|x-one): (.*)$/i.exec(line)?.slice(1, 3).join('=') ?? [])
  expect(names).toEqual(['Set-Cookie=a=1', 'X-One=1', 'set-cookie=b=2', 'X-One=2'])
  expect(head.match(/^date:/gim)).toHaveLength(1)
})

test('bytes above ASCII in a header arrive as the app sent them', async () => {
  expect((await ask('/latin1')).headers.get('x-name')).toBe('Zo\xeb')
})

test('a redirect is told to the sender and not followed', async () => {
  const answer = await ask('/redirect')
  expect([answer.status, answer.headers.get('location')]).toEqual([307, 'http://127.0.0.1:1/elsewhere'])
})

test('what the app said to us alone stays with us', async () => {
  const answer = await ask('/hop')
  expect([answer.headers.has('x-hop'), answer.headers.get('x-end')]).toEqual([false, '1'])
  expect(answer.headers.get('keep-alive')).not.toBe('timeout=1')
  expect(answer.isReusable).toBe(true)
})

test('an answer of more than 16 MiB is refused as a whole, not cut', async () => {
  const answer = await ask('/large')
  expect([answer.status, answer.body.toString()]).toEqual([
    502,
    '{"error":"the answer of the app is too large to pass on","code":"TOO_LARGE"}',
  ])
})

test.each(['/bad/garbage', '/bad/half', '/bad/nothing'])(
  '%s: 502, and what may have arrived is called unknown',
  async (target) => {
    const before = session.stdout.text().length
    const answer = await ask(target)
    expect(answer.status).toBe(502)
    expect(answer.isReusable).toBe(true)
    expect(session.stdout.text().slice(before)).toMatch(/"type":"delivery".*"kind":"unknown"/)
  },
)

test('a header folded over two lines never comes out as two', async () => {
  const answer = await ask('/bad/split')
  expect([200, 502]).toContain(answer.status)
  expect(answer.headers.has('b')).toBe(false)
})
