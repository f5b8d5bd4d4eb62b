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
import { addressesOf } from './replay-address.ts'
import { printPlan } from './replay-dry-run.ts'
import { editRequest } from './replay-editor.ts'
import type { ReplayOrder, ReplayPlan } from './replay-plan.ts'
import { planReplay } from './replay-plan.ts'
import { ReplayReport } from './replay-report.ts'
import type { Chosen } from './replay-select.ts'
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
  const chosen = await chooseRequests(words, plan.query, store, plan.signing, deps)
  const addresses = addressesOf(chosen, plan, session)
  const inOrder = chosen.map((request, index) => entryOf(request, addresses[index] ?? '', repeat))
  const { entries, edits } =
    flags.edit === true
      ? await edited(inOrder, plan, deps)
      : { entries: ordered(inOrder, plan.order), edits: plan.edits }
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

function entryOf({ id, isStored, load }: Chosen, url: string, repeat: number): ReplayEntry {
  let loaded: StoredRequest | Promise<StoredRequest> | undefined
  // What is sent again and again is read once; what is sent once is not held.
  const again = (): StoredRequest | Promise<StoredRequest> => (loaded ??= load())
  return { id, isStored, url, load: repeat > 1 ? again : load }
}

function ordered(entries: readonly ReplayEntry[], order: ReplayOrder): readonly ReplayEntry[] {
  if (order === 'original') return entries
  return order === 'reverse' ? entries.toReversed() : shuffled(entries, order.seed)
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
  const before = { ...stored.request, ...(edits.body !== undefined && { body: edits.body }) }
  const { body, ...head } = await editRequest({ ...stored, request: before }, deps)
  const target = to ?? new URL(entry.url).origin
  const url = head.target === before.target ? entry.url : destinationUrl(target, head.target)
  const request = { ...stored.request, ...head }
  return {
    entries: [{ ...entry, url, load: () => ({ ...stored, request }) }],
    edits: Buffer.from(body).equals(stored.request.body) ? edits : { ...edits, body },
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
      onReplayed: (replayed) => report.replayed(replayed),
      stop: interruption.stop,
    })
  } finally {
    report.stopProgress()
    await forwarder.close()
  }
  report.end(clock.monotonic() - begun)
  if (interruption.bySigint()) return EXIT.interrupted
  return flags.failOnDiff === true && report.differing > 0
    ? EXIT.checkFailed
    : statusOf(tally, flags.failOnDiff === true)
}

/** Where answers are compared, one that is no success but the same as before is no failure. */
function statusOf({ lastFailure }: Tally, isCompared: boolean): number {
  if (lastFailure === undefined) return EXIT.ok
  if (lastFailure.kind !== 'response') return EXIT.failed
  if (isCompared) return EXIT.ok
  if (lastFailure.status >= 500) return EXIT.answered5xx
  return lastFailure.status >= 400 ? EXIT.answered4xx : EXIT.failed
}
