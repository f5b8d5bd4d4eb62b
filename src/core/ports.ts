import type { Delivery } from './delivery.ts'
import type { AppEvent } from './events.ts'
import type { Query, RequestSummary, StoredRequest } from './query.ts'
import type { CapturedRequest, NewRequest, RequestId } from './request.ts'
import type { Identity, Verdict } from './verdict.ts'

/** What is learnt about a request before it is stored. */
export interface Assessment {
  readonly identity: Identity
  readonly verdict: Verdict
}

/** Where requests are kept. Requests are never changed, only added and removed. */
export interface Store {
  /** A name for people: the file's path, or `memory`. */
  readonly location: string
  /**
   * Keeps a request. Resolves only when it is durable: after a crash of the process or the machine it is there.
   * @throws AppError `store-write-failed` or `store-busy`; nothing was kept then
   */
  capture(request: NewRequest, assessment: Assessment): Promise<CapturedRequest>
  /** Keeps the result of an attempt to deliver; resolves when durable. */
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

/** Takes what happens and shows it, never making its caller wait. */
export interface Reporter {
  report(event: AppEvent): void
  /** Resolves when all that was reported is written, or `graceMs` has passed. */
  close(graceMs: number): Promise<void>
}

export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** Monotonic clock, milliseconds with a fraction; its origin means nothing. */
  monotonic(): number
  /** Calls back once after `ms`; the function returned cancels. An armed timer does not keep the process alive. */
  after(ms: number, callback: () => void): () => void
}

/** Cryptographically random bytes. */
export type Random = (size: number) => Uint8Array
