import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import type { Answer } from '../../src/core/ports.ts'
import { makeCertificate } from '../../src/http/certificate.ts'
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

describe('a request', () => {
  test('is handed on as it was on the wire, with the time it came', async () => {
    const { port, handled } = await start()
    const before = Date.now()
    const bytes = Buffer.from([0, 255, 13, 10, 0x1b, 0x80])
    const { status, body } = await exchange(
      port,
      post(bytes, ['X-A: 1', 'x-a: \xe4\x9b', 'Content-Encoding: gzip'], '//evil.test/%2e%2E/?a=1&a=2&b'),
    )
    expect([status, body.toString()]).toEqual([200, 'ok'])
    const request = await handled.only()
    expect(request).toEqual({
      source: 'captured',
      receivedAt: expect.any(Number),
      receivedMonotonic: expect.any(Number),
      method: 'POST',
      target: '//evil.test/%2e%2E/?a=1&a=2&b',
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      headers: [
        ['Host', 'localhost'],
        ['X-A', '1'],
        ['x-a', '\xe4\x9b'],
        ['Content-Encoding', 'gzip'],
        ['Content-Length', '6'],
      ],
      trailers: [],
      body: bytes,
    })
    expect(request.receivedAt).toBeGreaterThanOrEqual(before)
    expect(request.receivedAt).toBeLessThanOrEqual(Date.now())
  })

  test('of a body in many pieces is one buffer without slack beyond it', async () => {
    const { port, handled } = await start()
    const body = Buffer.alloc(3_000_000, 'abcdefg')
    await exchange(port, post(body))
    const request = await handled.only()
    expect(Buffer.from(request.body).equals(body)).toBe(true)
    expect(request.body.buffer.byteLength).toBe(body.length)
  })

  test('gets the status, headers and bytes that the application answers', async () => {
    const answer: Answer = {
      status: 202,
      headers: [
        ['X-One', 'a'],
        ['X-One', 'b'],
      ],
      body: Buffer.from([0, 128, 255]),
    }
    const { port } = await start({ handle: async () => answer })
    const client = await rawClient({ port })
    await client.send(post('', ['Connection: close']))
    const text = (await client.rest()).toString('latin1')
    expect(text).toContain('HTTP/1.1 202 Accepted\r\nX-One: a\r\nX-One: b\r\nContent-Length: 3\r\n')
    expect(text.endsWith('\r\n\r\n\x00\x80\xff')).toBe(true)
  })

  test.each([204, 304])('answered %i has neither body nor Content-Length', async (status) => {
    const { port } = await start({ handle: async () => ({ ...OK, status }) })
    const client = await rawClient({ port })
    await client.send(post('', ['Connection: close']))
    const text = (await client.rest()).toString('latin1')
    expect(text).toMatch(/^HTTP\/1\.1 (204|304) /)
    expect(text).not.toMatch(/content-length/i)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
  })

  test('by HEAD is told the length of a body it does not get', async () => {
    const { port } = await start()
    const client = await rawClient({ port })
    await client.send('HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const answer = await client.answer({ toHead: true })
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '2'])
    expect(await client.rest()).toHaveLength(0)
  })

  test('whose sender has shut its sending side is answered all the same', async () => {
    const gate = deferred<Answer>()
    const { port, handled } = await start({ handle: () => gate.promise })
    const client = await rawClient({ port })
    await client.send(post('x'))
    client.socket.end()
    await handled.atLeast(1)
    gate.resolve(OK)
    expect((await client.answer()).status).toBe(200)
  })

  test('over IPv6 comes from an IPv6 address, IPv4 on a dual-stack socket from an IPv4 one', async () => {
    const { port, handled } = await start({ host: '::' })
    for (const host of ['::1', '127.0.0.1']) {
      const client = await rawClient({ port, host })
      await client.send(post('x', ['Connection: close']))
      await client.rest()
    }
    expect(handled.items.map(({ remoteAddress }) => remoteAddress)).toEqual(['::1', '127.0.0.1'])
  })
})

/** A head whose sender waits to be told to go on. */
const ask = (length: number): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`

describe('100-continue', () => {
  test('is told to go on, then answered', async () => {
    const { port, handled } = await start()
    const client = await rawClient({ port })
    await client.send(ask(3))
    expect((await client.answer()).status).toBe(100)
    await client.send('abc')
    expect((await client.answer()).status).toBe(200)
    expect(Buffer.from((await handled.only()).body).toString()).toBe('abc')
  })

  test('with a length over the limit is refused before it sends anything', async () => {
    const { port, refusals } = await start({ limits: { maxBodyBytes: 10 } })
    const client = await rawClient({ port })
    await client.send(ask(11))
    expect((await client.answer()).status).toBe(413)
    expect((await refusals.only()).reason).toBe('body-too-large')
  })

  test('an expectation we do not know is captured like any other request', async () => {
    const { port, handled } = await start()
    expect((await exchange(port, post('x', ['Expect: tea']))).status).toBe(200)
    expect((await handled.only()).headers).toContainEqual(['Expect', 'tea'])
  })
})

describe('pipelining', () => {
  test('answers in the order of the requests, whatever the order in which they are done', async () => {
    const gates = [deferred<Answer>(), deferred<Answer>(), deferred<Answer>()]
    let next = 0
    const { port, handled } = await start({
      handle: () => gates[next++]?.promise ?? Promise.reject(new Error('4th')),
    })
    const client = await rawClient({ port })
    await client.send(Buffer.concat([post('1'), post('2'), post('3')]))
    await handled.atLeast(3)
    for (const i of [2, 1, 0]) gates[i]?.resolve({ ...OK, body: Buffer.from(`answer ${i}`) })
    const bodies = []
    for (let i = 0; i < 3; i++) bodies.push((await client.answer()).body.toString())
    expect(bodies).toEqual(['answer 0', 'answer 1', 'answer 2'])
  })

  test('what stands before a refused request is answered first, what stands behind it is not handled', async () => {
    const gate = deferred<Answer>()
    const { port, handled, refusals } = await start({
      limits: { maxBodyBytes: 10 },
      handle: () => gate.promise,
    })
    const client = await rawClient({ port })
    await client.send(Buffer.concat([post('good'), post('more than ten'), post('late')]))
    await handled.atLeast(1)
    expect((await refusals.only()).reason).toBe('body-too-large')
    gate.resolve(OK)
    expect((await client.answer()).status).toBe(200)
    expect((await client.answer()).status).toBe(413)
    expect(await client.rest()).toHaveLength(0)
    expect(handled.items).toHaveLength(1)
  })

  test('a chunked body found too large late takes those behind it along', async () => {
    const { port, handled, receiver } = await start({ limits: { maxBodyBytes: 10 } })
    const client = await rawClient({ port })
    const chunked =
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n'
    await client.send(Buffer.concat([post('good'), Buffer.from(chunked), post('late'), post('later')]))
    expect((await client.answer()).status).toBe(200)
    expect((await client.answer()).status).toBe(413)
    expect(await client.rest()).toHaveLength(0)
    expect(handled.items).toHaveLength(1)
    expect(receiver.inFlight()).toBe(0)
  })

  test('garbage behind a request gets 400 after that request is answered', async () => {
    const gate = deferred<Answer>()
    const { port, handled, refusals } = await start({ handle: () => gate.promise })
    const client = await rawClient({ port })
    await client.send(Buffer.concat([post('good'), Buffer.from('\x16\x03\x01 what is this\r\n\r\n')]))
    await handled.atLeast(1)
    expect((await refusals.only()).reason).toBe('malformed')
    gate.resolve(OK)
    expect((await client.answer()).status).toBe(200)
    expect((await client.answer()).status).toBe(400)
    expect(await client.rest()).toHaveLength(0)
  })
})

describe('when the application fails', () => {
  test('a store that cannot write is 503 with Retry-After, and the connection goes on', async () => {
    let full = true
    const { port, refusals } = await start({
      handle: async () => {
        if (full) throw new AppError('store-write-failed', { path: 'x', reason: 'disk full', full: true })
        return OK
      },
    })
    const client = await rawClient({ port })
    await client.send(post('x'))
    const refused = await client.answer()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff')
    expect(JSON.parse(refused.body.toString())).toEqual({ error: expect.any(String) })
    expect(await refusals.only()).toEqual({
      reason: 'store-failed',
      status: 503,
      method: 'POST',
      target: '/',
      remoteAddress: '127.0.0.1',
      receivedBytes: 1,
      detail: 'disk full',
    })
    full = false
    await client.send(post('y'))
    expect((await client.answer()).status).toBe(200)
  })

  test.each([
    ['rejects', () => Promise.reject(new TypeError('boom'))],
    [
      'throws',
      () => {
        throw new TypeError('boom')
      },
    ],
    ['answers what cannot be sent', async () => ({ ...OK, headers: [['X', 'a\r\nb']] as const })],
    ['answers an impossible status', async () => ({ ...OK, status: 7 })],
  ])('R-LIF-2: a bug that %s is 500, told, and the next request is served', async (_, broken) => {
    let handle: () => Promise<Answer> = broken
    const { port, refusals } = await start({ handle: () => handle() })
    const client = await rawClient({ port })
    await client.send(post('x'))
    const answer = await client.answer()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'application/json'])
    expect(answer.body.toString()).not.toContain('boom')
    const { reason, detail } = await refusals.only()
    expect(reason).toBe('bug')
    expect(detail).toMatch(/boom|X|status/i)
    handle = async () => OK
    await client.send(post('y'))
    expect((await client.answer()).status).toBe(200)
  })

  test('R-LIF-2: a bug in admit is 500, told, and the next request is served', async () => {
    let broken = true
    const { port, refusals, handled } = await start({
      admit() {
        if (broken) throw new TypeError('boom')
        return undefined
      },
    })
    expect((await exchange(port, post('x'))).status).toBe(500)
    expect((await refusals.only()).detail).toContain('boom')
    broken = false
    expect((await exchange(port, post('y'))).status).toBe(200)
    expect(handled.items).toHaveLength(1)
  })

  test('a sender that is gone before its answer harms nobody', async () => {
    const gate = deferred<Answer>()
    const { port, handled, refusals, receiver } = await start({ handle: () => gate.promise })
    const client = await rawClient({ port })
    await client.send(Buffer.concat([post('x'), post('y')]))
    await handled.atLeast(2)
    client.socket.resetAndDestroy()
    const other = exchange(port, post('z'))
    await handled.atLeast(3)
    gate.resolve(OK)
    expect((await other).status).toBe(200)
    expect(refusals.items).toEqual([])
    expect(receiver.inFlight()).toBe(0)
  })
})

describe('admit', () => {
  test('sees the head, and its answer refuses the request before the body is sent', async () => {
    const { port, handled, refusals } = await start({
      admit: ({ target }) =>
        target === '/hook' ? undefined : { reason: 'path-not-served', answer: { ...OK, status: 404 } },
    })
    const client = await rawClient({ port })
    await client.send('POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n')
    const answer = await client.answer()
    expect([answer.status, answer.body.toString(), answer.headers.get('connection')]).toEqual([
      404,
      'ok',
      'close',
    ])
    expect(await refusals.only()).toEqual({
      reason: 'path-not-served',
      status: 404,
      method: 'POST',
      target: '/other',
      remoteAddress: '127.0.0.1',
    })
    expect((await exchange(port, post('x', [], '/hook'))).status).toBe(200)
    expect(handled.items).toHaveLength(1)
  })

  test('its answer to HEAD has no body', async () => {
    const { port } = await start({
      admit: () => ({ reason: 'path-not-served', answer: { ...OK, status: 404 } }),
    })
    const client = await rawClient({ port })
    await client.send('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')
    const answer = await client.answer({ toHead: true })
    expect([answer.status, answer.headers.get('content-length')]).toEqual([404, '2'])
    expect(await client.rest()).toHaveLength(0)
  })
})

describe('listening', () => {
  test('on a port that is taken fails with its name', async () => {
    const { port } = await start()
    await expect(start({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      data: { host: '127.0.0.1', port },
    })
  })

  test('on an address that is not ours fails with the reason', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'cannot-listen',
      data: { host: '192.0.2.1', port: 0, reason: 'EADDRNOTAVAIL' },
    })
  })

  test('with a certificate that is none fails with the reason', async () => {
    await expect(start({ tls: { key: 'x', cert: 'y' } })).rejects.toMatchObject({ code: 'cannot-listen' })
  })
})

describe('closing', () => {
  test('R-LIF-1: lets requests in flight finish, tells senders to go, takes no new ones', async () => {
    const gate = deferred<Answer>()
    const { port, receiver, handled } = await start({ handle: () => gate.promise })
    const idle = await rawClient({ port })
    const complete = await rawClient({ port })
    const halfway = await rawClient({ port })
    await complete.send(post('x'))
    await halfway.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab')
    await handled.atLeast(1)
    await expect.poll(() => receiver.inFlight()).toBe(2)

    const closed = receiver.close(5000)
    await idle.closed
    await expect(rawClient({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await halfway.send('cd')
    await handled.atLeast(2)
    gate.resolve(OK)
    for (const client of [complete, halfway]) {
      const answer = await client.answer()
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
      await client.closed
    }
    await closed
    expect(receiver.inFlight()).toBe(0)
  })

  test('R-LIF-1: cuts what is left when the grace is over', async () => {
    const { port, receiver, handled, refusals } = await start({ handle: () => new Promise(() => undefined) })
    const stuck = await rawClient({ port })
    const slow = await rawClient({ port })
    await stuck.send(post('x'))
    await slow.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab')
    await handled.atLeast(1)
    await expect.poll(() => receiver.inFlight()).toBe(2)
    const started = performance.now()
    await receiver.close(50)
    expect(performance.now() - started).toBeLessThan(2000)
    await Promise.all([stuck.closed, slow.closed])
    expect((await refusals.only()).reason).toBe('cut-off')
  })

  test('without connections is done at once', async () => {
    const { receiver, port } = await start()
    await exchange(port, post('x'))
    await receiver.close(60_000)
    await expect(rawClient({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('TLS', () => {
  test('captures, refuses and closes as in the clear', async () => {
    const { key, cert } = await makeCertificate({ now: Date.now() })
    const { port, handled, refusals, receiver } = await start({
      tls: { key, cert },
      limits: { maxBodyBytes: 100_000 },
    })
    const connectSecurely = (): ReturnType<typeof rawClient> =>
      rawClient(connectTls({ port, host: '127.0.0.1', ca: cert }))

    const client = await connectSecurely()
    const body = Buffer.alloc(90_000, 'x')
    await client.send(post(body))
    expect((await client.answer()).status).toBe(200)
    const request = await handled.only()
    expect(Buffer.from(request.body).equals(body)).toBe(true)
    expect(request.remoteAddress).toBe('127.0.0.1')

    const large = await connectSecurely()
    void large.send(post(Buffer.alloc(150_000)))
    expect((await large.answer()).status).toBe(413)

    const clear = await rawClient({ port })
    await clear.send(post('x'))
    await clear.closed
    expect((await refusals.atLeast(2)).map(({ reason }) => reason)).toEqual(['body-too-large', 'malformed'])

    const beforeHandshake = await rawClient({ port })
    await receiver.close(60_000)
    await Promise.all([client.closed, beforeHandshake.closed])
  })
})
