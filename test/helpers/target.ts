import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Store } from '../../src/core/ports.ts'
import type { StoredRequest } from '../../src/core/query.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'

/** A request that an application got, whole, and what it did with it. */
export interface Arrival {
  /** `Webhook-Cli-Id`. */
  readonly id: string
  /** `Webhook-Cli-Attempt`, 1 where there is none. */
  readonly attempt: number
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** Each character is a byte. */
  readonly body: string
  /** Monotonic milliseconds: when all of it was there, and when the answer went out. */
  readonly from: number
  to: number
  /** What was answered; 0 where nothing was, or nothing yet. */
  status: number
}

/** What an application does with a request it has read. */
export type Conduct =
  | {
      readonly kind: 'answer'
      readonly status?: number
      readonly afterMs?: number
      readonly retryAfter?: string
    }
  /** The connection is reset as soon as it stands; requests on standing ones are reset unread. */
  | { readonly kind: 'reset-on-connect' }
  | { readonly kind: 'reset-after-reading' }
  /** The sending side is shut down instead of an answer. */
  | { readonly kind: 'half-close' }
  /** It does its work and never answers. */
  | { readonly kind: 'no-answer' }

/** An application that can be taken down and brought back on its port, and that misbehaves as it is told. */
export interface Target {
  readonly port: number
  readonly url: string
  readonly arrivals: readonly Arrival[]
  /** How many connections stand, and how many stood at most. */
  readonly sockets: { now: number; most: number; all: number }
  conduct: Conduct
  /** Does the application's work; the status counts where the conduct has none. */
  onArrival: (arrival: Arrival) => number
  down(): Promise<void>
  up(): Promise<void>
  /** Resolves once it holds; it is asked after each arrival and each answer. */
  until(holds: () => boolean): Promise<void>
  close(): Promise<void>
}

export async function startTarget(): Promise<Target> {
  const arrivals: Arrival[] = []
  const watchers = new Set<() => void>()
  const sockets = { now: 0, most: 0, all: 0 }
  let server = make()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  function make(): Server {
    const made = createServer((req, res) => void take(req, res))
    made.on('connection', (socket) => {
      sockets.all++
      sockets.most = Math.max(sockets.most, ++sockets.now)
      socket.on('close', () => sockets.now--)
      if (target.conduct.kind === 'reset-on-connect') socket.resetAndDestroy()
    })
    return made
  }

  async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { conduct } = target
    if (conduct.kind === 'reset-on-connect') return void req.socket.resetAndDestroy()
    const chunks: Buffer[] = []
    try {
      for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
    } catch {
      return
    }
    const now = performance.now()
    const arrival: Arrival = {
      id: String(req.headers['webhook-cli-id']),
      attempt: Number(req.headers['webhook-cli-attempt'] ?? 1),
      url: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(chunks).toString('latin1'),
      from: now,
      to: now,
      status: 0,
    }
    arrivals.push(arrival)
    await act(conduct, arrival, req, res)
    arrival.to = performance.now()
    for (const watch of watchers) watch()
  }

  async function act(
    conduct: Conduct,
    arrival: Arrival,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    if (conduct.kind === 'reset-after-reading') req.socket.resetAndDestroy()
    if (conduct.kind === 'half-close') req.socket.end()
    if (conduct.kind !== 'answer') return
    const { status = target.onArrival(arrival), afterMs = 0, retryAfter } = conduct
    if (afterMs > 0) await delay(afterMs)
    if (res.destroyed) return
    arrival.status = status
    res.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
  }

  const target = {
    port,
    url: `http://127.0.0.1:${port}`,
    arrivals,
    sockets,
    conduct: { kind: 'answer' } as Conduct,
    onArrival: (_arrival: Arrival): number => 200,
    async down() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    async up() {
      server = make()
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    until: (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const watch = (): void => {
          if (!holds()) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      }),
    async close() {
      if (server.listening) await target.down()
    },
  }
  return target
}

/** Posts bodies one after the other on one connection; resolves with the statuses. */
export async function postInTurn(port: number, path: string, bodies: readonly string[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const statuses: number[] = []
  for (const body of bodies) {
    statuses.push(
      await new Promise<number>((resolve, reject) => {
        const sending = request(
          {
            host: '127.0.0.1',
            port,
            agent,
            method: 'POST',
            path,
            headers: { 'content-length': body.length },
          },
          (response) => {
            response.resume()
            response.on('end', () => resolve(response.statusCode ?? 0))
          },
        )
        sending.on('error', reject)
        sending.end(body)
      }),
    )
  }
  agent.destroy()
  return statuses
}

/** Events `from` up to `to`, dealt out to paths `/k0`, `/k1`, …: of each path in turn, all paths at once. */
export async function postKeyed(port: number, keys: number, from: number, to: number): Promise<number[]> {
  const statuses = await Promise.all(
    Array.from({ length: keys }, (_, key) => {
      const mine = Array.from({ length: to - from }, (_none, i) => from + i).filter((n) => n % keys === key)
      return postInTurn(
        port,
        `/k${key}`,
        mine.map((n) => `e${n}`),
      )
    }),
  )
  return statuses.flat()
}

/** The path of the store that a process with this home uses. */
export function storePathOf(home: string): string {
  return join(home, '.local/state/webhook-cli/requests.db')
}

/** Lets a test look into the store of another process. */
export async function withStore<T>(home: string, look: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path: storePathOf(home), random: (size) => new Uint8Array(size) })
  try {
    return await look(store)
  } finally {
    await store.close()
  }
}

export interface Kept {
  /** Oldest first. */
  readonly all: readonly StoredRequest[]
  readonly undelivered: readonly StoredRequest[]
}

/** All that the store of a home holds. */
export function readKept(home: string): Promise<Kept> {
  return withStore(home, async (store) => {
    const all: StoredRequest[] = []
    const undelivered: StoredRequest[] = []
    for await (const stored of store.read({ oldestFirst: true })) all.push(stored)
    for await (const stored of store.read({ oldestFirst: true, undelivered: true })) undelivered.push(stored)
    return { all, undelivered }
  })
}

/** Resolves once the store of a home owes nothing. */
export async function untilNothingIsOwed(home: string): Promise<void> {
  const count = (): Promise<number> =>
    withStore(home, async (store) => {
      let left = 0
      for await (const summary of store.list({ undelivered: true })) left += Math.sign(summary.request.seq)
      return left
    })
  await expect.poll(count, { timeout: 20_000, interval: 100 }).toBe(0)
}

export interface Account {
  readonly ids: number
  readonly arrivals: number
  readonly lost: readonly string[]
  /** Arrivals that are none of the stored requests, byte for byte. */
  readonly foreign: readonly Arrival[]
  /** First accepted arrivals that came before one of the same path that was captured earlier. */
  readonly outOfOrder: readonly string[]
  /** Arrivals whose attempt is not greater than that of the one before. */
  readonly attemptsRepeated: readonly Arrival[]
}

/** Compares what arrived with what was captured. */
export function accountOf(kept: Kept, arrivals: readonly Arrival[]): Account {
  const stored = new Map(kept.all.map((one) => [one.request.id, one]))
  const accepted = new Map<string, number>()
  const attempts = new Map<string, number>()
  const foreign: Arrival[] = []
  const attemptsRepeated: Arrival[] = []
  for (const arrival of arrivals) {
    const known = stored.get(arrival.id)?.request
    const isOurs =
      known?.target === arrival.url && Buffer.from(known.body).toString('latin1') === arrival.body
    if (!isOurs) foreign.push(arrival)
    if (arrival.attempt <= (attempts.get(arrival.id) ?? 0)) attemptsRepeated.push(arrival)
    attempts.set(arrival.id, arrival.attempt)
    const isGood = arrival.status >= 200 && arrival.status < 300
    if (isGood && !accepted.has(arrival.id)) accepted.set(arrival.id, arrival.to)
  }
  const lastOf = new Map<string, number>()
  const outOfOrder = kept.all.flatMap(({ request: { id, target } }) => {
    const at = accepted.get(id)
    if (at === undefined) return []
    const before = lastOf.get(target) ?? -1
    lastOf.set(target, at)
    return at < before ? [id] : []
  })
  return {
    ids: stored.size,
    arrivals: arrivals.length,
    lost: [...stored.keys()].filter((id) => !accepted.has(id)),
    foreign,
    outOfOrder,
    attemptsRepeated,
  }
}
