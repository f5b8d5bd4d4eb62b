import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookAt } from '../../src/http/reachable.ts'
import { systemClock } from '../../src/ui/io.ts'

let server: Server
let port: number
let connections = 0
beforeEach(async () => {
  connections = 0
  server = createServer((socket) => {
    connections++
    socket.on('error', () => {}).resume()
  })
  await once(server.listen(0, '0.0.0.0'), 'listening')
  ;({ port } = server.address() as AddressInfo)
})
afterEach(() => server.close())

const look = (url: string, loopbackOnly = false) =>
  lookAt(url, { patienceMs: 60_000, loopbackOnly }, systemClock)

describe('whether a target is there', () => {
  test('is known from one connection', async () => {
    expect(await look(`http://localhost:${port}/x`)).toBe('reachable')
    expect(await look(`http://127.0.0.1:${port}`, true)).toBe('reachable')
    expect(connections).toBe(2)
    server.close()
    expect(await look(`http://127.0.0.1:${port}/`)).toBe('unreachable')
  })

  test('is not asked of a cloud’s metadata service', async () => {
    for (const host of ['169.254.169.254', '[::ffff:169.254.169.254]', '[fd00:ec2::254]'])
      expect(await look(`http://${host}/`)).toBe('METADATA_ADDRESS')
  })

  test('is not asked of another machine that a file names', async () => {
    // Linux takes 0.0.0.0 for this machine, so a connection would be seen.
    expect(await look(`http://0.0.0.0:${port}/`, true)).toBe('NOT_LOOPBACK')
    expect(connections).toBe(0)
  })
})
