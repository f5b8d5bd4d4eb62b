import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { RawClient } from '../helpers/raw-http.ts'
import { exchange, post, rawClient } from '../helpers/raw-http.ts'
import type { ReceiverChild } from '../helpers/receiver-child.ts'
import { spawnReceiver } from '../helpers/receiver-child.ts'

const running: ReceiverChild[] = []

async function start(...args: Parameters<typeof spawnReceiver>): Promise<ReceiverChild> {
  const child = await spawnReceiver(...args)
  running.push(child)
  return child
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill()
})

const MB = 1_000_000

describe('R-CAP-6: memory', () => {
  test('8 × 50 MB declared, all sent before reading: 8 × 413, peak under 250 MB', async () => {
    const receiver = await start()
    const piece = Buffer.alloc(MB)
    const one = async (): Promise<number> => {
      const client = await rawClient(connect({ port: receiver.port, host: '127.0.0.1', allowHalfOpen: true }))
      // A sender that writes all of its body before it looks for an answer must still find one.
      client.socket.pause()
      await client.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${50 * MB}\r\n\r\n`)
      for (let i = 0; i < 50; i++) await client.send(piece)
      expect(client.socket.bytesWritten).toBeGreaterThan(50 * MB)
      client.socket.resume()
      const { status } = await client.answer()
      client.socket.end()
      await client.closed
      return status
    }
    const statuses = await Promise.all(Array.from({ length: 8 }, one))
    const { peak } = await receiver.memory()
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 413))
    expect(peak).toBeLessThan(250 * MB)
    expect(await receiver.counts()).toEqual({ handled: 0, refused: { 'body-too-large 413': 8 } })
    console.log(`R-CAP-6: 8 × 50 MB declared: 8 × 413, peak ${(peak / MB).toFixed(0)} MB`)
  })

  test('100 × chunked without end: all cut, peak under 250 MB', async () => {
    const receiver = await start({ maxBodyBytes: 2 * MB })
    const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000), Buffer.from('\r\n')])
    const one = async (): Promise<number> => {
      const client = await rawClient({ port: receiver.port })
      await client.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
      let sent = 0
      while (!client.socket.destroyed) {
        await client.send(piece)
        sent += piece.length
      }
      return sent
    }
    const sent: number[] = []
    for (let i = 0; i < 100; i += 20) sent.push(...(await Promise.all(Array.from({ length: 20 }, one))))
    const { peak } = await receiver.memory()
    expect(sent).toHaveLength(100)
    expect(peak).toBeLessThan(250 * MB)
    expect(await receiver.counts()).toEqual({ handled: 0, refused: { 'body-too-large 413': 100 } })
    console.log(
      `R-CAP-6: 100 × endless chunks: all cut, after ${(Math.max(...sent) / MB).toFixed(1)} MB at most, peak ${(peak / MB).toFixed(0)} MB`,
    )
  })

  test('a body in chunks of one byte costs no more than its bytes', async () => {
    const receiver = await start()
    const { now } = await receiver.memory()
    const client = await rawClient({ port: receiver.port })
    await client.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const piece = Buffer.from('1\r\nx\r\n'.repeat(100_000))
    for (let i = 0; i < 10; i++) await client.send(piece)
    await client.send('0\r\n\r\n')
    expect((await client.answer()).status).toBe(200)
    const { peak } = await receiver.memory()
    expect(peak - now).toBeLessThan(100 * MB)
    console.log(`R-CAP-6: 1 MB in chunks of one byte: +${((peak - now) / MB).toFixed(0)} MB`)
  })
})

const prlimit = spawnSync('prlimit', ['--version']).error === undefined
if (!prlimit) console.log('skipped: prlimit is not installed')

describe('R-CAP-5: file descriptors', () => {
  test.runIf(prlimit)(
    'at a limit of 64, 300 idle connections and 100 posts: lives, and serves again within 2 s',
    async () => {
      const receiver = await start({}, ['prlimit', '--nofile=64:64'])
      const idle: RawClient[] = []
      for (let i = 0; i < 300; i++) idle.push(await rawClient({ port: receiver.port }))
      const attempt = (): Promise<number> =>
        exchange(receiver.port, post('x')).then(
          ({ status }) => status,
          () => 0,
        )
      const during = await Promise.all(Array.from({ length: 100 }, attempt))
      expect(receiver.alive()).toBe(true)
      expect(during.filter((status) => status !== 0 && status !== 200)).toEqual([])

      for (const { socket } of idle) socket.destroy()
      const released = performance.now()
      await expect.poll(attempt, { timeout: 2000, interval: 20 }).toBe(200)
      const back = performance.now() - released
      const acked = during.filter((status) => status === 200).length
      const { handled } = await receiver.counts()
      expect(handled).toBeGreaterThanOrEqual(acked + 1)
      console.log(
        `R-CAP-5: 64 descriptors, 300 idle connections: ${acked} of 100 posts answered, back after ${back.toFixed(0)} ms`,
      )
    },
  )
})
