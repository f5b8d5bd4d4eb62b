import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Attempt, Forwarder } from '../../src/core/ports.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'
import type { AppServer } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Fault, FaultProxy } from '../helpers/fault-proxy.ts'
import { startFaultProxy } from '../helpers/fault-proxy.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

const BODY = Buffer.from(Array.from({ length: 2000 }, (_, i) => i % 256))
const ANSWER = 'answer '.repeat(100)

async function start(): Promise<{ app: AppServer; proxy: FaultProxy; forwarder: Forwarder }> {
  const app = await startApp(() => ({ status: 200, body: ANSWER }))
  const proxy = await startFaultProxy(app.port)
  const forwarder = openForwarder({ connections: 4, loopbackOnly: true, clock: systemClock })
  cleanUp.push(
    () => app.close(),
    () => proxy.close(),
    () => forwarder.close(),
  )
  return { app, proxy, forwarder }
}

function deliver(forwarder: Forwarder, { port }: FaultProxy, timeoutMs = 5000): Promise<Attempt> {
  const headers = [['webhook-id', 'msg_1']] as const
  return forwarder.deliver(
    { method: 'POST', url: `http://127.0.0.1:${port}/`, headers, body: BODY },
    { timeoutMs },
  )
}

interface Expected {
  readonly kind: string
  readonly code?: RegExp
  readonly processed: number
}
const DELIVERED: Expected = { kind: 'response', processed: 1 }

describe('R-FWD-2: each fault and what the forwarder makes of it', () => {
  test.each<[Fault, Expected]>([
    [{ kind: 'none' }, DELIVERED],
    [{ kind: 'latency', ms: 60 }, DELIVERED],
    [{ kind: 'slicer', bytes: 37 }, DELIVERED],
    [{ kind: 'limit', bytes: 10_000 }, DELIVERED],
    [
      { kind: 'limit', bytes: 400 },
      { kind: 'unknown', code: /^UND_ERR/, processed: 1 },
    ],
    [
      { kind: 'limit', bytes: 0 },
      { kind: 'unknown', code: /^UND_ERR_SOCKET$/, processed: 1 },
    ],
    [
      { kind: 'reset_on_connect' },
      { kind: 'unknown', code: /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, processed: 0 },
    ],
    [{ kind: 'reset_after' }, { kind: 'unknown', code: /^ECONNRESET$/, processed: 1 }],
    [{ kind: 'half_close' }, { kind: 'unknown', code: /^UND_ERR_SOCKET$/, processed: 1 }],
    [{ kind: 'drop_response' }, { kind: 'unknown', code: /^ETIMEDOUT$/, processed: 1 }],
    [{ kind: 'blackhole' }, { kind: 'unknown', code: /^ETIMEDOUT$/, processed: 0 }],
  ])('%j', async (fault, { kind, code, processed }) => {
    const { app, proxy, forwarder } = await start()
    proxy.fault = fault
    const waits = fault.kind === 'drop_response' || fault.kind === 'blackhole'
    const { outcome, durationMs } = await deliver(forwarder, proxy, waits ? 300 : 5000)
    const name = outcome.kind === 'response' ? '' : outcome.code
    console.log(
      `R-FWD-2: ${JSON.stringify(fault)} -> ${outcome.kind} ${name}, target processed ${app.received.length}`,
    )
    // The same fault may be seen before or after the first byte was written.
    if (fault.kind === 'reset_on_connect') expect(['not-sent', 'unknown']).toContain(outcome.kind)
    else expect(outcome.kind).toBe(kind)
    if (code !== undefined) expect(name).toMatch(code)
    if (outcome.kind === 'response') expect(Buffer.from(outcome.body).toString()).toBe(ANSWER)
    if (fault.kind === 'latency') expect(durationMs).toBeGreaterThanOrEqual(2 * fault.ms - 5)
    expect(app.received).toHaveLength(processed)
    for (const { body, headers } of app.received) {
      expect(body.equals(BODY)).toBe(true)
      expect(headers['webhook-id']).toBe('msg_1')
    }
    expect(proxy.connections).toBe(1)
  })
})

test('a fault that comes and goes: each attempt has its own outcome, and the next connection is a new one', async () => {
  const { app, proxy, forwarder } = await start()
  const outcomes: string[] = []
  for (const fault of [
    'none',
    'reset_after',
    'none',
    'drop_response',
    'none',
    'half_close',
    'none',
  ] as const) {
    proxy.fault = { kind: fault }
    const { outcome } = await deliver(forwarder, proxy, fault === 'drop_response' ? 200 : 5000)
    outcomes.push(outcome.kind)
  }
  expect(outcomes).toEqual(['response', 'unknown', 'response', 'unknown', 'response', 'unknown', 'response'])
  expect(app.received).toHaveLength(7)
  expect(proxy.connections).toBe(4)
})

test('the slicer’s pieces and the reset are really on the wire', async () => {
  const { proxy } = await start()
  const once = (fault: Fault): Promise<{ pieces: number; bytes: number; end: string }> =>
    new Promise((resolve) => {
      proxy.fault = fault
      const seen = { pieces: 0, bytes: 0, end: 'closed' }
      const socket = connect(proxy.port, '127.0.0.1')
      socket
        .on('data', (chunk: Buffer) => {
          seen.pieces++
          seen.bytes += chunk.byteLength
        })
        .on('error', (error: NodeJS.ErrnoException) => (seen.end = error.code ?? ''))
        .on('close', () => resolve(seen))
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    })
  const whole = await once({ kind: 'none' })
  const sliced = await once({ kind: 'slicer', bytes: 50 })
  expect(whole.pieces).toBeLessThan(5)
  expect(sliced.bytes).toBe(whole.bytes)
  expect(sliced.pieces).toBeGreaterThan(whole.bytes / 100)
  expect(await once({ kind: 'limit', bytes: 123 })).toMatchObject({ bytes: 123, end: 'closed' })
  expect(await once({ kind: 'reset_after' })).toEqual({ pieces: 0, bytes: 0, end: 'ECONNRESET' })
  expect(await once({ kind: 'half_close' })).toEqual({ pieces: 0, bytes: 0, end: 'closed' })
  expect((await once({ kind: 'reset_on_connect' })).end).toMatch(/^(?:ECONNRESET|EPIPE)$/)
})
