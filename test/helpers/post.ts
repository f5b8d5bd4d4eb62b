import { request } from 'node:http'
import { connect } from 'node:net'

export interface PostOptions {
  readonly method?: string
  readonly path?: string
  /** Flat list, sent as it is: order, case and duplicates. */
  readonly headers?: readonly string[]
  readonly body?: string | Uint8Array
}

export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** One request to a port of this machine, on a connection of its own. */
export function post(
  port: number,
  { method = 'POST', path = '/', headers = [], body = '' }: PostOptions = {},
): Promise<Reply> {
  const bytes = Buffer.from(body)
  return new Promise((resolve, reject) => {
    const flat = ['Host', `127.0.0.1:${port}`, ...headers, 'Content-Length', String(bytes.byteLength)]
    const sending = request(
      { host: '127.0.0.1', port, method, path, headers: flat, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            headers: response.headers,
          }),
        )
      },
    )
    sending.on('error', reject)
    sending.end(bytes)
  })
}

/** Bytes on a socket, and all that comes back until the other side closes. */
export function exchange(port: number, bytes: string | Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks)))
    socket.write(bytes)
  })
}
