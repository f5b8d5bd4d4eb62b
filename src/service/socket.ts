import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { LogReader } from './event-log.ts'
import { arePatterns } from './exchange.ts'
import type { Parts } from './parts.ts'

const HEARTBEAT_MS = 15_000
const MOST_MESSAGE_BYTES = 64 * 1024
/** Beyond so many bytes that a client has not taken, it gets no more until it has. */
const MOST_BUFFERED_BYTES = 1024 * 1024

/** Events over WebSocket: a client subscribes, gets what it has missed, then what happens. */
export class Sockets {
  readonly #parts: Parts
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
  })

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes over a connection; who may come has been decided before. */
  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(incoming, socket, head, (client) => void new Client(client, this.#parts))
  }
}

class Client {
  readonly #socket: WebSocket
  readonly #parts: Parts
  #reader: LogReader | undefined
  #isFull = false
  #isAlive = true
  #cancelHeartbeat: () => void

  constructor(socket: WebSocket, parts: Parts) {
    this.#socket = socket
    this.#parts = parts
    const { log, closing } = parts
    const releases = [
      log.onEvent('ws', () => this.#pump()),
      closing.onClose(() => socket.close(1001, 'the service ends')),
    ]
    this.#cancelHeartbeat = parts.tools.clock.after(HEARTBEAT_MS, () => this.#heartbeat())
    socket.on('message', (data, isBinary) => this.#take(data, isBinary))
    socket.on('pong', () => (this.#isAlive = true))
    // A broken frame; ws closes the connection with the right code by itself.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#cancelHeartbeat()
      for (const release of releases) release()
    })
  }

  #take(data: WebSocket.RawData, isBinary: boolean): void {
    // Whoever asks and asks and never reads the answers.
    if (this.#isFull) return this.#socket.terminate()
    const message = isBinary ? undefined : parseMessage(data)
    switch (message?.['type']) {
      case 'subscribe':
        return this.#subscribe(message)
      case 'unsubscribe':
        this.#reader = undefined
        return this.#send('{"type":"unsubscribed"}')
      case 'ping':
        return this.#send('{"type":"pong"}')
      default:
        return this.#refuse('send JSON such as {"type":"subscribe","events":["order.*"],"since":0}')
    }
  }

  #subscribe(message: Readonly<Record<string, unknown>>): void {
    const { events = [], since } = message
    const { log } = this.#parts
    if (!Array.isArray(events) || !arePatterns(events))
      return this.#refuse('events must be a list of event names or globs, at most 20')
    const after = since ?? log.last
    if (typeof after !== 'number' || !Number.isSafeInteger(after) || after < 0)
      return this.#refuse('since must be the seq of an event, or 0')
    this.#send(JSON.stringify({ type: 'subscribed', events, since: after, last: log.last }))
    this.#reader = log.reader('ws', events, after, () => this.#send('{"type":"reset"}'))
    this.#pump()
  }

  #pump(): void {
    while (this.#reader !== undefined && !this.#isFull) {
      const event = this.#reader.next()
      if (event === undefined) return
      this.#send(`{"type":"event","seq":${event.seq},"data":${event.json}}`)
    }
  }

  #refuse(detail: string): void {
    this.#send(JSON.stringify({ type: 'error', detail }))
  }

  #send(text: string): void {
    this.#socket.send(text, () => {
      this.#isAlive = true
      if (!this.#isFull || this.#socket.bufferedAmount > 0) return
      this.#isFull = false
      this.#pump()
    })
    this.#isFull = this.#socket.bufferedAmount > MOST_BUFFERED_BYTES
  }

  /** A client that neither answers nor takes what it gets is cut; it can go on later from where it was. */
  #heartbeat(): void {
    if (!this.#isAlive) return this.#socket.terminate()
    this.#isAlive = false
    this.#socket.ping()
    this.#cancelHeartbeat = this.#parts.tools.clock.after(HEARTBEAT_MS, () => this.#heartbeat())
  }
}

function parseMessage(data: WebSocket.RawData): Readonly<Record<string, unknown>> | undefined {
  try {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data))
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
