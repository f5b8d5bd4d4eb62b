import type { Assign } from '../../core/outbox.ts'
import type { Clock, Store } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import { mayPass } from './books.ts'
import type { Courier } from './courier.ts'

export interface WorkOptions {
  readonly assign: Assign
  /** A request whose signature is wrong or out of time is left where it is. */
  readonly rejectInvalid: boolean
  /** Ends once nothing is left; otherwise goes on with what is captured later. */
  readonly once: boolean
}

export interface WorkDeps {
  readonly store: Store
  readonly courier: Courier
  readonly clock: Clock
  readonly stop: AbortSignal
  /** The store failed, and is asked again. */
  onFailure(error: unknown): void
}

/** What is left when a worker ends. */
export interface Left {
  readonly waiting: number
  readonly givenUp: number
  /** Owed to destinations that are none of this worker's: commands, or what another worker has in hand. */
  readonly elsewhere: number
}

/** How often the store is asked for new captures of other processes, in milliseconds. */
const LOOK_MS = 200

/**
 * Delivers what is undelivered: what others still owe and nobody works on, and what was captured without a target.
 * Resolves when told to stop or, with `once`, when nothing is left that could be delivered.
 */
export async function work({ once, ...options }: WorkOptions, deps: WorkDeps): Promise<Left> {
  const { store, courier, clock, stop } = deps
  const assign = (stored: StoredRequest): ReturnType<Assign> =>
    options.rejectInvalid && isInvalid(stored) ? [] : options.assign(stored)
  try {
    await store.outbox.adopt(assign, clock.now())
    await claimAll(assign, deps)
    courier.wake()
    const ended = new AbortController()
    if (once) void courier.idle().then(() => ended.abort())
    const signal = AbortSignal.any([stop, ended.signal])
    const claimMore = excused(() => claimAll(assign, deps), deps)
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal)
      if (!once && (await claimMore()) > 0) courier.wake()
    }
  } finally {
    await courier.stop()
  }
  return courier.left()
}

/** What the store cannot do now is done another time; that is told once, however long it lasts. */
function excused(claim: () => Promise<number>, { onFailure }: Pick<WorkDeps, 'onFailure'>) {
  let isFailing = false
  return async (): Promise<number> => {
    try {
      const claimed = await claim()
      isFailing = false
      return claimed
    } catch (error) {
      if (!mayPass(error)) throw error
      if (!isFailing) onFailure(error)
      isFailing = true
      return 0
    }
  }
}

async function claimAll(assign: Assign, { store, clock, stop }: WorkDeps): Promise<number> {
  let all = 0
  for (let more = true; more && !stop.aborted;) {
    const claimed = await store.outbox.claim(assign, clock.now())
    all += claimed.made
    more = claimed.more
  }
  return all
}

function isInvalid({ verdict }: StoredRequest): boolean {
  return verdict.status === 'invalid' || verdict.status === 'stale'
}
