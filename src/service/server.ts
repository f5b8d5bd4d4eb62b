import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, Server } from 'node:http'
import { createServer, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '../core/errors.ts'
import type { RunningService, ServiceSettings, ServiceTools } from '../core/service.ts'
import { appOf } from './app.ts'
import { Emitter } from './emitter.ts'
import { EventLog } from './event-log.ts'
import { Guard } from './guard.ts'
import type { Parts } from './parts.ts'
import { Problem, PROBLEM_TYPE } from './problem.ts'
import { Shop } from './shop.ts'
import { Sockets } from './socket.ts'
import { Closing } from './waiting.ts'
import { Webhooks } from './webhooks.ts'

/** Longer than clients rest between polls: whoever reuses a connection that is being closed loses its request. */
const KEEP_ALIVE_MS = 95_000
const REQUEST_TIMEOUT_MS = 30_000
const MOST_CONNECTIONS = 2000

/**
 * Starts the sample service.
 * @throws AppError `port-in-use` or `cannot-listen`
 */
export async function startService(settings: ServiceSettings, tools: ServiceTools): Promise<RunningService> {
  const parts = partsOf(settings, tools)
  const { closing, webhooks } = parts
  const answer = getRequestListener(appOf(parts).fetch)
  const timeouts = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS }
  const server = createServer(timeouts, (incoming, outgoing) => void answer(incoming, outgoing))
  server.maxConnections = MOST_CONNECTIONS
  const cutSockets = acceptSockets(server, parts)
  server.on('request', (_incoming, outgoing) => {
    // A connection that falls idle after the others were closed would hold the server open.
    outgoing.once('close', () => closing.isClosing && setImmediate(() => server.closeIdleConnections()))
  })
  const address = await listen(server, settings)
  const { clock, report } = tools
  const onError = (error: unknown): void => report({ type: 'bug', at: clock.now(), error })
  const emitter = settings.emit && new Emitter({ ...settings.emit, shop: parts.shop, clock, onError })
  emitter?.start()
  // Those that an earlier run did not get to.
  webhooks.wake()

  return {
    host: address.address,
    port: address.port,
    async close(graceMs) {
      emitter?.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const cancel = clock.after(graceMs, () => {
        webhooks.cut()
        server.closeAllConnections()
        cutSockets()
      })
      closing.close()
      server.closeIdleConnections()
      await Promise.all([closed, webhooks.drain()])
      cancel()
    },
  }
}

function partsOf(settings: ServiceSettings, tools: ServiceTools): Parts {
  const { clock, random, rows, report } = tools
  const log = new EventLog({
    clock,
    random,
    nanoseconds: tools.nanoseconds,
    ...(rows !== undefined && { rows }),
    onAppend: ({ at, seq, id, event }) => report({ type: 'event', at, seq, id, event }),
  })
  return {
    settings,
    tools,
    log,
    shop: new Shop(log, tools),
    webhooks: new Webhooks({ log, tools, retry: settings.retry }),
    guard: new Guard(settings.host, settings.token),
    closing: new Closing(),
    run: Buffer.from(random(4)).toString('hex'),
  }
}

/** Takes over connections that become WebSockets; the function returned cuts them all. */
function acceptSockets(server: Server, parts: Parts): () => void {
  const sockets = new Sockets(parts)
  const open = new Set<Duplex>()
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Gone before we could answer.
    socket.on('error', () => socket.destroy())
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    try {
      parts.guard.refuseForeign(incoming.headers)
      parts.guard.refuseUnknown(incoming.headers)
      if ((incoming.url ?? '').split('?')[0] !== '/events/ws')
        throw new Problem(404, 'WebSockets are at /events/ws')
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return refuse(socket, error)
    }
    sockets.accept(incoming, socket, head)
  })
  return () => open.forEach((socket) => socket.destroy())
}

/** An answer on a connection that Node's HTTP has let go of. */
function refuse(socket: Duplex, problem: Problem): void {
  const body = problem.toJson()
  const headers = {
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...problem.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const statusLine = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`
  socket.end([statusLine, ...lines, '', body].join('\r\n'))
}

function listen(server: Server, { host, port }: ServiceSettings): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError('port-in-use', { host, port }, { cause: error })
          : new AppError(
              'cannot-listen',
              { host, port, reason: error.code ?? error.message },
              { cause: error },
            ),
      )
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      const address = server.address()
      if (address === null || typeof address === 'string')
        throw new TypeError('a TCP server has an address and a port')
      resolve(address)
    })
  })
}
