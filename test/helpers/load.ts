import { Agent, request } from 'node:http'

/** What one client sent and was told. */
export interface Sent {
  readonly key: string
  readonly status: number
}

/**
 * Posts until told to stop, `clients` at a time on connections that stay open. Every request has a key of its own,
 * in its path and its body; what got no answer is not listed.
 */
export function startLoad(
  port: number,
  clients: number,
  bodyOf: (key: string) => string | Uint8Array,
  prefix = 'k',
): {
  readonly sent: readonly Sent[]
  /** Resolves when every client has noticed. */
  stop(): Promise<void>
  /** Resolves once so many have been answered with 2xx, or the other side is gone. */
  acked(count: number): Promise<void>
} {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const sent: Sent[] = []
  const watchers = new Set<() => void>()
  let counter = 0
  let acked = 0
  let stopped = false

  async function client(): Promise<void> {
    while (!stopped) {
      const key = `${prefix}${counter++}`
      const status = await send(key).catch(() => undefined)
      if (status === undefined) {
        stopped = true
      } else {
        sent.push({ key, status })
        if (status >= 200 && status < 300) acked++
      }
      for (const watch of watchers) watch()
    }
  }

  function send(key: string): Promise<number> {
    const body = bodyOf(key)
    return new Promise((resolve, reject) => {
      const sending = request(
        {
          host: '127.0.0.1',
          port,
          agent,
          method: 'POST',
          path: `/${key}`,
          headers: { 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          response.on('error', reject)
          response.on('end', () => resolve(response.statusCode ?? 0))
          response.resume()
        },
      )
      sending.on('error', reject)
      sending.end(body)
    })
  }

  const running = Promise.all(Array.from({ length: clients }, client)).then(() => agent.destroy())
  return {
    sent,
    async stop() {
      stopped = true
      await running
    },
    acked: (count) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (acked < count && !stopped) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      }),
  }
}
