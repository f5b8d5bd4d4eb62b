import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse as parseForm } from 'node:querystring'
import { gunzipSync } from 'node:zlib'

export interface SmeeHost {
  readonly port: number
  close(): Promise<void>
}

/**
 * Stands in for smee.io, which tests do not reach. It does what that server's published source does
 * (github.com/probot/smee.io, lib/server.js): POST is parsed by Express's JSON and form parsers, which undo gzip; any
 * other body becomes `{}`. Header names in lower case with joined values, body, query and time go to the client as one
 * JSON message of an event stream, and the sender gets 200.
 */
export async function startSmeeHost(): Promise<SmeeHost> {
  const clients = new Set<ServerResponse>()
  const server = createServer((req, res) => {
    if (req.method === 'GET') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
      res.write('event: ready\ndata: {}\n\n')
      clients.add(res)
      res.on('close', () => clients.delete(res))
      return
    }
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = parsed(req, Buffer.concat(chunks))
      if (body === undefined) return res.writeHead(400).end()
      const query = Object.fromEntries(new URL(req.url ?? '/', 'http://smee.test').searchParams)
      const message = { ...req.headers, body, query, timestamp: Date.now() }
      for (const client of clients) client.write(`id: 1\ndata: ${JSON.stringify(message)}\n\n`)
      return res.writeHead(200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What Express hands to a route; undefined where it answers 400 instead. */
function parsed({ headers }: IncomingMessage, bytes: Buffer): unknown {
  const type = headers['content-type'] ?? ''
  try {
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
    if (type.startsWith('application/json'))
      return /^\s*[[{]/.test(text) ? (JSON.parse(text) as unknown) : undefined
    return type.startsWith('application/x-www-form-urlencoded') ? parseForm(text) : {}
  } catch {
    return undefined
  }
}
