import { get } from 'node:http'
import { WebSocket } from 'ws'

/** A client that is told of events, and goes on where it was after its connection was cut. */
export interface Subscriber {
  /** Sequence numbers in the order in which they came, over all connections. */
  readonly seen: number[]
  /** How often it has connected. */
  connections(): number
  /** Messages that are no events. */
  readonly others: string[]
  /** Cuts the connection; a new one goes on after the last event. */
  cut(): void
  /** Resolves once so many events have come. */
  until(count: number): Promise<void>
  /** Resolves once it has connected so often. */
  connected(times: number): Promise<void>
  close(): void
}

type Connect = (after: number | undefined, hooks: ConnectionHooks) => () => void

interface ConnectionHooks {
  onOpen(): void
  onEvent(seq: number): void
  onOther(text: string): void
  onGone(): void
}

function subscribe(connect: Connect, from: number | undefined): Subscriber {
  const seen: number[] = []
  const others: string[] = []
  const watchers = new Set<() => void>()
  let opened = 0
  let closed = false
  let destroy = (): void => {}
  const tell = (): void => watchers.forEach((watch) => watch())
  const when = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = (): void => {
        if (!isSo()) return
        watchers.delete(watch)
        resolve()
      }
      watchers.add(watch)
      watch()
    })
  const open = (): void => {
    let isCurrent = true
    destroy = connect(seen.at(-1) ?? from, {
      onOpen() {
        opened++
        tell()
      },
      onEvent(seq) {
        if (!isCurrent) return
        seen.push(seq)
        tell()
      },
      onOther(text) {
        others.push(text)
        tell()
      },
      onGone() {
        if (!isCurrent) return
        isCurrent = false
        if (!closed) open()
      },
    })
  }
  open()
  return {
    seen,
    others,
    connections: () => opened,
    cut: () => destroy(),
    until: (count) => when(() => seen.length >= count),
    connected: (times) => when(() => opened >= times),
    close() {
      closed = true
      destroy()
    },
  }
}

/** A plain EventSource: lines, `Last-Event-ID`. */
export function subscribeSse(
  url: string,
  { query = '', from }: { query?: string; from?: number } = {},
): Subscriber {
  return subscribe((after, hooks) => {
    const headers = after === undefined ? {} : { 'Last-Event-ID': String(after) }
    const request = get(`${url}/events/stream${query}`, { headers, agent: false }, (response) => {
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) take(block)
      })
      response.on('close', hooks.onGone)
      response.on('error', () => undefined)
    })
    const take = (block: string): void => {
      const id = /^id: (\d+)$/m.exec(block)?.[1]
      const { seq } = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') as { seq?: number }
      if (id !== undefined && Number(id) === seq) hooks.onEvent(seq)
      else if (block.startsWith('retry:')) hooks.onOpen()
      else hooks.onOther(block)
    }
    request.on('error', () => hooks.onGone())
    return () => request.destroy()
  }, from)
}

/** A client of the WebSocket. */
export function subscribeWs(
  url: string,
  { events = [], from }: { events?: string[]; from?: number } = {},
): Subscriber {
  return subscribe((after, hooks) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/events/ws`)
    socket.on('open', () =>
      socket.send(
        JSON.stringify({ type: 'subscribe', events, ...(after !== undefined && { since: after }) }),
      ),
    )
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; data?: { seq: number } }
      if (message.type === 'event') hooks.onEvent(message.data?.seq ?? -1)
      else if (message.type === 'subscribed') hooks.onOpen()
      else hooks.onOther(data.toString())
    })
    socket.on('error', () => undefined)
    socket.on('close', hooks.onGone)
    return () => socket.terminate()
  }, from)
}
