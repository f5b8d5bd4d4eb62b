import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Forwarder } from '../../src/core/ports.ts'
import type { RawHeaders } from '../../src/core/request.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'
import type { Chain, WireTarget } from '../helpers/chain.ts'
import { startChain, startWireTarget } from '../helpers/chain.ts'
import { exchange, rawClient } from '../helpers/raw-http.ts'

/** What a forwarder adds of its own. */
const OURS = /^(?:host|connection|content-length|via|webhook-cli-id):/i

function lines(headers: RawHeaders): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`)
}

describe('R-FWD-4: hop-by-hop headers stay behind, all others go on as they came', () => {
  let target: WireTarget
  let forwarder: Forwarder
  beforeAll(async () => {
    target = await startWireTarget()
    forwarder = openForwarder({ connections: 1, loopbackOnly: true, clock: systemClock })
  })
  afterAll(async () => {
    await forwarder.close()
    await target.close()
  })

  /** Headers that came in, a line each, and those that go on; what is missing on the right stayed behind. */
  const CASES: readonly (readonly [came: readonly string[], goesOn: readonly string[]])[] = [
    [['Connection: close'], []],
    [['Connection: keep-alive'], []],
    [['connection: Keep-Alive, X-Hop', 'X-Hop: 1', 'X-Stay: 2'], ['X-Stay: 2']],
    [['X-Hop: 1', 'Connection: x-hop'], []],
    [['X-HOP: 1', 'x-hop: 2', 'Connection: X-hOp'], []],
    [['Connection: a', 'Connection: b', 'A: 1', 'B: 2', 'C: 3'], ['C: 3']],
    [['Connection: ,, a ,,b\t,', 'A: 1', 'B: 2', 'C: 3'], ['C: 3']],
    [['Connection: ', 'A: 1'], ['A: 1']],
    [['Connection: close, close', 'Close: 1'], []],
    [['Connection: x-hop-but-longer', 'X-Hop: 1'], ['X-Hop: 1']],
    [
      ['Connection: x hop', 'X: 1', 'Hop: 2'],
      ['X: 1', 'Hop: 2'],
    ],
    [['Connection: content-length', 'A: 1'], ['A: 1']],
    [['Connection: host', 'A: 1'], ['A: 1']],
    [['Connection: __proto__', '__proto__: 1', 'constructor: 2'], ['constructor: 2']],
    [['Keep-Alive: timeout=5'], []],
    [['keep-ALIVE: timeout=5', 'Keep-Alive2: x'], ['Keep-Alive2: x']],
    [['Proxy-Connection: keep-alive'], []],
    [['Proxy-Authenticate: Basic'], []],
    [['Proxy-Authorization: Basic YTpi'], []],
    [['Authorization: Basic YTpi'], ['Authorization: Basic YTpi']],
    [['TE: trailers'], []],
    [['te: gzip;q=0.5'], []],
    [['Trailer: X-Sum'], []],
    [['Trailers: X-Sum'], ['Trailers: X-Sum']],
    [['Transfer-Encoding: chunked'], []],
    [['transfer-encoding: gzip, chunked'], []],
    [['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], []],
    [['Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'], ['HTTP2-Settings: AAMAAABk']],
    [['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'], []],
    [['Upgrade-Insecure-Requests: 1'], ['Upgrade-Insecure-Requests: 1']],
    [['Expect: 100-continue'], []],
    [['EXPECT: something-else'], []],
    [['Expect-CT: max-age=0'], ['Expect-CT: max-age=0']],
    [['Host: evil.test', 'X-Forwarded-Host: a'], ['X-Forwarded-Host: a']],
    [['HOST: a', 'host: b'], []],
    [['Content-Length: 99'], []],
    [['content-length: 5', 'Content-Length: 6'], []],
    [
      ['Content-Encoding: gzip', 'Content-Type: a/b'],
      ['Content-Encoding: gzip', 'Content-Type: a/b'],
    ],
    [
      ['b: 2', 'A: 1', 'B: 3', 'a: 4', 'b: 2'],
      ['b: 2', 'A: 1', 'B: 3', 'a: 4', 'b: 2'],
    ],
    [
      ['Set-Cookie: a', 'Cookie: b', 'Cookie: c'],
      ['Set-Cookie: a', 'Cookie: b', 'Cookie: c'],
    ],
    [
      ['X-Empty:', 'X-Obs: \xe9\xff', 'X-Tab: a\tb'],
      ['X-Empty: ', 'X-Obs: \xe9\xff', 'X-Tab: a\tb'],
    ],
    [
      ["!#$%&'*+-.^_`|~: token", '0: 1'],
      ["!#$%&'*+-.^_`|~: token", '0: 1'],
    ],
    [
      ['Via: 1.1 a', 'Forwarded: for=b', 'X-Forwarded-For: c'],
      ['Via: 1.1 a', 'Forwarded: for=b', 'X-Forwarded-For: c'],
    ],
  ]

  test.each(CASES)('%j', async (came, goesOn) => {
    const headers = came.map(
      (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
    )
    const before = target.arrived.length
    const request = { method: 'POST', url: `${target.url}/`, headers, body: Buffer.from('hello') }
    const { outcome } = await forwarder.deliver(request, { timeoutMs: 5000 })
    expect(outcome).toMatchObject({ kind: 'response', status: 200 })
    const [arrived, ...others] = target.arrived.slice(before)
    expect(others).toEqual([])
    const all = lines(arrived?.headers ?? [])
    expect(all.filter((line) => !/^(?:host|connection|content-length):/i.test(line))).toEqual(goesOn)
    expect(all.filter((line) => /^(?:host|content-length):/i.test(line))).toEqual([
      `host: ${target.url.slice('http://'.length)}`,
      'content-length: 5',
    ])
    expect(arrived?.body.toString()).toBe('hello')
  })

  test('the count', () => {
    console.log(`R-FWD-4: ${CASES.length} cases`)
    expect(CASES.length).toBeGreaterThanOrEqual(40)
  })
})

describe('R-FWD-5: no legal header keeps an event from its target', () => {
  let chain: Chain
  beforeAll(async () => {
    chain = await startChain()
  })
  afterAll(() => chain.close())

  const GOES_ON: readonly string[] = [
    'X-Obs: caf\xe9 \x80\xff',
    'X-Tab: a\tb',
    'X-Empty:',
    "!#$%&'*+-.^_`|~: token",
    '__proto__: x',
    'constructor: x',
    'toString: x',
    'Content-Type: multipart/form-data; boundary="a b"',
    'Content-Encoding: gzip',
    'Accept-Encoding: br, zstd',
    'Authorization: Digest username="a", nonce="b"',
    'Cookie: a=b; c="d"',
    'Set-Cookie: a=b',
    'Date: not a date',
    'Location: http://evil.test/',
    'Status: 500',
    'Origin: null',
    'Range: bytes=0-',
    'If-None-Match: *',
    'Max-Forwards: 0',
    'Forwarded: for="[::1]"',
    'X-HTTP-Method-Override: DELETE',
    'Content-Length_: 3',
    'HTTP2-Settings: AAMAAABk',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Priority: u=1, i',
    `X-Long: ${'x'.repeat(60_000)}`,
    'webhook-signature: v1,a v1,b',
  ]
  const STAYS: readonly string[] = [
    'Keep-Alive: timeout=5, max=1000',
    'Connection: keep-alive',
    'Connection: close',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Upgrade: h2c',
    'Expect: 100-continue',
    'Expect: something-else',
    'TE: trailers',
    'Trailer: X-Sum',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic YTpi',
    'Proxy-Authenticate: Basic',
  ]

  /** The request through receiver and forwarder, and what of its headers came to the target. */
  async function passed(bytes: string): Promise<{ headers: string[]; body: string }> {
    const before = chain.target.arrived.length
    const client = await rawClient({ port: chain.port })
    void client.send(bytes)
    const { status } = await client.answer({ toHead: bytes.startsWith('HEAD') })
    client.socket.destroy()
    expect([100, 200]).toContain(status)
    await expect.poll(() => chain.attempts.length).toBe(chain.captured.length)
    expect(chain.attempts.at(-1)?.outcome).toMatchObject({ kind: 'response', status: 200 })
    const [arrived, ...others] = chain.target.arrived.slice(before)
    expect(others).toEqual([])
    return {
      headers: lines(arrived?.headers ?? []).filter((line) => !OURS.test(line)),
      body: arrived?.body.toString() ?? '',
    }
  }

  test.each(GOES_ON.map((line) => [line.slice(0, 60), line]))('%s goes on', async (_, line) => {
    const { headers, body } = await passed(
      `POST / HTTP/1.1\r\nHost: x\r\n${line}\r\nContent-Length: 5\r\n\r\nhello`,
    )
    expect(headers).toEqual([line.endsWith(':') ? `${line} ` : line])
    expect(body).toBe('hello')
  })

  test.each(STAYS)('%s stays, the event goes on', async (line) => {
    const { headers, body } = await passed(
      `POST / HTTP/1.1\r\nHost: x\r\n${line}\r\nContent-Length: 5\r\n\r\nhello`,
    )
    expect(headers).toEqual([])
    expect(body).toBe('hello')
  })

  test('chunked, with an extension and a trailer: the body goes on, framed by its length', async () => {
    const { headers, body } = await passed(
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n' +
        '2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n',
    )
    expect(headers).toEqual([])
    expect(body).toBe('hello')
    expect(lines(chain.target.arrived.at(-1)?.headers ?? [])).toContain('content-length: 5')
  })

  // QUERY is not known to Node 20.
  const METHODS_TRIED = [
    'GET',
    'HEAD',
    'DELETE',
    'OPTIONS',
    'PUT',
    'PATCH',
    'QUERY',
    'PROPFIND',
    'TRACE',
    'PURGE',
  ]

  test.each(METHODS_TRIED.filter((method) => METHODS.includes(method)))(
    '%s with a body, and without one',
    async (method) => {
      const head = `${method} / HTTP/1.1\r\nHost: x\r\n`
      expect((await passed(`${head}Content-Length: 5\r\n\r\nhello`)).body).toBe('hello')
      expect((await passed(`${head}\r\n`)).body).toBe('')
      expect(chain.target.arrived.at(-1)?.method).toBe(method)
    },
  )

  test('two Content-Length headers are never guessed at: refused, or sent on as one', async () => {
    const before = chain.target.arrived.length
    const bytes = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'
    const { status } = await exchange(chain.port, bytes)
    const arrived = chain.target.arrived.slice(before)
    expect(arrived).toHaveLength(status === 200 ? 1 : 0)
    expect(status === 200 || status === 400).toBe(true)
    for (const { headers } of arrived)
      expect(headers.filter(([name]) => name.toLowerCase() === 'content-length')).toHaveLength(1)
    console.log(
      `R-FWD-5: ${GOES_ON.length + STAYS.length} headers alone: all delivered; two lengths: ${status}`,
    )
  })
})
