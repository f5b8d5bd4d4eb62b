import type { Socket } from 'node:net'
import type { Traffic } from '../../core/bench/ports.ts'

/** Counts what goes through sockets, the closed ones too. */
export class SocketMeter {
  readonly #open = new Set<Socket>()
  #rx = 0
  #tx = 0

  add(socket: Socket): void {
    if (this.#open.has(socket)) return
    this.#open.add(socket)
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#rx += socket.bytesRead
      this.#tx += socket.bytesWritten
    })
  }

  traffic(): Traffic {
    let rx = this.#rx
    let tx = this.#tx
    for (const socket of this.#open) {
      rx += socket.bytesRead
      tx += socket.bytesWritten
    }
    return { rx, tx }
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }
}
