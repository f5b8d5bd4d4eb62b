import type { Delivery } from '../core/delivery.ts'
import type { Assessment, Attempt, Clock, Forwarder, Store } from '../core/ports.ts'
import type { NewRequest, RequestId } from '../core/request.ts'

/** An event that is ready to go. */
export interface Parcel {
  readonly url: string
  readonly request: NewRequest
  readonly assessment: Assessment
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

/** How long attempts under way may take once we are told to stop, in milliseconds. */
const GRACE_MS = 1000

/**
 * Sends so many events. Each has its own due time, counted from the start: a late one does not make the next ones
 * late. Resolves when all answers are in and recorded.
 * @throws AppError of the store, after what is under way has ended
 */
export async function sendAll(options: SendOptions, deps: SendDeps): Promise<void> {
  const { clock, stop } = deps
  const { count, concurrency, perSecond } = options
  const cut = new AbortController()
  stop.addEventListener('abort', () => clock.after(GRACE_MS, () => cut.abort()), { once: true })
  const failures: unknown[] = []
  const underWay = new Set<Promise<void>>()
  const begun = clock.monotonic()
  for (let index = 0; index < count; index++) {
    if (perSecond !== undefined) {
      const early = begun + (index * 1000) / perSecond - clock.monotonic()
      // Who is late does not sleep: even the shortest timer would make it later.
      if (early > 0) await clock.sleep(early, stop)
    }
    while (underWay.size >= concurrency) await Promise.race(underWay)
    if (stop.aborted || failures.length > 0) break
    const one = sendOne(index, options.timeoutMs, cut.signal, deps)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(one))
    underWay.add(one)
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
}

async function sendOne(index: number, timeoutMs: number, signal: AbortSignal, deps: SendDeps): Promise<void> {
  const { store, forwarder } = deps
  const parcel = deps.make(index)
  const { request, url, assessment } = parcel
  // Kept before it goes out: after a crash it is known what the target may have got.
  const id = (await store?.capture(request, assessment))?.id
  const { method, headers, body } = request
  const attempt = await forwarder.deliver({ method, url, headers, body }, { timeoutMs, signal })
  if (store !== undefined && id !== undefined) {
    const delivery: Delivery = { requestId: id, cause: 'send', target: url, ...attempt }
    await store.record(delivery)
  }
  deps.onSent({ index, parcel, attempt, ...(id !== undefined && { id }) })
}
