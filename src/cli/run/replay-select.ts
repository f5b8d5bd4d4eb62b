import type { Moment } from '../../app/replay-timing.ts'
import { verifyRequest } from '../../app/verify.ts'
import type { Delivery } from '../../core/delivery.ts'
import { AppError } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { Query, RequestSummary, StoredRequest } from '../../core/query.ts'
import { matches } from '../../core/query.ts'
import type { RequestId } from '../../core/request.ts'
import type { CliDeps } from '../deps.ts'
import type { Signing } from '../signing.ts'
import type { Recorded } from './replay-files.ts'
import { isPath, requestsAt } from './replay-files.ts'

/** A request that was chosen, before it is known where it goes. */
export interface Chosen extends Moment {
  /** Empty where it is from a file that gives it none. */
  readonly id: RequestId
  /** Not from a file: what comes of it is kept. */
  readonly isStored: boolean
  readonly target: string
  /** True where the user has not seen it come: it is from a file, or was imported. */
  readonly isForeign: boolean
  /** Where it last went. */
  readonly lastUrl?: string
  /** Where it is owed to, as configured. */
  readonly owedTo?: string
  readonly load: () => StoredRequest | Promise<StoredRequest>
}

/**
 * The requests that refs and filters name, each once: those of the store in the order of capture, then those of files.
 * @throws AppError `no-such-request`, `nothing-matches`, `file-unreadable` or `usage`
 */
export async function chooseRequests(
  words: readonly string[],
  query: Query,
  store: Store,
  signing: Signing,
  deps: CliDeps,
): Promise<readonly Chosen[]> {
  if (words.length === 0 && Object.keys(query).length === 0) return askWhich()
  const kept = new Map<number, Chosen>()
  const read: Chosen[] = []
  if (words.length === 0) await addListed(store, query, kept)
  for (const word of words) {
    const range = /^([^./\\@]+)\.\.([^./\\@]+)$/.exec(word)
    if (range !== null) await addListed(store, await rangeOf(range, query, store), kept)
    else if (isPath(word)) {
      const stored = (await requestsAt(word, deps)).map((record) => identified(record, signing))
      read.push(...stored.filter((one) => matches(query, one)).map((one) => fromFile(one)))
    } else {
      const stored = await store.get(word)
      if (matches(query, stored)) kept.set(stored.request.seq, fromStored(stored))
    }
  }
  const inOrder = [...kept].toSorted(([a], [b]) => a - b).map(([, chosen]) => chosen)
  if (kept.size + read.length === 0) throw new AppError('nothing-matches', { kept: await store.count() })
  return [...inOrder, ...read]
}

/** Both ends belong to it, whichever is the older one. */
async function rangeOf([, from = '', to = '']: RegExpExecArray, query: Query, store: Store): Promise<Query> {
  const ends = [(await store.get(from)).request.seq, (await store.get(to)).request.seq]
  return { ...query, afterSeq: Math.min(...ends) - 1, beforeSeq: Math.max(...ends) + 1 }
}

async function addListed(store: Store, query: Query, kept: Map<number, Chosen>): Promise<void> {
  for await (const summary of store.list({ ...query, oldestFirst: true })) {
    const { lastDelivery, request } = summary
    // A row tells only the last attempt, which may have been a command.
    const isTold = lastDelivery !== undefined && wentTo(lastDelivery)
    kept.set(
      request.seq,
      isTold
        ? fromSummary(summary, store, lastDelivery.target)
        : addressOnly(await store.get(request.id), store),
    )
  }
}

function fromSummary({ request }: RequestSummary, store: Store, lastUrl: string | undefined): Chosen {
  const { id, target, receivedAt, receivedMonotonic, source } = request
  return {
    id,
    isStored: true,
    target,
    receivedAt,
    receivedMonotonic,
    isForeign: source === 'imported',
    ...(lastUrl !== undefined && { lastUrl }),
    // Read when it is its turn: of many requests the bodies would fill the memory.
    load: () => store.get(id),
  }
}

function addressOnly(stored: StoredRequest, store: Store): Chosen {
  const { id } = stored.request
  return { ...fromStored(stored), load: () => store.get(id) }
}

function fromStored(stored: StoredRequest): Chosen {
  const { id, target, receivedAt, receivedMonotonic, source } = stored.request
  const lastUrl = stored.deliveries.findLast((delivery) => wentTo(delivery))?.target
  const owedTo = stored.owed?.find(({ destination }) => isUrl(destination))?.destination
  return {
    id,
    isStored: true,
    target,
    receivedAt,
    receivedMonotonic,
    isForeign: source === 'imported',
    ...(lastUrl !== undefined && { lastUrl }),
    ...(owedTo !== undefined && { owedTo }),
    load: () => stored,
  }
}

function fromFile(stored: StoredRequest): Chosen {
  return { ...fromStored(stored), isStored: false, isForeign: true }
}

function wentTo({ cause, target }: Delivery): boolean {
  return cause !== 'exec' && isUrl(target)
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

function identified({ id = '', request, deliveries }: Recorded, signing: Signing): StoredRequest {
  const { identity, verdict } = verifyRequest(request, { ...signing, now: request.receivedAt })
  return { request: { ...request, id, seq: 0 }, identity, verdict, deliveries }
}

function askWhich(): never {
  throw new AppError('usage', {
    message: 'which requests?',
    hint: 'name them by refs (k7m2, last~3, k7m2..last), files (@saved.ndjson) or filters (--failed --since 1h)',
    next: ['webhook-cli replay last', 'webhook-cli replay --failed --since 1h', 'webhook-cli list'],
  })
}
