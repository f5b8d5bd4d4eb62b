import { createRandom } from '../../core/bench/random.ts'
import type { ModeResult } from '../../core/bench/result.ts'
import { quantile } from '../../core/bench/stats.ts'
import { summarize } from '../../core/bench/summary.ts'
import type { Counts } from './counts.ts'
import { minus } from './counts.ts'
import { coverage, isAfter } from './coverage.ts'
import { freshnessOf } from './freshness.ts'
import type { Ledger, LedgerEvent, Observer } from './ledger.ts'
import type { Arm, BenchPlan } from './plan.ts'
import { isOffered, isPush } from './plan.ts'
import type { Given } from './prediction.ts'
import { modelOf } from './prediction.ts'
import type { BenchRecord, ModeRecord } from './record.ts'
import { timedClient } from './record.ts'

/** What became of one event that a mode was to learn of. Monotonic milliseconds. */
interface Sighting {
  readonly event: LedgerEvent
  /** When the mode knew of it, or of a later state that covers it; undefined: never. */
  readonly at: number | undefined
  /** It was seen itself. */
  readonly exact: boolean
}

/** How long after its trigger an event of an interrupted run must have been seen, beyond the poll interval. */
const GRACE_MS = 300

/** All figures of one mode. */
export function modeResult(plan: BenchPlan, record: BenchRecord, mode: ModeRecord, given: Given): ModeResult {
  const { arm } = mode.mode
  const sightings = sightingsOf(plan, record, mode)
  const seen = sightings.flatMap((sighting) =>
    sighting.at === undefined ? [] : [{ ...sighting, at: sighting.at }],
  )
  const samples = seen.map(({ event, at }) => at - event.scheduledAt)
  const samplePolls = hasVaryingGaps(arm) ? answersOf(seen) : undefined
  const spent = minus(mode.after, mode.before)
  const offered = sightings.length
  const perEvent = (amount: number): number => (offered === 0 ? 0 : amount / offered)
  const pace = 'pace' in arm ? arm.pace : undefined
  const { requestsMs } = mode.mode.counts
  const fromAckMs = delaysSince(seen, ({ ackAt }) => ackAt)
  const fromCommitMs = delaysSince(seen, ({ committedAt }) => committedAt)
  return {
    kind: arm.kind,
    ...(pace && { intervalMs: pace.intervalMs, pollMode: pace.mode }),
    ...(pace !== undefined && pace.jitter > 0 && { jitter: pace.jitter }),
    ...(pace?.backoff && { backoff: pace.backoff }),
    offered,
    detected: seen.length,
    coalesced: seen.filter(({ exact }) => !exact).length,
    missed: offered - seen.length,
    duplicates: isPush(arm) ? mode.mode.observers.reduce((sum, { repeats }) => sum + repeats, 0) : 0,
    outOfOrder: outOfOrder(mode.mode.observers, record.ledger),
    beforeAck: seen.filter(({ event, at }) => event.ackAt !== undefined && at < event.ackAt).length,
    delayMs: summarize(samples, createRandom(`${plan.seed}/bootstrap/${arm.name}`), samplePolls),
    ...(fromAckMs && { fromAckMs }),
    ...(fromCommitMs && { fromCommitMs }),
    requests: spent.requests,
    requestsPerEvent: perEvent(spent.requests),
    ...pick(spent),
    bytes: { rx: spent.rx, tx: spent.tx, perEvent: perEvent(spent.rx + spent.tx) },
    ...cpuOf(mode, isPush(arm) ? 1 : perEvent(spent.requests)),
    ...(offered > 0 && freshnessOf(sightings, record.windowFrom, record.windowTo)),
    ...(pace &&
      samples.length > 0 && { model: modelOf(plan, { pace, requestsMs, samplesMs: samples }, given) }),
    samplesMs: samples,
    ...(samplePolls && { samplePolls }),
  }
}

function hasVaryingGaps(arm: Arm): boolean {
  return 'pace' in arm && (arm.pace.jitter > 0 || arm.pace.backoff !== undefined)
}

/** What one answer told was learnt at one instant: the answers by their number, for each event that of its own. */
function answersOf(seen: readonly { readonly at: number }[]): number[] {
  const numbers = new Map<number, number>()
  return seen.map(({ at }) => {
    const number = numbers.get(at) ?? numbers.size
    numbers.set(at, number)
    return number
  })
}

function pick({
  empty200,
  notModified,
  errors,
  retries,
  staleSockets,
}: Counts): Pick<ModeResult, 'empty200' | 'notModified' | 'errors' | 'retries' | 'staleSocket'> {
  return { empty200, notModified, errors, retries, staleSocket: staleSockets }
}

/**
 * Which events a mode was to learn of, and when it did. With several clients each event is looked up at the one that
 * times it. Of an interrupted run only those count that had their time.
 */
function sightingsOf(plan: BenchPlan, record: BenchRecord, { mode }: ModeRecord): Sighting[] {
  const { arm } = mode
  const patience =
    GRACE_MS + ('pace' in arm ? (arm.pace.backoff?.maxMs ?? arm.pace.intervalMs * (1 + arm.pace.jitter)) : 0)
  const until = record.endedBy === undefined ? Number.POSITIVE_INFINITY : record.endedAt - patience
  const seenBy = mode.observers.map((observer) => {
    const seen = new Map<LedgerEvent, number>()
    for (const [id, at] of observer.sightings) {
      const event = record.ledger.find(id)
      if (event !== undefined) seen.set(event, Math.min(at, seen.get(event) ?? at))
    }
    return { seen, covered: plan.target.semantics === 'latest' ? coverage(record.events, seen) : seen }
  })
  return record.events
    .filter(
      (event) => isOffered(plan, arm, event) && event.failure === undefined && event.scheduledAt < until,
    )
    .map((event) => {
      const client = seenBy[timedClient(plan, event.seq)]
      return { event, at: client?.covered.get(event), exact: client?.seen.has(event) ?? false }
    })
}

/**
 * How often a client learnt of an event after one that happened later. What one answer tells has no order: lists
 * begin anywhere; and of two triggers under way together nobody knows which was carried out first.
 */
function outOfOrder(observers: readonly Observer[], ledger: Ledger): number {
  let count = 0
  for (const { sightings } of observers) {
    let latest: { readonly event: LedgerEvent; readonly at: number } | undefined
    // A map keeps the order in which ids were seen first.
    for (const [id, at] of sightings) {
      const event = ledger.find(id)
      if (event === undefined) continue
      if (latest === undefined || event.seq > latest.event.seq) latest = { event, at }
      else if (at > latest.at && isAfter(latest.event, event)) count++
    }
  }
  return count
}

/** The delays counted from another instant of an event, where that is known. */
function delaysSince(
  seen: readonly { readonly event: LedgerEvent; readonly at: number }[],
  instantOf: (event: LedgerEvent) => number | undefined,
): { readonly p50: number; readonly min: number } | undefined {
  const delays = seen
    .flatMap(({ event, at }) => {
      const instant = instantOf(event)
      return instant === undefined ? [] : [at - instant]
    })
    .toSorted((a, b) => a - b)
  const [min] = delays
  return min === undefined ? undefined : { p50: quantile(delays, 0.5), min }
}

function cpuOf({ costs }: ModeRecord, operationsPerEvent: number): Pick<ModeResult, 'cpuUs'> {
  if (costs?.clientUs === undefined) return {}
  const { clientUs, serverUs } = costs
  return {
    cpuUs: {
      client: clientUs * operationsPerEvent,
      ...(serverUs !== undefined && { server: serverUs * operationsPerEvent }),
      estimated: true,
    },
  }
}
