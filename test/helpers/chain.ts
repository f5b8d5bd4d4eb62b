import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { outgoingOf } from '../../src/app/forward/outgoing.ts'
import type { Attempt } from '../../src/core/ports.ts'
import type { CapturedRequest, RawHeaders } from '../../src/core/request.ts'
import { named } from '../../src/core/request.ts'
import { pairsOf } from '../../src/core/headers.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'
import { OK, startTestReceiver } from './test-receiver.ts'

/** A request as Node's parser (llhttp) understood it at the target. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: RawHeaders
  readonly body: Buffer
}

/** A target that keeps the bytes of each connection beside what was read from them. */
export interface WireTarget {
  readonly url: string
  readonly arrived: Arrived[]
  readonly wires: Buffer[][]
  close(): Promise<void>
}

export async function startWireTarget(): Promise<WireTarget> {
  const arrived: Arrived[] = []
  const wires: Buffer[][] = []
  const server = createServer({ maxHeaderSize: 1 << 20 }, (req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const { method = '', url = '', rawHeaders } = req
      arrived.push({ method, url, headers: pairsOf(rawHeaders), body: Buffer.concat(chunks) })
      res.end('ok')
    })
  })
  server.maxHeadersCount = 0
  server.on('connection', (socket: Socket) => {
    const wire: Buffer[] = []
    wires.push(wire)
    socket.on('data', (bytes: Buffer) => wire.push(Buffer.from(bytes)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    wires,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Receiver, forwarder and target in a row, as `listen <target>` puts them together. */
export interface Chain {
  readonly port: number
  readonly captured: CapturedRequest[]
  readonly attempts: Attempt[]
  readonly target: WireTarget
  close(): Promise<void>
}

export async function startChain(): Promise<Chain> {
  const target = await startWireTarget()
  const forwarder = openForwarder({ connections: 1, loopbackOnly: true, clock: systemClock })
  const captured: CapturedRequest[] = []
  const attempts: Attempt[] = []
  const { receiver, port } = await startTestReceiver({
    async handle(request) {
      const seq = captured.length + 1
      const event = named(request, `id${seq}`, seq)
      captured.push(event)
      const outgoing = outgoingOf(event, target.url, 1, { headers: [], hostHeader: 'target' })
      attempts.push(await forwarder.deliver(outgoing, { timeoutMs: 5000 }))
      return OK
    },
  })
  return {
    port,
    captured,
    attempts,
    target,
    async close() {
      receiver.destroy()
      await forwarder.close()
      await target.close()
    },
  }
}
