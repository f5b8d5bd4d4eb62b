import type { Socket } from 'node:net'
import { connect } from 'node:net'

/** An answer as its bytes say. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case; of a repeated name the last value. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** One connection on which a test says exactly which bytes go out, and when. */
export interface RawClient {
  readonly socket: Socket
  /** Resolves when the system has taken the bytes, or the connection is gone. */
  send(data: string | Uint8Array): Promise<void>
  /** The next answer, interim ones (1xx) included. Rejects when the connection ends before one is complete. */
  answer(options?: { readonly toHead?: boolean }): Promise<RawAnswer>
  /** Resolves with what came after the answers read so far, when the other side has closed. */
  rest(): Promise<Buffer>
  /** Resolves when the connection is gone for good. */
  readonly closed: Promise<void>
}

/** Connects, in the clear or on a socket that is given. A string is sent as latin1: one byte per character. */
export async function rawClient(where: { port: number; host?: string } | Socket): Promise<RawClient> {
  const given = 'write' in where
  const socket = given ? where : connect({ host: '127.0.0.1', ...where, noDelay: true })
  let pending: Buffer = Buffer.alloc(0)
  const state: { ended: boolean; wake?: () => void } = { ended: false }
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    state.wake?.()
  })
  for (const event of ['end', 'close', 'error']) {
    socket.on(event, () => {
      state.ended = true
      state.wake?.()
    })
  }
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  if (!given) {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
  }

  function more(): Promise<void> {
    return new Promise((resolve) => {
      state.wake = resolve
    })
  }

  return {
    socket,
    closed,
    send(data) {
      return new Promise((resolve) => {
        if (socket.destroyed) return resolve()
        socket.once('close', resolve)
        socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data, () => {
          socket.off('close', resolve)
          resolve()
        })
      })
    },
    async answer({ toHead = false } = {}) {
      for (;;) {
        const parsed = parseAnswer(pending, toHead)
        if (parsed !== undefined) {
          pending = pending.subarray(parsed.size)
          return parsed.answer
        }
        if (state.ended)
          throw new Error(`the connection ended after ${JSON.stringify(pending.toString('latin1'))}`)
        await more()
      }
    },
    async rest() {
      while (!state.ended) await more()
      const rest = pending
      pending = Buffer.alloc(0)
      return rest
    },
  }
}

function parseAnswer(bytes: Buffer, toHead: boolean): { answer: RawAnswer; size: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]
  if (status === undefined) throw new Error(`no status line: ${statusLine}`)
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]
    }),
  )
  const bodyless = toHead || status.startsWith('1') || status === '204' || status === '304'
  const length = bodyless ? 0 : Number(headers.get('content-length') ?? 0)
  const size = headEnd + 4 + length
  if (bytes.length < size) return undefined
  return {
    answer: { status: Number(status), headers, body: Buffer.from(bytes.subarray(headEnd + 4, size)) },
    size,
  }
}

/** Bytes of a POST with a declared length. */
export function post(body: string | Uint8Array, headers: readonly string[] = [], target = '/'): Buffer {
  const bytes = Buffer.from(body)
  const lines = [
    `POST ${target} HTTP/1.1`,
    'Host: localhost',
    ...headers,
    `Content-Length: ${bytes.length}`,
    '',
    '',
  ]
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), bytes])
}

/** One request on a connection of its own, to its answer. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  const client = await rawClient({ port })
  void client.send(bytes)
  try {
    return await client.answer()
  } finally {
    client.socket.destroy()
  }
}
