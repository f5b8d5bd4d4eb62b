import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock, RequestHead } from '../core/ports.ts'
import type { BodyBuffer } from './body.ts'

/** One request and its answer. */
export interface Exchange {
  readonly connection: Connection
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly head: RequestHead
  readonly body: BodyBuffer
  /** Bytes taken from the budget for it. */
  reserved: number
  /** Still being read: neither complete, nor refused, nor cut off. */
  reading: boolean
  /** The one before it on the same connection, as long as neither is answered: a sender may not wait for answers. */
  before: Exchange | undefined
}

/** How long a sender that was refused may go on sending before it is cut, in milliseconds. */
const LINGER_MS = 5000

/** One socket and what is under way on it. */
export class Connection {
  readonly socket: Socket
  readonly remoteAddress: string | undefined
  /** The exchange begun last. */
  newest: Exchange | undefined
  /** Nothing more is read from it as HTTP. */
  refused = false

  constructor(socket: Socket) {
    this.socket = socket
    this.remoteAddress = plainAddress(socket.remoteAddress)
    // Node takes its own listener away in clientError and CONNECT; a reset after that would be uncaught.
    socket.on('error', () => undefined)
  }

  /** Nothing is under way that the sender waits for. */
  get idle(): boolean {
    return !this.refused && (this.newest === undefined || this.newest.res.writableFinished)
  }

  /**
   * Says why, as the last words on this connection, and closes it such that the sender gets to read them.
   *
   * Closing a socket with unread bytes resets the connection, and the reset overtakes the answer: a sender still busy
   * with its body would see no status but `ECONNRESET`. So the rest is read and dropped, for a bounded time and
   * at most `drainBytes`.
   *
   * @param previous the exchange to be answered first: answers go out in the order of the requests
   */
  refuse(lastWords: Buffer, previous: Exchange | undefined, clock: Clock, drainBytes: number): void {
    this.refused = true
    this.#drain(drainBytes)
    const speak = (): void => {
      const cancel = clock.after(LINGER_MS, () => this.socket.destroy())
      this.socket.once('close', cancel)
      this.socket.end(lastWords)
    }
    if (previous === undefined || previous.res.writableFinished) speak()
    else previous.res.once('finish', speak)
  }

  /** Takes the socket from the HTTP parser; Node lets go of it once somebody else listens for data. */
  #drain(bytes: number): void {
    let left = bytes
    this.socket.removeAllListeners('data')
    this.socket.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left < 0) this.socket.destroy()
    })
    this.socket.resume()
  }
}

/** A dual-stack socket shows IPv4 senders as `::ffff:192.0.2.1`. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') === true && address.includes('.') ? address.slice(7) : address
}
