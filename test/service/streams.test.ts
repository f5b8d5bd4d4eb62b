import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/ui/io.ts'
import { rawClient } from '../helpers/raw-http.ts'
import type { Subscriber } from './clients.ts'
import { subscribeSse, subscribeWs } from './clients.ts'
import type { TestService } from './service.ts'
import { startTestService } from './service.ts'

let service: TestService
const subscribers: Subscriber[] = []

beforeEach(async () => {
  service = await startTestService()
})
afterEach(async () => {
  for (const subscriber of subscribers.splice(0)) subscriber.close()
  await service.close()
})

function opened(subscriber: Subscriber): Subscriber {
  subscribers.push(subscriber)
  return subscriber
}

const emit = async (event: string, more: object = {}): Promise<void> => {
  expect((await service.send('POST', '/events', { event, ...more })).status).toBe(201)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

describe.each([
  ['Server-Sent Events', () => subscribeSse(service.url, { from: 0 })],
  ['WebSocket', () => subscribeWs(service.url, { from: 0 })],
])('%s', (name, open) => {
  test('every event comes once and in order, over connections that are cut again and again', async () => {
    const subscriber = opened(open())
    await subscriber.connected(1)
    const all = 200
    for (let i = 1; i <= all; i++) {
      await emit('order.created', { size: 1000 })
      if (i % 20 === 0) subscriber.cut()
    }
    await subscriber.until(all)
    expect(subscriber.seen).toEqual(upTo(all))
    expect(subscriber.connections()).toBeGreaterThan(5)
    console.log(`${name}: ${all} events over ${subscriber.connections()} connections, none lost, none twice`)
  })

  test('what it missed comes first, then what happens', async () => {
    for (let i = 0; i < 50; i++) await emit('a')
    const subscriber = opened(open())
    await subscriber.until(50)
    await emit('b')
    await subscriber.until(51)
    expect(subscriber.seen).toEqual(upTo(51))
  })

  test('a client that takes nothing costs little memory and can go on later', async () => {
    for (let i = 0; i < 60; i++) await emit('big', { size: 500_000 })
    const before = process.memoryUsage().rss
    const lazy = await openLazy(name)
    for (let i = 0; i < 20; i++) await emit('big', { size: 500_000 })
    const held = process.memoryUsage().rss - before - 20 * 500_000
    console.log(`${name}: a client that takes nothing of 40 MB costs ${(held / 1e6).toFixed(1)} MB`)
    expect(held).toBeLessThan(25_000_000)
    lazy.destroy()
    const subscriber = opened(open())
    await subscriber.until(80)
    expect(subscriber.seen).toEqual(upTo(80))
  })
})

test.each(['Server-Sent Events', 'WebSocket'])(
  '%s: a client that takes nothing for two heartbeats is cut',
  async (name) => {
    const heartbeats: (() => void)[] = []
    const clock = {
      ...systemClock,
      after: (ms: number, callback: () => void): (() => void) => {
        if (ms === 15_000) heartbeats.push(callback)
        return ms === 15_000 ? () => {} : systemClock.after(ms, callback)
      },
    }
    const other = await startTestService({ clock })
    for (let i = 0; i < 60; i++) await other.send('POST', '/events', { event: 'big', size: 500_000 })
    const lazy = await openLazy(name, other.port)
    // Its subscription has been read once a later request has been answered.
    await other.get('/users')
    await other.get('/users')
    for (let i = 0; i < 3; i++) heartbeats.splice(0).forEach((beat) => beat())
    let bytes = 0
    lazy.on('data', (chunk: Buffer) => (bytes += chunk.length))
    lazy.on('error', () => undefined)
    await new Promise((resolve) => lazy.resume().once('close', resolve))
    expect(bytes).toBeLessThan(60 * 500_000)
    await other.close()
  },
)

/** Asks for everything from the start and reads nothing. */
async function openLazy(name: string, port = service.port): Promise<Socket> {
  const isSse = name.startsWith('Server')
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const lines = isSse
    ? ['GET /events/stream HTTP/1.1', 'Host: localhost', 'Last-Event-ID: 0']
    : [
        'GET /events/ws HTTP/1.1',
        'Host: localhost',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await new Promise<void>((resolve) => socket.once('data', () => resolve()))
  socket.pause()
  if (!isSse) {
    const text = Buffer.from('{"type":"subscribe","since":0}')
    // A client's frame is masked; with a mask of zeros it reads as it is.
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]))
  }
  return socket
}

describe('what is told to whom', () => {
  test('globs over the names choose events, on each channel', async () => {
    const sse = opened(subscribeSse(service.url, { query: '?events=order.*,payment_failed' }))
    const ws = opened(subscribeWs(service.url, { events: ['order.*', 'payment_failed'] }))
    await Promise.all([sse.connected(1), ws.connected(1)])
    for (const event of ['user_registered', 'order.created', 'payment_failed', 'order.cancelled'])
      await emit(event)
    await Promise.all([sse.until(3), ws.until(3)])
    expect([sse.seen, ws.seen]).toEqual([
      [2, 3, 4],
      [2, 3, 4],
    ])
  })

  test('an event for one channel is told only there, and the feeds show it', async () => {
    const sse = opened(subscribeSse(service.url))
    const ws = opened(subscribeWs(service.url))
    await Promise.all([sse.connected(1), ws.connected(1)])
    const poll = service.get('/events?since=0&wait=10s')
    for (const channel of ['sse', 'ws', 'longpoll', 'webhook']) await emit('a', { channels: [channel] })
    await Promise.all([sse.until(1), ws.until(1)])
    expect([sse.seen, ws.seen]).toEqual([[1], [2]])
    expect((await poll).json.items.map(({ seq }: { seq: number }) => seq)).toEqual([3])
    expect((await service.get('/events?since=0')).json.items).toHaveLength(4)
  })

  test('a client of an earlier run is told that numbers begin anew, and gets all that there is', async () => {
    await emit('a')
    const sse = opened(subscribeSse(service.url, { from: 900 }))
    const ws = opened(subscribeWs(service.url, { from: 900 }))
    await Promise.all([sse.until(1), ws.until(1)])
    expect([sse.seen, ws.seen]).toEqual([[1], [1]])
    expect(sse.others.join()).toContain('event: reset')
    expect(ws.others.join()).toContain('"type":"reset"')
  })
})

describe('long poll', () => {
  test('answers the moment something happens', async () => {
    const poll = service.get('/events?since=0&wait=30s')
    const users = service.get('/users?since=0&wait=30s')
    await service.send('POST', '/users', { name: 'Ada', email: 'ada@example.com' })
    expect((await poll).json).toMatchObject({ cursor: '1', items: [{ event: 'user_registered' }] })
    expect((await users).json.items).toHaveLength(1)
  })

  test('answers at once where there is news already, and empty when the time is up', async () => {
    await emit('a')
    expect((await service.get('/events?since=0&wait=30s')).json.items).toHaveLength(1)
    expect((await service.get('/events?since=1&wait=50ms')).json).toMatchObject({ items: [], cursor: '1' })
  })

  test('a client that went away is not waited for', async () => {
    const client = await rawClient({ port: service.port })
    await client.send('GET /events?wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n')
    client.socket.destroy()
    await service.until((activity) => activity.type === 'request' && activity.target.includes('wait=60s'))
  })
})

describe('WebSocket messages', () => {
  test.each([
    '{',
    '[]',
    'null',
    '{"type":"drop"}',
    '{"type":"subscribe","events":"x"}',
    '{"type":"subscribe","since":-1}',
  ])('%s gets an error, and the connection lives', async (message) => {
    const socket = new WebSocket(`ws://127.0.0.1:${service.port}/events/ws`)
    const answers: string[] = []
    const answered = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        answers.push(data.toString())
        if (answers.length === 2) resolve()
      })
    })
    socket.on('open', () => {
      socket.send(message)
      socket.send('{"type":"ping"}')
    })
    await answered
    expect(answers.map((answer) => JSON.parse(answer).type)).toEqual(['error', 'pong'])
    socket.terminate()
  })

  test('a message over 64 KiB closes the connection with 1009, and the service lives', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${service.port}/events/ws`)
    socket.on('open', () => socket.send('x'.repeat(70_000)))
    const code = await new Promise((resolve) => socket.on('close', resolve))
    expect(code).toBe(1009)
    expect((await service.get('/users')).status).toBe(200)
  })
})

test('the service ends while clients hold connections of every kind', async () => {
  const other = await startTestService()
  const sse = subscribeSse(other.url)
  const ws = subscribeWs(other.url)
  await Promise.all([sse.connected(1), ws.connected(1)])
  const poll = other.get('/events?wait=60s')
  await other.get('/users')
  sse.close()
  const begun = performance.now()
  await other.running.close(5000)
  expect(performance.now() - begun).toBeLessThan(4000)
  expect((await poll).json.items).toEqual([])
  ws.close()
})
