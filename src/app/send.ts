import type { Assessment, Attempt, Clock, Forwarder, Store } from '../core/ports.ts'
import type { NewRequest, RequestId } from '../core/request.ts'
import type { PacedRun } from './pace.ts'
import { pace } from './pace.ts'
import { Recorder } from './recorder.ts'

/** An event that is ready to go. */
export interface Parcel {
  readonly url: string
  readonly request: NewRequest
  /** What is kept with it. */
  readonly assess: () => Assessment
}

export interface Sent {
  /** From 0, in the order of sending. */
  readonly index: number
  /** Absent where nothing is stored. */
  readonly id?: RequestId
  readonly parcel: Parcel
  readonly attempt: Attempt
}

export interface SendOptions {
  readonly count: number
  /** At most so many at once. */
  readonly concurrency: number
  /** Beginnings per second; as fast as the answers come unless given. */
  readonly perSecond?: number
  readonly timeoutMs: number
}

export interface SendDeps {
  readonly forwarder: Forwarder
  /** Sent events are kept like captured ones; absent: they are not. */
  readonly store?: Store
  readonly clock: Clock
  /** Makes the event: only now, so that ids and times are those of its sending. */
  make(index: number): Parcel
  onSent(sent: Sent): void
  /** Aborted: no more are begun, and those under way have a moment to end. */
  readonly stop: AbortSignal
}

/**
 * Sends so many events, each at its due time. Resolves when all answers are in and recorded.
 * @throws AppError of the store, after what is under way has ended
 */
export async function sendAll(options: SendOptions, deps: SendDeps): Promise<void> {
  const { count, concurrency, perSecond, timeoutMs } = options
  const recorder =
    deps.store === undefined ? undefined : new Recorder(deps.store, deps.clock, perSecond !== undefined)
  const run: PacedRun<void> = {
    count,
    concurrency,
    ...(perSecond !== undefined && { dueMs: (index) => (index * 1000) / perSecond }),
    load() {},
    pause: (ms) => recorder?.pause(ms),
    start: (index, _loaded, _lateMs, signal) => sendOne(index, timeoutMs, signal, recorder, deps),
  }
  try {
    await pace(run, deps)
  } finally {
    await recorder?.settled()
  }
}

async function sendOne(
  index: number,
  timeoutMs: number,
  signal: AbortSignal,
  recorder: Recorder | undefined,
  deps: SendDeps,
): Promise<void> {
  const { store, forwarder } = deps
  const parcel = deps.make(index)
  const { request, url } = parcel
  // Kept before it goes out: after a crash it is known what the target may have got.
  const id = (await store?.capture(request, parcel.assess()))?.id
  const { method, headers, body } = request
  const attempt = await forwarder.deliver({ method, url, headers, body }, { timeoutMs, signal })
  deps.onSent({ index, parcel, attempt, ...(id !== undefined && { id }) })
  if (id !== undefined) await recorder?.add({ requestId: id, cause: 'send', target: url, ...attempt })
}
