import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:http'

export interface BenchOrigin {
  readonly url: string
  readonly port: number
  /** `METHOD path` of every request. */
  readonly requests: readonly string[]
  /** Webhook URLs subscribed at the moment. */
  readonly subscriptions: ReadonlyMap<string, string>
  /** Cuts every connection and listens no more. */
  close(): Promise<void>
}

export interface OriginFaults {
  /** Webhooks are taken and never delivered. */
  readonly silentWebhooks?: boolean
  /** Dies with the n-th event. */
  readonly diesAfter?: number
  /** What subscriptions are answered. */
  readonly subscribeStatus?: number
  /** Further ones are refused. */
  readonly mostSubscriptions?: number
  /** Called with each event. */
  readonly onEvent?: (count: number) => void
}

interface Stored {
  readonly id: string
  readonly ref: string
}

/** A small service of somebody else: a list, its latest item, a stream, webhooks, ids of its own making. */
export async function startOrigin(faults: OriginFaults = {}): Promise<BenchOrigin> {
  const requests: string[] = []
  const events: Stored[] = []
  const streams = new Set<ServerResponse>()
  const subscriptions = new Map<string, string>()
  let subscribed = 0

  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => handle(req, res, Buffer.concat(chunks).toString('utf8')))
  })
  const json = (res: ServerResponse, status: number, body?: unknown): void => {
    res.writeHead(status, { 'Content-Type': 'application/json' })
    res.end(body === undefined ? undefined : JSON.stringify(body))
  }

  function handle(req: IncomingMessage, res: ServerResponse, body: string): void {
    const { method = '', url = '/' } = req
    const { pathname, searchParams } = new URL(url, 'http://origin.test')
    requests.push(`${method} ${pathname}`)
    const route = `${method} ${pathname.replace(/^\/hooks\/.+/, '/hooks/:id')}`
    switch (route) {
      case 'POST /events':
        return create(res, body)
      case 'GET /events': {
        const after = events.findIndex(({ id }) => id === searchParams.get('since'))
        return json(res, 200, { items: events.slice(after + 1) })
      }
      case 'GET /stream':
        res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
        streams.add(res)
        return void res.on('close', () => streams.delete(res))
      case 'POST /hooks': {
        const { subscribeStatus = 201, mostSubscriptions = Infinity } = faults
        const status = subscriptions.size < mostSubscriptions ? subscribeStatus : 403
        const id = `hook ${++subscribed}`
        if (status === 201) subscriptions.set(id, (JSON.parse(body) as { url: string }).url)
        return json(res, status, { id })
      }
      case 'DELETE /hooks/:id':
        return json(
          res,
          subscriptions.delete(decodeURIComponent(pathname.slice('/hooks/'.length))) ? 204 : 404,
        )
      default:
        return json(res, 404)
    }
  }

  function create(res: ServerResponse, body: string): void {
    const event: Stored = { id: `evt_${events.length + 1}`, ref: (JSON.parse(body) as { ref: string }).ref }
    events.push(event)
    faults.onEvent?.(events.length)
    if (faults.diesAfter !== undefined && events.length >= faults.diesAfter) return void close()
    json(res, 201, event)
    for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`)
    if (faults.silentWebhooks === true) return
    for (const target of subscriptions.values()) {
      const delivery = request(target, { method: 'POST', headers: { 'Content-Type': 'application/json' } })
      delivery.on('error', () => {})
      delivery.on('response', (answer) => answer.resume())
      delivery.end(JSON.stringify({ data: event }))
    }
  }

  function close(): Promise<void> {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, requests, subscriptions, close }
}
