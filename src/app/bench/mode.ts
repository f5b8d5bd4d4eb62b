import type { BenchTools, Caller, Channel, ChannelHooks, Inbox } from '../../core/bench/ports.ts'
import type { Counts } from './counts.ts'
import { ModeCounts } from './counts.ts'
import type { Governor } from './governor.ts'
import type { ReadIds } from './ledger.ts'
import { LiveDelays, Observer } from './ledger.ts'
import type { Arm, WebhookPlan } from './plan.ts'
import { longPoll, poll } from './poller.ts'
import { subscribe, type Subscription } from './subscription.ts'

export interface ModeSetting {
  readonly arm: Arm
  readonly subscribers: number
  readonly webhook?: WebhookPlan
  readonly tools: BenchTools
  readonly governor: Governor
  readonly read: ReadIds
  /** A stream of random numbers for each client. */
  readonly randomFor: (client: number) => () => number
  readonly onFirst: (mode: Mode, client: number, id: string, at: number) => void
}

interface Client {
  readonly channel: Channel
  readonly staleSockets: () => number
  end(): Promise<void>
}

/** One mode with its clients: opened and closed, perhaps several times in a run, and counted. */
export class Mode {
  readonly arm: Arm
  readonly counts: ModeCounts = new ModeCounts()
  readonly live: LiveDelays = new LiveDelays()
  readonly observers: readonly Observer[]
  readonly #setting: ModeSetting
  #clients: Client[] = []
  #inboxes: Inbox[] = []
  #closed = { rx: 0, tx: 0, staleSockets: 0 }
  #users = 0
  #opening: Promise<readonly PromiseSettledResult<Client>[]> = Promise.resolve([])

  constructor(setting: ModeSetting) {
    this.arm = setting.arm
    this.#setting = setting
    this.observers = Array.from(
      { length: setting.subscribers },
      (_, client) => new Observer((id, at) => setting.onFirst(this, client, id, at)),
    )
  }

  /** Subscribes; a second time while it is subscribed changes nothing. */
  async open(): Promise<void> {
    if (this.#users++ > 0) return
    this.#opening = Promise.allSettled(this.observers.map((observer, index) => this.#start(observer, index)))
    const outcomes = await this.#opening
    // Those that stand are kept although another failed: somebody has to end them.
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') this.#clients.push(outcome.value)
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  /** Ends the subscription as soon as it was closed as often as opened. */
  async close(): Promise<void> {
    if (this.#users === 0 || --this.#users > 0) return
    // A subscription that is still being asked for can be taken back once it is there.
    await this.#opening
    const clients = this.#clients
    this.#clients = []
    await Promise.all(clients.map((client) => client.end()))
    for (const { channel, staleSockets } of clients) {
      const { rx, tx } = channel.traffic()
      this.#closed.rx += rx
      this.#closed.tx += tx
      this.#closed.staleSockets += staleSockets()
    }
  }

  /** Closes everything, however often it was opened. */
  async end(): Promise<void> {
    this.#users = Math.min(this.#users, 1)
    await this.close()
    await Promise.all(this.#inboxes.map((inbox) => inbox.close()))
  }

  totals(): Counts {
    const { requests, empty200, notModified, errors, retries, emptyBytes } = this.counts
    let { rx, tx, staleSockets } = this.#closed
    for (const client of this.#clients) {
      const traffic = client.channel.traffic()
      rx += traffic.rx
      tx += traffic.tx
      staleSockets += client.staleSockets()
    }
    return { requests, empty200, notModified, errors, retries, staleSockets, rx, tx, emptyBytes }
  }

  async #start(observer: Observer, index: number): Promise<Client> {
    const { arm, tools } = this.#setting
    const { net } = tools
    switch (arm.kind) {
      case 'poll':
      case 'conditional':
      case 'longpoll':
        return this.#ask(arm, observer, index)
      case 'sse':
        return plain(await net.openSse(arm.target, this.#hooks(observer)))
      case 'ws':
        return plain(await net.openWebSocket(arm.target, this.#hooks(observer)))
      case 'webhook':
        return this.#receive(observer, index)
    }
  }

  #ask(arm: Extract<Arm, { url: string }>, observer: Observer, index: number): Client {
    const { tools, governor, read, randomFor } = this.#setting
    const stop = new AbortController()
    const caller = tools.net.openCaller(1)
    const asker = {
      caller,
      observer,
      governor,
      read,
      counts: this.counts,
      clock: tools.clock,
      random: randomFor(index),
      stop: stop.signal,
    }
    const ended = arm.kind === 'longpoll' ? longPoll(arm, asker) : poll(arm, asker)
    return {
      channel: caller,
      staleSockets: () => caller.staleSockets(),
      async end() {
        stop.abort()
        await ended
        await caller.close()
      },
    }
  }

  /** The inbox stays between two subscriptions: what a sender delivers late shall not be refused. */
  async #receive(observer: Observer, index: number): Promise<Client> {
    const { tools, webhook, governor } = this.#setting
    const { host = '127.0.0.1', port = 0, status = 200 } = webhook ?? {}
    const inbox = (this.#inboxes[index] ??= await tools.net.openInbox(
      { host, port: index === 0 ? port : 0, status },
      this.#hooks(observer),
    ))
    const before = inbox.traffic()
    const caller: Caller = tools.net.openCaller(1)
    let subscription: Subscription | undefined
    if (webhook?.subscribe !== undefined) {
      governor.spend()
      const webhookUrl =
        webhook.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${inbox.port}/`
      subscription = await subscribe(webhook, webhookUrl, caller)
    }
    return {
      channel: {
        traffic() {
          const now = inbox.traffic()
          return { rx: now.rx - before.rx, tx: now.tx - before.tx }
        },
        close: () => Promise.resolve(),
      },
      staleSockets: () => 0,
      async end() {
        await subscription?.end()
        await caller.close()
      },
    }
  }

  #hooks(observer: Observer): ChannelHooks {
    const { read, tools } = this.#setting
    return {
      onMessage: (headers, body) => void observer.take(read(headers, body), tools.clock.monotonic()),
      onRequest: () => void this.counts.requests++,
      onTrouble: (code) => {
        this.counts.fail(code)
        this.counts.retries++
      },
    }
  }
}

function plain(channel: Channel): Client {
  return { channel, staleSockets: () => 0, end: () => channel.close() }
}
