import type { CommandOutcome, Delivery, DeliveryOutcome } from './delivery.ts'
import type { AppEvent, Refusal, RefusalReason } from './events.ts'
import type { Outbox, Owing } from './outbox.ts'
import type { Query, RequestSummary, StoredRequest } from './query.ts'
import type { CapturedRequest, NewRequest, RawHeaders, RequestId } from './request.ts'
import type { Identity, Verdict } from './verdict.ts'

/** What is learnt about a request before it is stored. */
export interface Assessment {
  readonly identity: Identity
  readonly verdict: Verdict
}

/** Something about the store's files that its owner should know. */
export type StoreNotice =
  /** Others could read or write the file; now only its owner can. */
  | { readonly kind: 'mode-narrowed'; readonly path: string; readonly from: number }
  /** The directory belongs to another user (not root), who can put other files in place of ours. */
  | { readonly kind: 'directory-of-another'; readonly path: string; readonly owner: number }

/** A debt that begins with a capture. */
export interface NewDebt extends Owing {
  /** This process has it in hand already; otherwise whoever takes it first. */
  readonly taken: boolean
}

/** Where requests are kept. Requests are never changed, only added and removed. */
export interface Store {
  /** A name for people: the file's path, or `memory`. */
  readonly location: string
  /**
   * Keeps a request. Resolves only when it is durable: after a crash of the process or the machine it is there.
   * @throws AppError `store-write-failed` or `store-busy`; nothing was kept then
   */
  capture(request: NewRequest, assessment: Assessment, owing?: readonly NewDebt[]): Promise<CapturedRequest>
  /** What is owed to whom: the debts are durable with the capture that made them. */
  readonly outbox: Outbox
  /**
   * Keeps the result of an attempt to deliver; resolves when durable. A replay that was accepted pays the debts of
   * its request that nobody works on.
   */
  record(delivery: Delivery): Promise<void>
  /**
   * The request that a ref names: an id, a unique start of one, `last` or `last~N`.
   * @throws AppError `no-such-request` or `ambiguous-ref`
   */
  get(ref: string): Promise<StoredRequest>
  /** Ids that begin with a prefix, at most `limit`: for shell completion. */
  complete(prefix: string, limit: number): Promise<RequestId[]>
  /** Rows that match, newest first unless the query says otherwise. Never more than one batch is held in memory. */
  list(query: Query): AsyncIterable<RequestSummary>
  /** The same with headers, bodies and deliveries. */
  read(query: Query): AsyncIterable<StoredRequest>
  /** How many requests are kept in all. Costs the same whatever the number. */
  count(): Promise<number>
  /** Removes what matches, its bytes overwritten, and tells how many there were. */
  remove(query: Query): Promise<number>
  close(): Promise<void>
}

/** What a sender is told. */
export interface Answer {
  readonly status: number
  readonly headers: RawHeaders
  readonly body: Uint8Array
  /** Another's answer to HEAD: of its length no more is told than `headers` say. */
  readonly toHead?: true
}

/** A request before its body has been read. */
export type RequestHead = Pick<NewRequest, 'method' | 'target' | 'httpVersion' | 'headers' | 'remoteAddress'>

/** What a receiver asks of the application. */
export interface ReceiverHooks {
  /** Looks at the head before any body byte is read; an answer refuses the request. */
  admit?(head: RequestHead): { readonly answer: Answer; readonly reason: RefusalReason } | undefined
  /** Takes a complete request; resolves with the answer once it may be given. */
  handle(request: NewRequest): Promise<Answer>
  onRefused(refusal: Refusal): void
}

/** A listening socket that turns bytes into requests. */
export interface Receiver {
  readonly host: string
  readonly port: number
  /** Requests whose first byte has come and whose answer is not yet written. */
  inFlight(): number
  /** Stops accepting and lets requests in flight finish, for at most `graceMs`; then cuts what is left. */
  close(graceMs: number): Promise<void>
  /** Cuts every connection at once. */
  destroy(): void
}

/** Takes what happens and shows it, never making its caller wait. */
export interface Reporter {
  report(event: AppEvent): void
  /** Resolves when all that was reported is written, or once the reader has taken nothing for `patienceMs`. */
  close(patienceMs: number): Promise<void>
}

/** A request on its way out. */
export interface Outgoing {
  readonly method: string
  /** `http:` or `https:`; path and query go out as they stand. */
  readonly url: string
  /** Kept in order, duplicates too; Host, Content-Length and what is hop-by-hop are the forwarder's own. */
  readonly headers: RawHeaders
  /** In place of the URL's own host and port. */
  readonly host?: string
  readonly body: Uint8Array
}

export interface DeliverOptions {
  /** Milliseconds for the whole attempt, from looking up the name to the answer's last byte. */
  readonly timeoutMs: number
  /** So many bytes of the answer are kept; the rest is not read. 1 MiB unless given. */
  readonly maxAnswerBytes?: number
  readonly signal?: AbortSignal
}

/** One attempt and how long it took. */
export type Attempt = Pick<Delivery, 'startedAt' | 'durationMs'> & { readonly outcome: DeliveryOutcome }

/** A command of the user's own, run on a request. Nothing of the request ever becomes part of its words. */
export interface Execution {
  readonly request: CapturedRequest
  readonly identity: Identity
  readonly verdict: Verdict
  /** Program and arguments, as the user gave them. */
  readonly command: readonly string[]
  /** The one element of `command` is a line for the shell. */
  readonly shell: boolean
  readonly attempt: number
}

/** A run of a command and how long it took. */
export type CommandRun = Pick<Delivery, 'startedAt' | 'durationMs'> & { readonly outcome: CommandOutcome }

/** Runs commands. */
export interface Executor {
  /** Never throws over the command: what came of it is the outcome. The whole process group ends with it. */
  run(execution: Execution, options: DeliverOptions): Promise<CommandRun>
}

/** Hands requests to a target. */
export interface Forwarder {
  /** Never throws over the network or the target; redirects are answers like others. */
  deliver(request: Outgoing, options: DeliverOptions): Promise<Attempt>
  close(): Promise<void>
}

export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** Monotonic clock, milliseconds with a fraction; its origin means nothing. */
  monotonic(): number
  /** Calls back once after `ms`; the function returned cancels. An armed timer does not keep the process alive. */
  after(ms: number, callback: () => void): () => void
  /** Resolves after `ms`, or at once when aborted. Keeps the process alive meanwhile. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** Cryptographically random bytes. */
export type Random = (size: number) => Uint8Array
