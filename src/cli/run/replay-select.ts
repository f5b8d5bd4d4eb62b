import type { Moment } from '../../app/replay-timing.ts'
import { verifyRequest } from '../../app/verify.ts'
import type { Delivery } from '../../core/delivery.ts'
import { wasRefusedByUs } from '../../core/delivery.ts'
import { AppError } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { Query, RequestSummary, StoredRequest } from '../../core/query.ts'
import { matches } from '../../core/query.ts'
import type { RequestId } from '../../core/request.ts'
import { rangeOf } from '../choose.ts'
import type { CliDeps } from '../deps.ts'
import type { Signing } from '../signing.ts'
import type { Recorded } from './replay-files.ts'
import { isPath, requestsAt } from './replay-files.ts'
import type { ReplayPlan } from './replay-plan.ts'

/** A request that was chosen, before it is known where it goes. */
export interface Chosen extends Moment {
  /** Empty where it is from a file that gives it none. */
  readonly id: RequestId
  readonly seq: number
  /** Bytes of its body. */
  readonly size: number
  /** Not from a file: what comes of it is kept. */
  readonly isStored: boolean
  readonly target: string
  /** True where the user has not seen it come: it is from a file, or was imported. */
  readonly isForeign: boolean
  /** Where it last went. */
  readonly lastUrl?: string
  /** Where it is owed to, as configured. */
  readonly owedTo?: string
  /** It is held already; of many requests the bodies would fill the memory. */
  readonly held?: StoredRequest
}

/**
 * The requests that refs and filters name, each once: those of the store in the order of capture, then those of files.
 * @throws AppError `no-such-request`, `nothing-matches`, `file-unreadable` or `usage`
 */
export async function chooseRequests(
  words: readonly string[],
  { query, signing, to }: ReplayPlan,
  store: Store,
  deps: CliDeps,
): Promise<readonly Chosen[]> {
  if (words.length === 0 && Object.keys(query).length === 0) return askWhich()
  // Where each last went is looked up only where nobody says where to.
  const isAsked = to === undefined
  const kept = new Map<number, Chosen>()
  if (words.length === 0) await addListed(store, query, isAsked, kept)
  for (const word of words.filter((one) => !isPath(one))) {
    const range = await rangeOf(word, query, store)
    if (range !== undefined) await addListed(store, range, isAsked, kept)
    else {
      const stored = await store.get(word)
      if (matches(query, stored)) kept.set(stored.request.seq, held(stored))
    }
  }
  const paths = words.filter((word) => isPath(word))
  const records = paths.length === 0 ? [] : await requestsAt(paths, deps)
  const read = records.map((record) => identified(record, signing)).filter((one) => matches(query, one))
  if (kept.size + read.length === 0) throw new AppError('nothing-matches', { kept: await store.count() })
  const inOrder = [...kept].toSorted(([a], [b]) => a - b).map(([, chosen]) => chosen)
  return [...inOrder, ...read.map((one) => fromFile(one))]
}

async function addListed(
  store: Store,
  query: Query,
  isAsked: boolean,
  kept: Map<number, Chosen>,
): Promise<void> {
  for await (const summary of store.list({ ...query, oldestFirst: true })) {
    const { request, size, lastDelivery } = summary
    // A row tells only the last attempt, which may have been a command.
    const isTold = !isAsked || (lastDelivery !== undefined && wentTo(lastDelivery))
    const addresses = isTold
      ? lastDelivery && wentTo(lastDelivery) && { lastUrl: lastDelivery.target }
      : addressesIn(await store.get(request.id))
    kept.set(request.seq, { ...factsOf(request, size), ...addresses })
  }
}

function factsOf(request: RequestSummary['request'], size: number): Chosen {
  const { id, seq, target, receivedAt, receivedMonotonic, source } = request
  const isForeign = source === 'imported'
  return { id, seq, size, isStored: true, target, receivedAt, receivedMonotonic, isForeign }
}

function addressesIn({ deliveries, owed }: StoredRequest): Pick<Chosen, 'lastUrl' | 'owedTo'> {
  const lastUrl = deliveries.findLast((delivery) => wentTo(delivery))?.target
  const owedTo = owed?.find(({ destination }) => isUrl(destination))?.destination
  return { ...(lastUrl !== undefined && { lastUrl }), ...(owedTo !== undefined && { owedTo }) }
}

function held(stored: StoredRequest): Chosen {
  const { request } = stored
  return { ...factsOf(request, request.body.byteLength), ...addressesIn(stored), held: stored }
}

function fromFile(stored: StoredRequest): Chosen {
  return { ...held(stored), isStored: false, isForeign: true }
}

function wentTo({ cause, target, outcome }: Delivery): boolean {
  return cause !== 'exec' && isUrl(target) && !wasRefusedByUs(outcome)
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
