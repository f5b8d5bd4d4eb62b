import { afterEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../src/core/ports.ts'
import { exchange, post, rawClient } from '../helpers/raw-http.ts'
import type { TestOptions, TestReceiver } from '../helpers/test-receiver.ts'
import { deferred, OK, startTestReceiver } from '../helpers/test-receiver.ts'

const running: TestReceiver[] = []

async function start(options?: TestOptions): Promise<TestReceiver> {
  const started = await startTestReceiver(options)
  running.push(started)
  return started
}

afterEach(() => {
  for (const { receiver } of running.splice(0)) receiver.destroy()
})

const head = (length: number): string => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`
const CHUNKED = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (bytes: string): string => `${Buffer.byteLength(bytes, 'latin1').toString(16)}\r\n${bytes}\r\n`

describe('R-CAP-2: a request that is cut off', () => {
  const cut = {
    'fewer bytes than declared, then end': {
      bytes: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234',
      by: 'end',
    },
    'within a chunk, then end': { bytes: `${CHUNKED}9\r\n1234`, by: 'end' },
    'between chunks, then end': { bytes: CHUNKED + chunk('1234'), by: 'end' },
    'before the last CRLF, then end': { bytes: `${CHUNKED + chunk('1234')}0\r\n`, by: 'end' },
    'within the head, then end': { bytes: 'POST / HTTP/1.1\r\nHost: x\r\nConte', by: 'end' },
    'within the body of a request with Upgrade, then end': {
      bytes:
        'POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 9\r\n\r\n1234',
      by: 'end',
    },
    'fewer bytes than declared, then reset': {
      bytes: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234',
      by: 'reset',
    },
    'within a chunk, then reset': { bytes: `${CHUNKED}9\r\n1234`, by: 'reset' },
    'within the trailers, then reset': { bytes: `${CHUNKED + chunk('1234')}0\r\nX-Sum: 1`, by: 'reset' },
  } as const
  const kinds = Object.entries(cut)

  test.each(kinds)('%s: is never handled, and told', async (_, { bytes, by }) => {
    const { port, handled, refusals, receiver } = await start()
    const client = await rawClient({ port })
    await client.send(bytes)
    if (by === 'end') {
      client.socket.end()
      expect((await client.answer()).status).toBe(400)
    } else {
      // The reset must not overtake the bytes: it is a cut-off request only once its head has been seen.
      await expect.poll(() => receiver.inFlight()).toBe(1)
      client.socket.resetAndDestroy()
    }
    const refusal = await refusals.only()
    expect([refusal.reason, refusal.status]).toEqual(['cut-off', by === 'end' ? 400 : undefined])
    expect(handled.items).toEqual([])
    expect(receiver.inFlight()).toBe(0)
  })

  test('500 of them between 500 good ones: exactly the 500 good ones are handled', async () => {
    const { port, handled, refusals } = await start()
    const answers: number[] = []
    const one = async (i: number): Promise<void> => {
      const kind = kinds[i % kinds.length]?.[1] ?? cut['within a chunk, then end']
      const truncated = await rawClient({ port })
      await truncated.send(kind.bytes)
      if (kind.by === 'end') {
        truncated.socket.end()
        answers.push((await truncated.answer()).status)
      } else truncated.socket.resetAndDestroy()
      expect((await exchange(port, post(`good ${i}`))).status).toBe(200)
    }
    for (let i = 0; i < 500; i += 20) await Promise.all(Array.from({ length: 20 }, (_, j) => one(i + j)))
    const bodies = handled.items.map(({ body }) => Buffer.from(body).toString())
    expect(new Set(bodies)).toEqual(new Set(Array.from({ length: 500 }, (_, i) => `good ${i}`)))
    expect(handled.items).toHaveLength(500)
    expect(new Set(answers)).toEqual(new Set([400]))
    expect(new Set(refusals.items.map(({ reason }) => reason))).toEqual(new Set(['cut-off']))
    console.log(
      `R-CAP-2: 500 truncated between 500 good: ${handled.items.length} handled, ${refusals.items.length} told`,
    )
  })
})

describe('R-CAP-6: a body over the limit', () => {
  test('declared: 413 at once, though the sender first sends all of it', async () => {
    const { port, handled, refusals } = await start({ limits: { maxBodyBytes: 1_000_000 } })
    const client = await rawClient({ port })
    await client.send(post(Buffer.alloc(1_900_000)))
    const answer = await client.answer()
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close'])
    expect(JSON.parse(answer.body.toString())).toEqual({ error: 'the body is too large' })
    expect(await client.rest()).toHaveLength(0)
    expect(handled.items).toEqual([])
    expect((await refusals.only()).reason).toBe('body-too-large')
  })

  test('declared beyond any number: refused', async () => {
    const { port, handled } = await start()
    for (const length of [
      '9007199254740993',
      '18446744073709551615',
      '18446744073709551616',
      '9'.repeat(60),
    ]) {
      const { status } = await exchange(
        port,
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\nx`,
      )
      expect([400, 413]).toContain(status)
    }
    expect(handled.items).toEqual([])
  })

  test('of exactly the limit is taken, of one byte more is not, declared and chunked', async () => {
    const { port, handled } = await start({ limits: { maxBodyBytes: 70_000 } })
    const most = 'x'.repeat(70_000)
    const statuses = []
    for (const bytes of [
      post(most),
      post(`${most}y`),
      `${CHUNKED + chunk(most)}0\r\n\r\n`,
      `${CHUNKED + chunk(most) + chunk('y')}0\r\n\r\n`,
    ]) {
      statuses.push((await exchange(port, bytes)).status)
    }
    expect(statuses).toEqual([200, 413, 200, 413])
    expect(handled.items.map(({ body }) => body.length)).toEqual([70_000, 70_000])
  })

  test('chunked without end: 413 at the limit, then cut though the sender never stops', async () => {
    const { port, refusals, receiver } = await start({ limits: { maxBodyBytes: 200_000 } })
    const client = await rawClient({ port })
    await client.send(CHUNKED)
    const piece = chunk('x'.repeat(50_000))
    let sent = 0
    while (!client.socket.destroyed && sent < 50_000_000) {
      await client.send(piece)
      sent += 50_000
    }
    await client.closed
    expect(sent).toBeLessThan(50_000_000)
    const refusal = await refusals.only()
    expect([refusal.reason, refusal.status]).toEqual(['body-too-large', 413])
    expect(refusal.receivedBytes).toBeLessThanOrEqual(200_000)
    expect(receiver.inFlight()).toBe(0)
  })

  test('a sender that neither reads, sends nor closes is let go after the linger', async () => {
    const timers: (() => void)[] = []
    const { port } = await start({
      limits: { maxBodyBytes: 10 },
      clock: {
        now: () => 0,
        monotonic: () => 0,
        after(_, callback) {
          timers.push(callback)
          return () => undefined
        },
        sleep: () => Promise.resolve(),
      },
    })
    const client = await rawClient({ port })
    client.socket.pause()
    await client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n')
    await expect.poll(() => timers.length).toBe(1)
    timers[0]?.()
    client.socket.resume()
    await client.closed
  })
})

describe('R-CAP-7: bodies in flight', () => {
  const limits = { maxBodyBytes: 100_000, maxInFlightBytes: 150_000 }

  test('are reserved as declared: who does not fit gets 503 with Retry-After, small ones still pass', async () => {
    const { port, receiver, refusals } = await start({ limits })
    const slow = await rawClient({ port })
    await slow.send(head(100_000))
    await expect.poll(() => receiver.inFlight()).toBe(1)
    const refused = await exchange(port, head(50_001))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await refusals.only()).reason).toBe('too-much-in-flight')
    expect((await exchange(port, post('small'))).status).toBe(200)
    await slow.send(Buffer.alloc(100_000))
    expect((await slow.answer()).status).toBe(200)
    expect((await exchange(port, post(Buffer.alloc(90_000)))).status).toBe(200)
  })

  test('of unknown length are counted as they come', async () => {
    const { port, receiver, refusals } = await start({ limits })
    const slow = await rawClient({ port })
    await slow.send(head(100_000))
    await expect.poll(() => receiver.inFlight()).toBe(1)
    const chunked = await rawClient({ port })
    void chunked.send(CHUNKED + chunk('x'.repeat(40_000)) + chunk('x'.repeat(20_000)))
    expect((await chunked.answer()).status).toBe(503)
    const { reason, receivedBytes } = await refusals.only()
    expect(reason).toBe('too-much-in-flight')
    expect(receivedBytes).toBeLessThanOrEqual(50_000)
    slow.socket.resetAndDestroy()
    await refusals.atLeast(2)
    expect((await exchange(port, post(Buffer.alloc(100_000)))).status).toBe(200)
  })

  test('count until they are answered, and are given back by every way out', async () => {
    const held = deferred<Answer>()
    const { port, handled, refusals } = await start({
      limits,
      handle: ({ target }) =>
        target === '/hold'
          ? held.promise
          : target === '/bug'
            ? Promise.reject(new Error('bug'))
            : Promise.resolve(OK),
    })
    const first = exchange(port, post(Buffer.alloc(100_000), [], '/hold'))
    await handled.atLeast(1)
    expect((await exchange(port, post(Buffer.alloc(100_000)))).status).toBe(503)
    held.resolve(OK)
    expect((await first).status).toBe(200)
    for (let i = 0; i < 5; i++) {
      expect((await exchange(port, post(Buffer.alloc(100_000), [], '/bug'))).status).toBe(500)
      expect((await exchange(port, `${CHUNKED}186a1\r\n${'x'.repeat(100_001)}`)).status).toBe(413)
      const gone = await rawClient({ port })
      const told = refusals.items.length
      await gone.send(`${head(100_000)}some`)
      gone.socket.end()
      expect((await gone.answer()).status).toBe(400)
      await refusals.atLeast(told + 1)
    }
    expect((await exchange(port, post(Buffer.alloc(100_000)))).status).toBe(200)
  })

  test('a longest body larger than the limit for all still gets through alone', async () => {
    const { port } = await start({ limits: { maxBodyBytes: 100_000, maxInFlightBytes: 1000 } })
    expect((await exchange(port, post(Buffer.alloc(100_000)))).status).toBe(200)
  })
})

describe('a head that cannot be taken', () => {
  const table = [
    ['no Host', 'POST / HTTP/1.1\r\n\r\n', 400, 'malformed'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400, 'malformed'],
    [
      'length beside chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'malformed',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
      400,
      'malformed',
    ],
    ['a length with a sign', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc', 400, 'malformed'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: x\n\n', 400, 'malformed'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n', 400, 'malformed'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', 400, 'malformed'],
    ['an escape in a header', 'GET / HTTP/1.1\r\nHost: x\r\nA: \x1b[2J\r\n\r\n', 400, 'malformed'],
    ['an escape in the target', 'GET /\x1b[2J HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed'],
    [
      'chunks in HTTP/1.0',
      'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed',
    ],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'malformed'],
    [
      'gzip beside chunked',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      501,
      'transfer-coding',
    ],
    [
      'gzip and chunked in two lines',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      501,
      'transfer-coding',
    ],
    ['gzip alone', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nx', 501, 'transfer-coding'],
    [
      'chunked twice',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed',
    ],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 405, 'malformed'],
    [
      'a header of 70 KB',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['a target of 70 KB', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers-too-large'],
    [
      '70 KB in 14,000 headers',
      `GET / HTTP/1.1\r\nHost: x\r\n${'a:\r\n'.repeat(17_500)}\r\n`,
      431,
      'headers-too-large',
    ],
    ['trailers of 70 KB', `${CHUNKED}0\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ] as const

  test.each(table)('%s: is refused with its status, as JSON, and told', async (_, bytes, status, reason) => {
    const { port, handled, refusals, receiver } = await start()
    const client = await rawClient({ port })
    await client.send(bytes)
    const answer = await client.answer()
    expect(answer.status).toBe(status)
    expect(answer.headers.get('connection')).toBe('close')
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Date.parse(answer.headers.get('date') ?? '')).toBeGreaterThan(0)
    expect(JSON.parse(answer.body.toString())).toEqual({ error: expect.any(String) })
    expect(await client.rest()).toHaveLength(0)
    const refusal = await refusals.only()
    expect([refusal.reason, refusal.status, refusal.remoteAddress]).toEqual([reason, status, '127.0.0.1'])
    expect(handled.items).toEqual([])
    expect(receiver.inFlight()).toBe(0)
    expect((await exchange(port, post('next'))).status).toBe(200)
  })

  test('a body whose chunks are broken is refused, and told with what had come', async () => {
    const { port, handled, refusals } = await start()
    const answer = await exchange(port, `${CHUNKED + chunk('12345')}not a size\r\n`)
    expect(answer.status).toBe(400)
    const { reason, target, receivedBytes } = await refusals.only()
    expect([reason, target]).toEqual(['malformed', '/'])
    expect(receivedBytes).toBeLessThanOrEqual(5)
    expect(handled.items).toEqual([])
  })
})

describe('connections', () => {
  test('over the limit are closed and told, and taken again once there is room', async () => {
    const { port, refusals } = await start({ limits: { maxConnections: 2 } })
    const clients = [await rawClient({ port }), await rawClient({ port })]
    for (const client of clients) await client.send('POST / HTTP/1.1\r\n')
    const third = await rawClient({ port })
    await third.closed
    const { reason, detail } = await refusals.only()
    expect([reason, detail]).toEqual(['too-much-in-flight', '2 connections are open'])
    for (const client of clients) client.socket.destroy()
    await expect
      .poll(() =>
        exchange(port, post('x')).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })

  test('at rest make room for new ones', async () => {
    const { port, refusals } = await start({ limits: { maxConnections: 2 } })
    const resting = [await rawClient({ port }), await rawClient({ port })]
    for (const client of resting) {
      await client.send(post('x'))
      await client.answer()
    }
    const third = await rawClient({ port })
    await third.closed
    await Promise.all(resting.map(({ closed }) => closed))
    expect((await exchange(port, post('x'))).status).toBe(200)
    expect(refusals.items).toHaveLength(1)
  })

  test('whose sender never reads its answers are cut', async () => {
    const body = Buffer.alloc(100_000)
    const { port, handled } = await start({
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 300 },
      handle: async () => ({ ...OK, body }),
    })
    const client = await rawClient({ port })
    client.socket.pause()
    await client.send(Buffer.concat(Array.from({ length: 500 }, () => post('x'))))
    await handled.atLeast(1)
    const { socket } = client
    // Nothing is read on this side, so that only a failing write shows that the other side is gone.
    const gone = new Promise((resolve) => {
      socket.once('error', resolve)
    })
    const prod = setInterval(() => socket.write('x'), 50)
    await gone
    clearInterval(prod)
    expect((await exchange(port, post('x'))).status).toBe(200)
  })
})
