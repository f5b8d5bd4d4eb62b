import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'

export interface Received {
  readonly method: string
  readonly url: string
  /** Flat, as they came. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Monotonic milliseconds. */
  readonly at: number
}

export interface AppServer {
  readonly port: number
  readonly received: Received[]
  close(): Promise<void>
}

export interface Reaction {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An application under test: gets whole requests, and says what it answers. */
export async function startApp(
  react: (request: Received) => Reaction | Promise<Reaction>,
  port = 0,
): Promise<AppServer> {
  const received: Received[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const { method = '', url = '', rawHeaders, headers } = req
      const request = { method, url, rawHeaders, headers, body: Buffer.concat(chunks), at: performance.now() }
      received.push(request)
      void Promise.resolve(react(request)).then(({ status, body = '', headers: answered = {} }) =>
        res.writeHead(status, answered).end(body),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    received,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
