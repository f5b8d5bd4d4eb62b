import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What goes wrong on the way to a target and back; the names are Toxiproxy's where it has one. */
export type Fault =
  | { readonly kind: 'none' }
  /** Every piece comes so many milliseconds late, both ways. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Bytes arrive in pieces of this size, both ways. */
  | { readonly kind: 'slicer'; readonly bytes: number }
  /** The connection is closed after so many bytes of the answer. */
  | { readonly kind: 'limit'; readonly bytes: number }
  /** A connection is reset as soon as it stands. */
  | { readonly kind: 'reset_on_connect' }
  /** The target has answered; its answer is replaced by a reset. */
  | { readonly kind: 'reset_after' }
  /** The target has answered; the sending side is shut down instead. */
  | { readonly kind: 'half_close' }
  /** Answers vanish, connections stay. */
  | { readonly kind: 'drop_response' }
  /** Connections are accepted; whatever is sent vanishes. */
  | { readonly kind: 'blackhole' }

export interface FaultProxy {
  readonly port: number
  /** May be changed at any time: what comes from then on has the new fault, also on connections that stand. */
  fault: Fault
  /** How many connections were accepted so far. */
  readonly connections: number
  close(): Promise<void>
}

/** A TCP proxy on 127.0.0.1 that knows nothing of HTTP and spoils what it carries. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    return socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    proxy.connections++
    track(client)
    if (proxy.fault.kind === 'reset_on_connect') {
      client.resetAndDestroy()
      return
    }
    const target = track(connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }))
    client.once('close', () => target.destroy())
    let answered = 0
    void carry(client, target, () => proxy.fault)
    void carry(
      target,
      client,
      () => proxy.fault,
      (piece) => {
        const { fault } = proxy
        const room = fault.kind === 'limit' ? Math.max(0, fault.bytes - answered) : piece.byteLength
        answered += piece.byteLength
        if (fault.kind === 'reset_after') client.resetAndDestroy()
        if (fault.kind === 'half_close') client.end()
        if (fault.kind === 'half_close' || fault.kind === 'drop_response') return piece.subarray(0, 0)
        if (room < piece.byteLength) client.end(piece.subarray(0, room))
        return room < piece.byteLength ? piece.subarray(0, 0) : piece
      },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = {
    port: (server.address() as AddressInfo).port,
    fault: { kind: 'none' } as Fault,
    connections: 0,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

/** Carries bytes one way, and then the end. `spoil` tells what is left of a piece. */
async function carry(
  from: Socket,
  to: Socket,
  faultNow: () => Fault,
  spoil: (piece: Buffer) => Buffer = (piece) => piece,
): Promise<void> {
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      const fault = faultNow()
      const size = fault.kind === 'slicer' ? fault.bytes : chunk.byteLength
      if (fault.kind === 'blackhole') continue
      for (let at = 0; at < chunk.byteLength; at += size) {
        // Between slices too: written at once they would travel as one.
        if (fault.kind === 'latency' || fault.kind === 'slicer')
          await delay(fault.kind === 'latency' ? fault.ms : 1)
        const piece = spoil(chunk.subarray(at, at + size))
        if (piece.byteLength > 0 && !to.write(piece)) await once(to, 'drain')
      }
    }
    if (faultNow().kind !== 'blackhole' && faultNow().kind !== 'drop_response') to.end()
  } catch {
    to.destroy()
  }
}
