import type { AnswerDiff, DiffIgnore } from '../core/diff.ts'
import { diffAnswers, recordedAnswer } from '../core/diff.ts'
import { isAppError } from '../core/errors.ts'
import type { Attempt, Clock, Forwarder, Store } from '../core/ports.ts'
import type { StoredRequest } from '../core/query.ts'
import type { RequestId } from '../core/request.ts'
import type { ProviderId } from '../core/verdict.ts'
import type { Catalog } from './catalog.ts'
import { pace } from './pace.ts'
import { Recorder } from './recorder.ts'
import type { ParcelOptions, ReplayDoubt, ReplayParcel } from './replay-parcel.ts'
import { doubtOf, makeParcel } from './replay-parcel.ts'

/** One request that is to be sent again, and where to. */
export interface ReplayEntry {
  /** Empty where it is from a file that gives it none. */
  readonly id: RequestId
  /** Not from a file: what comes of it is kept. */
  readonly isStored: boolean
  readonly url: string
  readonly load: () => StoredRequest | Promise<StoredRequest>
}

export interface ReplayOptions {
  /** In the order of sending. */
  readonly entries: readonly ReplayEntry[]
  /** How often the whole of it is sent. */
  readonly repeat: number
  readonly concurrency: number
  /** Milliseconds after the beginning at which one is due; absent: as fast as the answers come. */
  readonly dueMs?: (index: number) => number
  readonly timeoutMs: number
  readonly parcel: ParcelOptions
  /** Present: each answer is compared with the recorded one. */
  readonly diff?: DiffIgnore
  readonly catalog: Catalog
}

export interface Replayed {
  readonly entry: ReplayEntry
  /** Which replay of this request it was, from 1. */
  readonly replay: number
  readonly parcel: ReplayParcel
  readonly attempt: Attempt
  /** How long after its due time it left, in milliseconds. */
  readonly lateMs: number
  readonly diff?: AnswerDiff
}

export interface ReplayDeps {
  readonly forwarder: Forwarder
  readonly store: Store
  readonly clock: Clock
  /** The application will probably refuse it: told before it is sent, and once for each provider. */
  onDoubt(doubt: ReplayDoubt, entry: ReplayEntry): void
  onReplayed(replayed: Replayed): void
  /** It was removed from the store since it was chosen, and is not sent. */
  onGone(entry: ReplayEntry): void
  readonly stop: AbortSignal
}

/**
 * Sends stored requests again. Resolves when all answers are in and recorded.
 * @throws AppError of the store, `bad-value` or `cannot-sign`, after what is under way has ended
 */
export async function replayAll(options: ReplayOptions, deps: ReplayDeps): Promise<void> {
  const { entries, repeat, concurrency, dueMs } = options
  const { clock, store } = deps
  const recorder = new Recorder(store, clock, dueMs !== undefined)
  const doubted = new Set<ProviderId>()
  const counts = repeat > 1 ? new Map<ReplayEntry, number>() : undefined
  const run = {
    count: entries.length * repeat,
    concurrency,
    ...(dueMs !== undefined && { dueMs }),
    load: (index: number) => loaded(entryAt(index)),
    pause: (ms: number) => recorder.pause(ms),
    start: replayOne,
  }
  try {
    await pace(run, deps)
  } finally {
    await recorder.settled()
  }

  function entryAt(index: number): ReplayEntry {
    const entry = entries[index % entries.length]
    if (entry === undefined) throw new RangeError(`there is no request ${index}`)
    return entry
  }

  async function loaded(entry: ReplayEntry): Promise<StoredRequest | undefined> {
    const stored = await loadedOrGone(entry)
    if (stored === undefined) return undefined
    const { provider } = stored.identity
    if (provider === undefined || doubted.has(provider)) return stored
    const doubt = doubtOf(stored, options.parcel, options.catalog, clock.now())
    if (doubt === undefined) return stored
    doubted.add(provider)
    deps.onDoubt(doubt, entry)
    return stored
  }

  async function loadedOrGone(entry: ReplayEntry): Promise<StoredRequest | undefined> {
    try {
      return await entry.load()
    } catch (error) {
      if (!isAppError(error) || error.code !== 'no-such-request') throw error
      deps.onGone(entry)
      return undefined
    }
  }

  async function replayOne(
    index: number,
    stored: StoredRequest | undefined,
    lateMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (stored === undefined) return
    const entry = entryAt(index)
    const { id, isStored, url } = entry
    const replay = (counts?.get(entry) ?? replaysOf(stored)) + 1
    counts?.set(entry, replay)
    const mark = { replay, now: clock.now(), id }
    const parcel = makeParcel(stored, url, options.parcel, mark)
    const attempt = await deps.forwarder.deliver(parcel.outgoing, { timeoutMs: options.timeoutMs, signal })
    const diff =
      options.diff === undefined
        ? undefined
        : diffAnswers(recordedAnswer(stored.deliveries), attempt, options.diff)
    deps.onReplayed({ entry, replay, parcel, attempt, lateMs, ...(diff !== undefined && { diff }) })
    if (!isStored) return
    await recorder.add({ requestId: id, cause: 'replay', target: parcel.outgoing.url, ...attempt })
  }
}

function replaysOf({ deliveries }: StoredRequest): number {
  return deliveries.filter(({ cause }) => cause === 'replay').length
}
