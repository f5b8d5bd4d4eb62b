import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ServerResponse } from 'node:http'
import type { LogReader } from './event-log.ts'
import type { Exchange, Handler } from './exchange.ts'
import { queryPatterns } from './exchange.ts'
import type { Parts } from './parts.ts'

const HEARTBEAT_MS = 15_000
const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // nginx would hold events back until its buffer is full.
  'X-Accel-Buffering': 'no',
} as const
/** What a browser waits before it connects again. */
const RECONNECT_MS = 1000

/** Server-Sent Events: each event once, in order, from the one after `Last-Event-ID`. */
export function streamHandler(parts: Parts): Handler {
  return (exchange) => {
    const patterns = queryPatterns(exchange)
    if (exchange.req.method === 'HEAD') return new Response(null, { headers: HEADERS })
    const { outgoing } = exchange.env
    outgoing.writeHead(200, HEADERS)
    startStream(outgoing, placeOf(exchange, parts), patterns, parts)
    return RESPONSE_ALREADY_SENT
  }
}

function startStream(
  outgoing: ServerResponse,
  after: number,
  patterns: readonly string[],
  { log, tools, closing }: Parts,
): void {
  outgoing.write(`retry: ${RECONNECT_MS}\n\n`)
  const reader = log.reader('sse', patterns, after, () => outgoing.write('event: reset\ndata: {}\n\n'))
  let isFull = false
  let hasTaken = true
  const pump = (): void => {
    if (!isFull) isFull = !writeAll(outgoing, reader)
  }
  const heartbeat = (): void => {
    // It has taken nothing since the last time. It can go on later, from where it was.
    if (isFull && !hasTaken) return void outgoing.destroy()
    hasTaken = false
    isFull = !outgoing.write(':\n\n')
    cancelHeartbeat = tools.clock.after(HEARTBEAT_MS, heartbeat)
  }
  let cancelHeartbeat = tools.clock.after(HEARTBEAT_MS, heartbeat)
  const releases = [log.onEvent('sse', pump), closing.onClose(() => outgoing.end())]
  outgoing.on('drain', () => {
    isFull = false
    hasTaken = true
    pump()
  })
  outgoing.once('close', () => {
    cancelHeartbeat()
    for (const release of releases) release()
  })
  pump()
}

/** Writes what there is; false where the client must first take some of it. */
function writeAll(outgoing: ServerResponse, reader: LogReader): boolean {
  for (let event = reader.next(); event !== undefined; event = reader.next()) {
    if (!outgoing.write(`id: ${event.seq}\ndata: ${event.json}\n\n`)) return false
  }
  return true
}

/** From where on: after the event that the client has had last, or only what is new. */
function placeOf({ req }: Exchange, { log }: Parts): number {
  const text = req.header('last-event-id') ?? req.query('lastEventId')
  if (text === undefined) return log.last
  // Not one of our numbers: as one that the log does not know.
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER
}
