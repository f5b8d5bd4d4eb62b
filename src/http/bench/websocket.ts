import { WebSocket } from 'ws'
import type { Channel, ChannelHooks, StreamTarget } from '../../core/bench/ports.ts'
import { checkedLookup, literalRefusal } from '../lookup.ts'
import { SocketMeter } from './meter.ts'
import type { StreamOptions } from './sse.ts'
import { reconnectMs } from './sse.ts'

const HANDSHAKE_MS = 10_000
const MAX_MESSAGE_BYTES = 1_048_576

/** A WebSocket that is opened again as often as it breaks. Every message is given on, whatever it says. */
export async function openWebSocket(
  target: StreamTarget,
  hooks: ChannelHooks,
  { loopbackOnly, clock }: StreamOptions,
): Promise<Channel> {
  const meter = new SocketMeter()
  let socket: WebSocket | undefined
  let closed = false
  let cancelRetry = (): void => {}

  function connect(settled: () => void): void {
    const refused = literalRefusal(target.url, loopbackOnly)
    if (refused !== undefined) {
      hooks.onTrouble(refused)
      return settled()
    }
    hooks.onRequest()
    const own = new WebSocket(target.url, {
      lookup: checkedLookup(loopbackOnly),
      headers: Object.fromEntries(target.headers),
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    })
    socket = own
    let trouble = 'closed the connection'
    own.on('upgrade', (response) => meter.add(response.socket))
    own.on('open', () => {
      if (target.hello !== undefined) own.send(target.hello)
      settled()
    })
    own.on('message', (data) => hooks.onMessage([], bytesOf(data)))
    own.on('error', (error: NodeJS.ErrnoException) => (trouble = error.code ?? error.message))
    own.on('close', () => {
      settled()
      if (closed) return
      hooks.onTrouble(trouble)
      cancelRetry = clock.after(reconnectMs({ loopbackOnly }), () => {
        if (!closed) connect(() => {})
      })
    })
  }

  await new Promise<void>((resolve) => connect(resolve))
  return {
    traffic: () => meter.traffic(),
    close() {
      closed = true
      cancelRetry()
      socket?.terminate()
      return Promise.resolve()
    },
  }
}

function bytesOf(data: WebSocket.RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
