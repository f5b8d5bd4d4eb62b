import type { DeliveryOutcome } from '../delivery.ts'
import type { Clock, Outgoing } from '../ports.ts'
import type { RawHeaders } from '../request.ts'

/** Bytes on the wire of a mode's sockets: what HTTP and what is below it, up to TLS, made of them. */
export interface Traffic {
  readonly rx: number
  readonly tx: number
}

/** Something open that counts its bytes. */
export interface Channel {
  /** Since it was opened. */
  traffic(): Traffic
  close(): Promise<void>
}

/** Asks: polls, long polls, triggers, subscriptions. Keeps its connections. */
export interface Caller extends Channel {
  /** Never throws over the network. A keep-alive connection closed under a GET is tried once more, and counted. */
  call(request: Outgoing, options: { timeoutMs: number; signal: AbortSignal }): Promise<DeliveryOutcome>
  /** Requests that met a connection which the server was closing. */
  staleSockets(): number
}

/** What a push channel brings, at the moment it is whole. */
export interface ChannelHooks {
  onMessage(headers: RawHeaders, body: Uint8Array): void
  /** A handshake or a delivery: one HTTP request. */
  onRequest(): void
  /** It broke, and is being opened anew. */
  onTrouble(code: string): void
}

/** Where webhooks come in. */
export interface Inbox extends Channel {
  readonly port: number
}

export interface StreamTarget {
  readonly url: string
  readonly headers: RawHeaders
  /** Sent once a WebSocket is open, to subscribe. */
  readonly hello?: string
}

/** The sockets of the benchmark. */
export interface BenchNet {
  openCaller(connections: number): Caller
  /** Resolves once the stream stands, or with the first trouble told to the hooks. */
  openSse(target: StreamTarget, hooks: ChannelHooks): Promise<Channel>
  openWebSocket(target: StreamTarget, hooks: ChannelHooks): Promise<Channel>
  /** @throws AppError `port-in-use` or `cannot-listen` */
  openInbox(options: { host: string; port: number; status: number }, hooks: ChannelHooks): Promise<Inbox>
}

/** Time as the benchmark needs it: a clock, and callbacks at an instant to some microseconds. */
export interface BenchClock extends Clock {
  /** Calls back at a monotonic instant, milliseconds. The function returned cancels. */
  at(instant: number, callback: () => void): () => void
}

/** The machine that the benchmark runs on; what the system does not tell is undefined. */
export interface Machine {
  readonly node: string
  readonly os: string
  readonly cpu: string
  readonly cores: number
  /** CPU time of this process so far, microseconds. */
  ownCpuUs(): number
  /** CPU time of another process so far, microseconds. */
  cpuUsOf(pid: number): number | undefined
  /** CPU time of all processes so far, microseconds. */
  allCpuUs(): number
  /** The instant, on the benchmark's clock, of a time in monotonic nanoseconds of any process of this machine. */
  instantOf(nanoseconds: bigint): number
  /** Watches how late the event loop is; the function returned ends it and tells the 99th percentile in ms. */
  watchLoop(): () => number
}

/** A trigger that is a command of the user's own; the event's id is in its environment. */
export interface TriggerCommand {
  run(
    command: string,
    env: Readonly<Record<string, string>>,
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<{ readonly ok: boolean; readonly output: Uint8Array; readonly code: string }>
}

/** All that a benchmark does to the world. */
export interface BenchTools {
  readonly net: BenchNet
  readonly clock: BenchClock
  readonly machine: Machine
  readonly commands: TriggerCommand
}

/** This program in another process of its own. */
export interface OwnProcess {
  readonly pid: number | undefined
  /** The first line on its stdout; undefined where it ended without one. */
  readonly firstLine: Promise<string | undefined>
  /** The end of what it wrote to stderr. */
  lastWords(): string
  end(): Promise<void>
}
