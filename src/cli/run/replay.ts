import { ReadAhead } from '../../app/read-ahead.ts'
import { replayAll } from '../../app/replay.ts'
import type { ReplayEntry, ReplayOptions } from '../../app/replay.ts'
import { placesOf, repeated, shuffled } from '../../app/replay-timing.ts'
import { Tally } from '../../app/tally.ts'
import { destinationUrl } from '../../core/destination.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { ReplayFlags } from '../commands/replay.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import { openSession } from '../session.ts'
import { isThisMachine } from '../target.ts'
import type { Addressed } from './replay-address.ts'
import { addressesOf } from './replay-address.ts'
import { printPlan } from './replay-dry-run.ts'
import { editRequest } from './replay-editor.ts'
import type { ReplayOrder, ReplayPlan } from './replay-plan.ts'
import { planReplay } from './replay-plan.ts'
import { ReplayReport } from './replay-report.ts'
import { chooseRequests } from './replay-select.ts'

export async function runReplay(
  words: readonly string[],
  flags: ReplayFlags,
  deps: CliDeps,
): Promise<number> {
  const session = await openSession(flags, deps)
  const plan = await planReplay(flags, session, deps)
  const store = await session.openStore()
  try {
    const options = await optionsOf(words, plan, store, flags, session, deps)
    if (flags.dryRun === true) return await printPlan(options, flags, session, deps)
    return await replay(options, store, flags, plan.allowRemote, session, deps)
  } finally {
    await store.close()
  }
}

async function optionsOf(
  words: readonly string[],
  plan: ReplayPlan,
  store: Store,
  flags: ReplayFlags,
  session: Session,
  deps: CliDeps,
): Promise<ReplayOptions> {
  const { timing, repeat, concurrency, timeoutMs, resign, diff } = plan
  const chosen = await chooseRequests(words, plan, store, deps)
  const addressed = addressesOf(chosen, plan, session)
  const inOrder = entriesOf(ordered(addressed, plan.order), repeat, store)
  const { entries, edits } =
    flags.edit === true ? await edited(inOrder, plan, deps) : { entries: inOrder, edits: plan.edits }
  const places = typeof timing === 'object' && 'speed' in timing ? placesOf(chosen, timing) : undefined
  return {
    entries,
    repeat,
    concurrency,
    timeoutMs,
    parcel: { edits, ...(resign !== undefined && { resign }) },
    catalog: plan.signing.catalog,
    ...(diff !== undefined && { diff }),
    ...(places !== undefined && { dueMs: (index) => repeated(places, index) }),
    ...(typeof timing === 'object' &&
      'perSecond' in timing && { dueMs: (index) => (index * 1000) / timing.perSecond }),
  }
}

function ordered<Item>(items: readonly Item[], order: ReplayOrder): readonly Item[] {
  if (order === 'original') return items
  return order === 'reverse' ? items.toReversed() : shuffled(items, order.seed)
}

/** Bodies of what is sent again and again are held up to this many bytes in all, and read again beyond. */
const MOST_HELD_BYTES = 64 * 1024 * 1024

function entriesOf(chosen: readonly Addressed[], repeat: number, store: Store): readonly ReplayEntry[] {
  const unread = chosen.filter(({ held }) => held === undefined)
  const ahead = new ReadAhead(store, unread)
  const isHeld = repeat > 1 && unread.reduce((sum, { size }) => sum + size, 0) <= MOST_HELD_BYTES
  return chosen.map(({ id, isStored, url, held }) => {
    let loaded: StoredRequest | Promise<StoredRequest> | undefined = held
    const load = (): StoredRequest | Promise<StoredRequest> => {
      const stored = loaded ?? ahead.take()
      if (isHeld) loaded = stored
      return stored
    }
    return { id, isStored, url, load }
  })
}

/** The one request as the user has left it in the editor. */
async function edited(
  [entry, ...others]: readonly ReplayEntry[],
  { to, edits }: ReplayPlan,
  deps: CliDeps,
): Promise<{ entries: readonly ReplayEntry[]; edits: ReplayPlan['edits'] }> {
  if (entry === undefined || others.length > 0)
    throw new AppError('usage', { message: `--edit takes one request; these are ${others.length + 1}` })
  const stored = await entry.load()
  const { body: given, ...rest } = edits
  const before = { ...stored.request, ...(given !== undefined && { body: given }) }
  const { body, ...head } = await editRequest({ ...stored, request: before }, deps)
  const target = to ?? new URL(entry.url).origin
  const url = head.target === before.target ? entry.url : destinationUrl(target, head.target)
  const request = { ...stored.request, ...head }
  return {
    entries: [{ ...entry, url, load: () => ({ ...stored, request }) }],
    edits: Buffer.from(body).equals(stored.request.body) ? rest : { ...rest, body },
  }
}

async function replay(
  options: ReplayOptions,
  store: Store,
  flags: ReplayFlags,
  allowRemote: boolean,
  session: Session,
  deps: CliDeps,
): Promise<number> {
  const { clock } = deps.io
  const interruption = deps.interruption()
  const wanted = options.entries.length * options.repeat
  const lastDueMs = options.dueMs?.(wanted - 1)
  const tally = new Tally()
  const totals = { wanted, ...(lastDueMs !== undefined && { lastDueMs }) }
  const report = new ReplayReport(totals, tally, flags, session, deps)
  const forwarder = await deps.openForwarder({
    connections: options.concurrency,
    loopbackOnly: !allowRemote && options.entries.every(({ url }) => isThisMachine(url)),
  })
  const begun = clock.monotonic()
  try {
    await replayAll(options, {
      forwarder,
      store,
      clock,
      onDoubt: (doubt, entry) => report.doubt(doubt, entry),
      onGone: () => report.gone(),
      onReplayed: (replayed) => report.replayed(replayed),
      stop: interruption.stop,
    })
  } finally {
    report.stopProgress()
    await forwarder.close()
  }
  report.end(clock.monotonic() - begun)
  if (interruption.bySigint()) return EXIT.interrupted
  if (flags.failOnDiff === true && report.differing > 0) return EXIT.checkFailed
  // Ended by SIGTERM, or removed meanwhile: what was not sent has not passed.
  if (tally.sent < wanted) return EXIT.failed
  return statusOf(tally, flags.failOnDiff === true)
}

/** Where answers are compared, one that is no success but the same as before is no failure. */
function statusOf({ lastFailure }: Tally, isCompared: boolean): number {
  if (lastFailure === undefined) return EXIT.ok
  if (lastFailure.kind !== 'response') return EXIT.failed
  if (isCompared) return EXIT.ok
  if (lastFailure.status >= 500) return EXIT.answered5xx
  return lastFailure.status >= 400 ? EXIT.answered4xx : EXIT.failed
}
