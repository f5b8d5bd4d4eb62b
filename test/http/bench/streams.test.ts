import type { Server } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Channel, ChannelHooks } from '../../../src/core/bench/ports.ts'
import { benchClock } from '../../../src/http/bench/clock.ts'
import { benchNet } from '../../../src/http/bench/net.ts'
import { SseParser } from '../../../src/http/bench/sse-parser.ts'
import { systemClock } from '../../../src/ui/io.ts'

const net = benchNet({ clock: systemClock, loopbackOnly: true })
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Hooks that note what comes, and a way to wait for so much of it. */
function listener(): ChannelHooks & {
  readonly messages: string[]
  readonly troubles: string[]
  requests: number
  until(condition: () => boolean): Promise<void>
} {
  const waiting = new Set<() => void>()
  const wake = (): void => waiting.forEach((check) => check())
  const heard = {
    messages: [] as string[],
    troubles: [] as string[],
    requests: 0,
    onMessage(_headers: unknown, body: Uint8Array) {
      heard.messages.push(Buffer.from(body).toString())
      wake()
    },
    onRequest() {
      heard.requests++
      wake()
    },
    onTrouble(code: string) {
      heard.troubles.push(code)
      wake()
    },
    until(condition: () => boolean) {
      return new Promise<void>((resolve) => {
        const check = (): void => {
          if (!condition()) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      })
    },
  }
  return heard
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

function track(channel: Channel): Channel {
  closing.push(() => channel.close())
  return channel
}

describe('event streams', () => {
  const STREAM =
    '\ufeffid: 1\r\ndata: a\r\n\r\n: comment\n\nevent: x\ndata:b\ndata:  c\n\rid\rdata\r\rdata: é😀\n\n'

  test('read as the standard has it, wherever the chunks are cut', () => {
    const bytes = Buffer.from(STREAM)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const events: [string, string | undefined][] = []
      const parser = new SseParser((data, id) => events.push([data, id]))
      parser.push(bytes.subarray(0, cut))
      parser.push(bytes.subarray(cut))
      expect(events, `cut at ${cut}`).toEqual([
        ['a', '1'],
        ['b\n c', '1'],
        ['', ''],
        ['é😀', ''],
      ])
    }
  })

  test('a line or an event without end is not kept for ever', () => {
    const events: string[] = []
    const parser = new SseParser((data) => events.push(data))
    for (let i = 0; i < 40; i++) parser.push(Buffer.alloc(65_536, 'x'))
    for (let i = 0; i < 40; i++) parser.push(Buffer.from(`\ndata: ${'y'.repeat(65_536)}`))
    parser.push(Buffer.from('\n\ndata: end\n\n'))
    expect(events.at(-1)).toBe('end')
    expect(events[0]?.length ?? 0).toBeLessThan(1_300_000)
  })

  test('a stream that breaks is opened again, from where it was', async () => {
    const lastIds: unknown[] = []
    const port = await listen(
      createServer((req, res) => {
        lastIds.push(req.headers['last-event-id'])
        res.writeHead(200, { 'Content-Type': 'text/event-stream' })
        res.write(`id: ${lastIds.length}\ndata: event ${lastIds.length}\n\n`)
        if (lastIds.length === 1) setImmediate(() => res.destroy())
      }),
    )
    const heard = listener()
    const channel = track(await net.openSse({ url: `http://127.0.0.1:${port}/`, headers: [] }, heard))
    await heard.until(() => heard.messages.length === 2)
    expect(heard.messages).toEqual(['event 1', 'event 2'])
    expect(lastIds).toEqual([undefined, '1'])
    expect([heard.requests, heard.troubles.length]).toEqual([2, 1])
    const { rx, tx } = channel.traffic()
    expect(rx).toBeGreaterThan(200)
    expect(tx).toBeGreaterThan(100)
  })

  test('a refusal is trouble, told with its status', async () => {
    const port = await listen(createServer((_req, res) => res.writeHead(401).end()))
    const heard = listener()
    track(await net.openSse({ url: `http://127.0.0.1:${port}/`, headers: [] }, heard))
    await heard.until(() => heard.troubles.length > 0)
    expect(heard.troubles[0]).toBe('HTTP 401')
  })
})

test('a WebSocket greets, and is opened again when it breaks', async () => {
  const server = createServer()
  const port = await listen(server)
  const sockets = new WebSocketServer({ server })
  const greetings: string[] = []
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      greetings.push(data.toString())
      socket.send(`event ${greetings.length}`)
      if (greetings.length === 1) socket.terminate()
    })
  })
  const heard = listener()
  const target = { url: `ws://127.0.0.1:${port}/`, headers: [], hello: 'subscribe' }
  const channel = track(await net.openWebSocket(target, heard))
  await heard.until(() => greetings.length === 2 && heard.messages.includes('event 2'))
  expect(greetings).toEqual(['subscribe', 'subscribe'])
  expect(heard.troubles.length).toBe(1)
  expect(channel.traffic().rx).toBeGreaterThan(200)
})

describe('the inbox', () => {
  async function post(port: number, body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', method: 'POST' }, (res) => {
        res.resume().on('end', () => resolve(res.statusCode ?? 0))
      })
      sent.on('error', reject).end(body)
    })
  }

  test('hands over what came, answers as it was told, and counts the bytes of the socket', async () => {
    const heard = listener()
    const inbox = await net.openInbox({ host: '127.0.0.1', port: 0, status: 304 }, heard)
    track(inbox)
    expect(await post(inbox.port, '{"id":"b1-1"}')).toBe(304)
    expect([heard.messages, heard.requests]).toEqual([['{"id":"b1-1"}'], 1])
    expect(inbox.traffic().rx).toBeGreaterThan(60)
    expect(inbox.traffic().tx).toBeGreaterThan(60)
  })

  test('what is no HTTP is cut off', async () => {
    const heard = listener()
    const inbox = await net.openInbox({ host: '127.0.0.1', port: 0, status: 200 }, heard)
    track(inbox)
    const socket = connect(inbox.port, '127.0.0.1')
    socket.on('error', () => {}).write('\0\0\0 nonsense\r\n\r\n')
    await new Promise((resolve) => socket.on('close', resolve))
    expect(heard.messages).toEqual([])
    expect(await post(inbox.port, 'still here')).toBe(200)
  })

  test('a port that is taken is said to be', async () => {
    const port = await listen(createServer())
    const opened = net.openInbox({ host: '127.0.0.1', port, status: 200 }, listener())
    await expect(opened).rejects.toMatchObject({ code: 'port-in-use', data: { port } })
  })
})

describe('the caller', () => {
  test('a GET on a connection that the server closes is asked again once, and counted; a POST is not', async () => {
    let closed = 0
    const port = await listen(
      createServer((req, res) => {
        if (closed++ === 0) req.socket.destroy()
        else res.end('ok')
      }),
    )
    const caller = net.openCaller(1)
    closing.push(() => caller.close())
    const limits = { timeoutMs: 5000, signal: new AbortController().signal }
    const ask = (method: string) =>
      caller.call({ method, url: `http://127.0.0.1:${port}/`, headers: [], body: new Uint8Array() }, limits)
    expect(await ask('GET')).toMatchObject({ kind: 'response', status: 200 })
    expect(caller.staleSockets()).toBe(1)
    closed = 0
    expect(await ask('POST')).toMatchObject({ kind: 'unknown' })
    expect(caller.staleSockets()).toBe(1)
  })

  test('its bytes are those of the socket: head and body, both ways', async () => {
    const port = await listen(createServer((_req, res) => res.end('x'.repeat(5000))))
    const caller = net.openCaller(1)
    closing.push(() => caller.close())
    const limits = { timeoutMs: 5000, signal: new AbortController().signal }
    await caller.call(
      { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: [], body: new Uint8Array() },
      limits,
    )
    const first = caller.traffic()
    expect(first.rx).toBeGreaterThan(5050)
    expect(first.rx).toBeLessThan(5300)
    await caller.call(
      { method: 'GET', url: `http://127.0.0.1:${port}/`, headers: [], body: new Uint8Array() },
      limits,
    )
    const second = caller.traffic()
    expect(second.rx).toBe(2 * first.rx)
    expect(second.tx).toBe(2 * first.tx)
  })

  test('addresses of other machines are not connected to', async () => {
    const caller = net.openCaller(1)
    closing.push(() => caller.close())
    const limits = { timeoutMs: 5000, signal: new AbortController().signal }
    const asked = caller.call(
      { method: 'GET', url: 'http://192.0.2.1/', headers: [], body: new Uint8Array() },
      limits,
    )
    expect(await asked).toEqual({ kind: 'not-sent', code: 'NOT_LOOPBACK' })
    const heard = listener()
    track(await net.openSse({ url: 'http://192.0.2.1/', headers: [] }, heard))
    track(await net.openWebSocket({ url: 'ws://192.0.2.1/', headers: [] }, heard))
    expect(heard.troubles).toEqual(['NOT_LOOPBACK', 'NOT_LOOPBACK'])
    expect(heard.requests).toBe(0)
  })
})

test('the clock calls back at an instant: never early, and mostly within a tenth of a millisecond', async () => {
  const clock = benchClock(systemClock, (callback) => void setImmediate(callback))
  const errors: number[] = []
  for (let i = 0; i < 40; i++) {
    const instant = clock.monotonic() + 3 + (i % 7) * 0.37
    await new Promise<void>((resolve) =>
      clock.at(instant, () => {
        errors.push(clock.monotonic() - instant)
        resolve()
      }),
    )
  }
  const sorted = errors.toSorted((a, b) => a - b)
  console.log(`bench clock: p50 ${((sorted[20] ?? 0) * 1000).toFixed(0)} µs late`)
  expect(sorted[0]).toBeGreaterThanOrEqual(0)
  // On a machine that others use: the best quarter tells what the clock can do.
  expect(sorted[10]).toBeLessThan(0.1)
})
