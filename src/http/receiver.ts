import type { Server, ServerOptions } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, DropArgument, Socket } from 'node:net'
import { AppError } from '../core/errors.ts'
import type { Clock, Receiver, ReceiverHooks } from '../core/ports.ts'
import { Intake } from './intake.ts'
import type { Limits } from './limits.ts'

export type { Limits } from './limits.ts'
export { DEFAULT_LIMITS } from './limits.ts'

export interface ReceiverOptions extends ReceiverHooks {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Private key and certificate as PEM: speaks HTTPS, and only that. */
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly limits: Limits
  readonly clock: Clock
}

/** How often slow senders are looked for, in milliseconds: they are cut at most so much late. */
const SLOWNESS_CHECK_MS = 1000

/**
 * How long a connection may rest between two requests, in milliseconds. Longer than the pools of common senders
 * and tunnels keep theirs (90 s in Go): whoever reuses a connection that we close at the same moment loses its request.
 */
const KEEP_ALIVE_MS = 95_000

/**
 * Listens, and hands each complete request to `handle`, bytes and header pairs as they came.
 * @throws AppError `port-in-use` or `cannot-listen`
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const intake = new Intake(options, options.limits, options.clock)
  const server = await createListener(options)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  attach(server, intake, options)
  const address = await listen(server, options)

  function destroy(): void {
    server.close()
    for (const socket of sockets) socket.destroy()
  }

  return {
    host: address.address,
    port: address.port,
    inFlight: () => intake.inFlight,
    destroy,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const cancel = options.clock.after(graceMs, destroy)
      intake.windUp(destroy)
      await closed
      cancel()
    },
  }
}

async function createListener({ tls, limits, host, port }: ReceiverOptions): Promise<Server> {
  const settings: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: SLOWNESS_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Judged with the rest of the head, so that the refusal is told.
    requireHostHeader: false,
  }
  if (tls === undefined) return createServer(settings)
  const https = await import('node:https')
  try {
    return https.createServer({ ...settings, ...tls, handshakeTimeout: limits.headersTimeoutMs })
  } catch (error) {
    throw new AppError(
      'cannot-listen',
      { host, port, reason: `key or certificate: ${reasonOf(error)}` },
      { cause: error },
    )
  }
}

function attach(server: Server, intake: Intake, options: ReceiverOptions): void {
  const { tls, limits } = options
  server.maxConnections = limits.maxConnections
  // Node 20 keeps the first thousand headers and drops the others without a word.
  server.maxHeadersCount = 0
  // Against senders that never read their answers; all else has a timeout of its own.
  server.timeout = limits.requestTimeoutMs
  // A sender may shut its sending side down after the request and still wants to read the answer.
  Object.assign(server, { httpAllowHalfOpen: true })

  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => intake.open(socket))
  server.on('request', (req, res) => intake.begin(req, res, false))
  server.on('checkContinue', (req, res) => intake.begin(req, res, true))
  // An expectation we do not know may be ignored (RFC 9110 §10.1.1): the request is worth having all the same.
  server.on('checkExpectation', (req, res) => intake.begin(req, res, false))
  server.on('connect', (req) => intake.refuseTunnel(req))
  server.on('clientError', (error, socket) => intake.fail(error, socket))
  server.on('drop', (sender?: DropArgument) => {
    // Connections at rest between two requests make room for those who have something to send.
    server.closeIdleConnections()
    const remoteAddress = sender?.remoteAddress
    options.onRefused({
      reason: 'too-much-in-flight',
      detail: `${limits.maxConnections} connections are open`,
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    })
  })
}

function listen(server: Server, options: ReceiverOptions): Promise<AddressInfo> {
  const { host, port } = options
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError('port-in-use', { host, port }, { cause: error })
          : new AppError('cannot-listen', { host, port, reason: reasonOf(error) }, { cause: error }),
      )
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      // A connection that could not be accepted, as when file descriptors run out. The next one may.
      server.on('error', (error) =>
        options.onRefused({ reason: 'too-much-in-flight', detail: reasonOf(error) }),
      )
      const address = server.address()
      if (address === null || typeof address === 'string')
        throw new TypeError('a TCP server has an address and a port')
      resolve(address)
    })
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
