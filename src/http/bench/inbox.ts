import { createServer } from 'node:http'
import type { ChannelHooks, Inbox } from '../../core/bench/ports.ts'
import { AppError } from '../../core/errors.ts'
import { pairsOf } from '../../core/headers.ts'
import { SocketMeter } from './meter.ts'

const MAX_BODY_BYTES = 1_048_576

/**
 * A receiver that does nothing but note what came and answer: the shortest way from a delivery to whoever waits for
 * it. What is too long is dropped.
 * @throws AppError `port-in-use` or `cannot-listen`
 */
export async function openInbox(
  { host, port, status }: { host: string; port: number; status: number },
  hooks: ChannelHooks,
): Promise<Inbox> {
  const meter = new SocketMeter()
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const chunks: Buffer[] = []
    let size = 0
    hooks.onRequest()
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY_BYTES) chunks.push(chunk)
    })
    incoming.on('error', () => {})
    incoming.on('end', () => {
      hooks.onMessage(
        pairsOf(incoming.rawHeaders),
        chunks.length === 1 ? (chunks[0] ?? NONE) : Buffer.concat(chunks),
      )
      outgoing
        .writeHead(status, { 'Content-Type': 'application/json' })
        .end(HAS_NO_BODY.has(status) ? '' : OK)
    })
  })
  server.on('connection', (socket) => meter.add(socket))
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message
      reject(
        code === 'EADDRINUSE'
          ? new AppError('port-in-use', { host, port })
          : new AppError('cannot-listen', { host, port, reason: code }),
      )
    })
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    traffic: () => meter.traffic(),
    close() {
      meter.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const NONE = Buffer.alloc(0)
/** Some senders read the answer as JSON and complain of anything else. */
const OK = '{"ok":true}'
const HAS_NO_BODY: ReadonlySet<number> = new Set([204, 304])
