import type { lookup as lookUp } from 'node:dns'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { buildConnector, Pool } from 'undici'
import { abortWatcher } from '../core/abort.ts'
import type { DeliveryOutcome } from '../core/delivery.ts'
import { endToEndHeaders } from '../core/headers.ts'
import type { Clock, DeliverOptions, Forwarder, Outgoing } from '../core/ports.ts'
import type { RawHeaders } from '../core/request.ts'
import { checkedLookup, literalRefusal } from './lookup.ts'

export interface ForwarderOptions {
  /** Connections at once to one target. */
  readonly connections: number
  /** Addresses of other machines are refused, whatever name leads to them. */
  readonly loopbackOnly: boolean
  /** Of private networks only this machine: for targets that strangers name. */
  readonly noPrivate?: boolean
  readonly clock: Clock
  /** Looks up names; the system does unless given. */
  readonly lookup?: typeof lookUp
  /** Told of each connection as it stands, for those who count bytes. */
  readonly onSocket?: (socket: Socket) => void
}

/** Of an answer so much is read; the rest is nobody's to see, and an endless one would never end. */
const MAX_ANSWER_BYTES = 1_048_576
const MAX_HEADER_BYTES = 65_536

/**
 * Opens keep-alive connections as targets come. Proxy variables are not looked at, redirects not followed, and
 * nothing is sent twice.
 */
export function openForwarder(options: ForwarderOptions): Forwarder {
  const { connections, loopbackOnly, noPrivate = false, clock, lookup, onSocket } = options
  const pools = new Map<string, Pool>()
  const connect = buildConnector({ timeout: 0, lookup: checkedLookup(loopbackOnly, lookup, noPrivate) })
  const poolOf = (authority: string): Pool => {
    const known = pools.get(authority)
    if (known !== undefined) return known
    const pool = new Pool(new URL(authority).origin, {
      connections,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      // One clock bounds the whole attempt: theirs begin anew with every byte.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: onSocket === undefined ? connect : watched(connect, onSocket),
    })
    pools.set(authority, pool)
    return pool
  }
  const onAbort = abortWatcher()
  return {
    async deliver(request, limits) {
      const startedAt = clock.now()
      const began = clock.monotonic()
      const outcome = await attempt(request, limits)
      return { startedAt, durationMs: clock.monotonic() - began, outcome }
    },
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.destroy()))
    },
  }

  function attempt(request: Outgoing, limits: DeliverOptions): Promise<DeliveryOutcome> {
    const { timeoutMs, maxAnswerBytes = MAX_ANSWER_BYTES, signal } = limits
    const { url } = request
    const [authority = ''] = AUTHORITY.exec(url) ?? []
    // What has a pool has been looked at.
    const refused = pools.has(authority) ? undefined : literalRefusal(url, loopbackOnly, noPrivate)
    if (refused !== undefined) return Promise.resolve({ kind: 'not-sent', code: refused })
    return new Promise((resolve) => {
      let release: (() => void) | undefined
      const exchange = new Exchange((outcome) => {
        cancel()
        release?.()
        resolve(outcome)
      }, maxAnswerBytes)
      const cancel = clock.after(timeoutMs, () => exchange.giveUp('ETIMEDOUT'))
      if (signal?.aborted === true) return exchange.giveUp('INTERRUPTED')
      if (signal !== undefined) release = onAbort(signal, () => exchange.giveUp('INTERRUPTED'))
      try {
        poolOf(authority).dispatch(dispatchOf(request, url.slice(authority.length)), exchange)
      } catch (error) {
        exchange.fail(error)
      }
    })
  }
}

/** Scheme, host and port, as they were typed. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

/** @param rest path and query as they stand in the URL, a `#` that a sender put there too: parsing would change them */
function dispatchOf({ method, headers, host, body }: Outgoing, rest: string): Dispatcher.DispatchOptions {
  const passed: string[] = []
  for (const [name, value] of endToEndHeaders(headers)) {
    const lower = name.toLowerCase()
    if (lower !== 'host' && lower !== 'content-length') passed.push(name, value)
  }
  if (host !== undefined) passed.push('Host', host)
  return {
    method,
    path: rest.startsWith('/') ? rest : `/${rest}`,
    headers: passed,
    body: body.byteLength === 0 ? null : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  }
}

/** Answers that end with their head (RFC 9112 §6.3). */
const BODILESS: ReadonlySet<number | undefined> = new Set([204, 304])

/** One request and its answer, as undici reports them. Settles once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: (outcome: DeliveryOutcome) => void
  readonly #maxBytes: number
  #settled = false
  #controller: Dispatcher.DispatchController | undefined
  #answer: { readonly status: number; readonly headers: RawHeaders } | undefined
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(settle: (outcome: DeliveryOutcome) => void, maxBytes: number) {
    this.#settle = settle
    this.#maxBytes = maxBytes
  }

  /** Called on a connection that stands, before the first byte is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) return controller.abort(new Error('given up'))
    this.#controller = controller
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // 1xx answers come before the one that counts.
    if (status >= 200) this.#answer = { status, headers: rawPairs(controller.rawHeaders) }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    const room = this.#maxBytes - this.#size
    this.#size += chunk.byteLength
    // A copy: the bytes are a view of the parser's own buffer.
    if (room > 0) this.#chunks.push(Buffer.from(chunk.subarray(0, room)))
    if (this.#size > this.#maxBytes) {
      this.#finish()
      this.#controller?.abort(new Error('read enough'))
    }
  }

  onResponseEnd(): void {
    this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }

  fail(error: unknown): void {
    // Undici counts the bytes of a body that such an answer never has, whatever length it announces.
    if (codeOf(error) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && BODILESS.has(this.#answer?.status))
      return this.#finish()
    // Before `onRequestStart` nothing was written; after it the target may have read all of it.
    this.#end({ kind: this.#controller === undefined ? 'not-sent' : 'unknown', code: codeOf(error) })
  }

  giveUp(code: string): void {
    this.#end({ kind: this.#controller === undefined ? 'not-sent' : 'unknown', code })
    this.#controller?.abort(new Error(code))
  }

  #finish(): void {
    if (this.#answer === undefined) return this.#end({ kind: 'unknown', code: 'NO_ANSWER' })
    const { headers } = this.#answer
    const announced = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
    const bodySize =
      Number.isSafeInteger(announced) && this.#size > this.#maxBytes
        ? Math.max(announced, this.#size)
        : this.#size
    this.#end({ kind: 'response', ...this.#answer, body: Buffer.concat(this.#chunks), bodySize })
  }

  #end(outcome: DeliveryOutcome): void {
    if (this.#settled) return
    this.#settled = true
    this.#settle(outcome)
  }
}

/** undici hands over what its parser has read: names and values in turn, as bytes. */
function rawPairs(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  if (!Array.isArray(raw)) return []
  const texts = raw.map((part: Buffer | string) =>
    typeof part === 'string' ? part : part.toString('latin1'),
  )
  return Array.from(
    { length: texts.length >> 1 },
    (_, i) => [texts[2 * i] ?? '', texts[2 * i + 1] ?? ''] as const,
  )
}

function codeOf(error: unknown): string {
  // With several addresses for a name, the errors of all of them.
  const first: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error
  if (first instanceof Error && 'code' in first && typeof first.code === 'string') return first.code
  return first instanceof Error ? first.name : 'UNKNOWN'
}

function watched(
  connect: buildConnector.connector,
  onSocket: (socket: Socket) => void,
): buildConnector.connector {
  return (options, done) =>
    connect(options, (...result) => {
      if (result[0] === null) onSocket(result[1])
      done(...result)
    })
}
