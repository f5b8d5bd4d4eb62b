import { createServer } from 'node:net'

/** A request as its bytes say. */
export interface WireRecord {
  readonly line: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

export interface WireRecorder {
  readonly origin: string
  readonly recorded: WireRecord[]
  close(): Promise<void>
}

/** Takes requests with nothing that could forgive: bytes as latin1, one header a line, one request a connection. */
export async function startWireRecorder(): Promise<WireRecorder> {
  const recorded: WireRecord[] = []
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      if (end === -1) return
      const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
      const headers = lines.map((text) => {
        const colon = text.indexOf(':')
        return [text.slice(0, colon), text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')] as const
      })
      const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
      if (bytes.length < end + 4 + length) return
      recorded.push({ line, headers, body: bytes.subarray(end + 4) })
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n' +
          (line.startsWith('HEAD') ? '' : 'ok'),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    recorded,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
