import { spawn, spawnSync } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RawClient } from '../helpers/raw-http.ts'
import { exchange, post, rawClient } from '../helpers/raw-http.ts'
import type { ReceiverChild } from '../helpers/receiver-child.ts'
import { spawnReceiver } from '../helpers/receiver-child.ts'
import { startTestReceiver } from '../helpers/test-receiver.ts'

const HEADERS_MS = 600
const REQUEST_MS = 1200
/** Node looks for slow senders once a second; the rest is for a busy machine. */
const LATE_MS = 2500
const DRIP_MS = 100
const GOOD_MS = 250

const LIMITS = { headersTimeoutMs: HEADERS_MS, requestTimeoutMs: REQUEST_MS }

/** In a process of its own: the senders' work does not make it look slow. */
async function start(): Promise<ReceiverChild> {
  const receiver = await spawnReceiver(LIMITS)
  onTestFinished(() => receiver.kill())
  return receiver
}

/** Sends a byte now and then until it is answered; the status and how long that took, once the connection is closed. */
async function drip(client: RawClient, head: string, piece: string): Promise<{ status: number; ms: number }> {
  const started = performance.now()
  const timer = setInterval(() => void client.send(piece), DRIP_MS)
  try {
    await client.send(head)
    const { status } = await client.answer()
    clearInterval(timer)
    await client.closed
    return { status, ms: performance.now() - started }
  } finally {
    clearInterval(timer)
  }
}

/** Posts one after the other until told to stop; how long each took. */
function keepPosting(port: number): { stop(): Promise<number[]> } {
  const times: number[] = []
  const state = { stopped: false }
  const loop = async (): Promise<number[]> => {
    while (!state.stopped) {
      const started = performance.now()
      expect((await exchange(port, post('good'))).status).toBe(200)
      times.push(performance.now() - started)
      await new Promise((resolve) => {
        setTimeout(resolve, DRIP_MS)
      })
    }
    return times
  }
  const done = loop()
  return {
    stop() {
      state.stopped = true
      return done
    },
  }
}

describe('R-CAP-8', () => {
  test('100 slow heads and 100 slow bodies: all answered 408 and closed in time, good ones served meanwhile', async () => {
    const receiver = await start()
    const { port } = receiver
    const clients = await Promise.all(Array.from({ length: 200 }, () => rawClient({ port })))
    const good = keepPosting(port)
    const heads = clients
      .slice(0, 100)
      .map((client) => drip(client, 'POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x'))
    const bodies = clients
      .slice(100, 150)
      .map((client) => drip(client, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n', 'x'))
    const chunked = clients
      .slice(150)
      .map((client) =>
        drip(client, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'),
      )
    const slowHeads = await Promise.all(heads)
    const slowBodies = await Promise.all([...bodies, ...chunked])
    const times = await good.stop()

    expect(new Set([...slowHeads, ...slowBodies].map(({ status }) => status))).toEqual(new Set([408]))
    const lastHead = Math.max(...slowHeads.map(({ ms }) => ms))
    const lastBody = Math.max(...slowBodies.map(({ ms }) => ms))
    expect(lastHead).toBeLessThan(HEADERS_MS + LATE_MS)
    expect(lastBody).toBeLessThan(REQUEST_MS + LATE_MS)
    expect(Math.max(...times)).toBeLessThan(GOOD_MS)
    expect(await receiver.counts()).toEqual({ handled: times.length, refused: { 'too-slow 408': 200 } })
    console.log(
      `R-CAP-8: 200 slow senders, heads cut by ${lastHead.toFixed(0)} ms (${HEADERS_MS}), bodies by ${lastBody.toFixed(0)} ms ` +
        `(${REQUEST_MS}); ${times.length} good posts, slowest ${Math.max(...times).toFixed(0)} ms`,
    )
  })

  test('a connection on which nothing was ever sent is closed, and nobody is bothered with it', async () => {
    const { port, refusals, receiver } = await startTestReceiver({ limits: LIMITS })
    onTestFinished(() => receiver.destroy())
    const client = await rawClient({ port })
    await client.closed
    expect(refusals.items).toEqual([])
  })

  const installed = spawnSync('slowhttptest', ['-h']).error === undefined
  if (!installed) console.log('skipped: slowhttptest is not installed')

  test.runIf(installed).each([
    ['slow heads', '-H'],
    ['slow bodies', '-B'],
  ])('slowhttptest with 200 %s leaves no connection open and the service available', async (_, mode) => {
    const { port } = await start()
    const good = keepPosting(port)
    const args = [
      '-c',
      '200',
      mode,
      '-i',
      '1',
      '-r',
      '200',
      '-p',
      '3',
      '-l',
      '10',
      '-u',
      `http://127.0.0.1:${port}/`,
    ]
    const child = spawn('slowhttptest', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1')
    })
    await new Promise((resolve) => {
      child.once('close', resolve)
    })
    const times = await good.stop()
    expect(output).toContain('No open connections left')
    expect(output).not.toContain('NO\u001b')
    expect(Math.max(...times)).toBeLessThan(GOOD_MS)
  })
})
