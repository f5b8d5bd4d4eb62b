import type { ClientRequest } from 'node:http'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Channel, ChannelHooks, StreamTarget } from '../../core/bench/ports.ts'
import { flatOf } from '../../core/headers.ts'
import type { Clock } from '../../core/ports.ts'
import { checkedLookup, literalRefusal } from '../lookup.ts'
import { SocketMeter } from './meter.ts'
import { SseParser } from './sse-parser.ts'

export interface StreamOptions {
  readonly loopbackOnly: boolean
  readonly clock: Clock
}

/** How long to wait before a broken connection is opened again. */
export function reconnectMs({ loopbackOnly }: Pick<StreamOptions, 'loopbackOnly'>): number {
  return loopbackOnly ? 200 : 1000
}

/** A stream of Server-Sent Events, opened again with `Last-Event-ID` as often as it breaks. */
export async function openSse(
  target: StreamTarget,
  hooks: ChannelHooks,
  options: StreamOptions,
): Promise<Channel> {
  const stream = new SseStream(target, hooks, options)
  await stream.opened
  return stream
}

class SseStream implements Channel {
  readonly opened: Promise<void>
  readonly #target: StreamTarget
  readonly #hooks: ChannelHooks
  readonly #options: StreamOptions
  readonly #meter = new SocketMeter()
  #request: ClientRequest | undefined
  #parser: SseParser | undefined
  #lastId = ''
  #closed = false
  #cancelRetry: (() => void) | undefined

  constructor(target: StreamTarget, hooks: ChannelHooks, options: StreamOptions) {
    this.#target = target
    this.#hooks = hooks
    this.#options = options
    this.opened = new Promise((resolve) => this.#connect(resolve))
  }

  traffic(): ReturnType<Channel['traffic']> {
    return this.#meter.traffic()
  }

  close(): Promise<void> {
    this.#closed = true
    this.#cancelRetry?.()
    this.#request?.destroy()
    this.#meter.destroy()
    return Promise.resolve()
  }

  #connect(settled: () => void): void {
    const { url, headers } = this.#target
    const { loopbackOnly } = this.#options
    const refused = literalRefusal(url, loopbackOnly)
    if (refused !== undefined) {
      this.#hooks.onTrouble(refused)
      return settled()
    }
    let ended = false
    const end = (code: string): void => {
      if (ended) return
      ended = true
      settled()
      this.#again(code)
    }
    const ask = url.startsWith('https:') ? httpsRequest : httpRequest
    this.#hooks.onRequest()
    const request = ask(url, {
      agent: false,
      lookup: checkedLookup(loopbackOnly),
      headers: flatOf([
        ['Host', new URL(url).host],
        ['Accept', 'text/event-stream'],
        ...headers,
        ...(this.#lastId === '' ? [] : [['Last-Event-ID', this.#lastId] as const]),
      ]),
    })
    this.#request = request
    request.on('socket', (socket) => this.#meter.add(socket))
    request.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    request.on('response', (response) => {
      const { statusCode = 0 } = response
      if (statusCode !== 200) {
        response.resume()
        return end(`HTTP ${statusCode}`)
      }
      this.#parser = new SseParser((data, id) => {
        if (id !== undefined) this.#lastId = id
        this.#hooks.onMessage(id === undefined ? [] : [['Last-Event-ID', id]], Buffer.from(data))
      })
      response.on('data', (chunk: Buffer) => this.#parser?.push(chunk))
      response.on('error', () => end('closed the stream'))
      response.on('close', () => end('closed the stream'))
      settled()
    })
    request.end()
  }

  #again(code: string): void {
    if (this.#closed) return
    this.#hooks.onTrouble(code)
    this.#cancelRetry = this.#options.clock.after(reconnectMs(this.#options), () => {
      if (!this.#closed) this.#connect(() => {})
    })
  }
}
