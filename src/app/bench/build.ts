import { breakEvens, extrapolate } from '../../core/bench/costs.ts'
import type { OperationCost, PollCost, PushCost } from '../../core/bench/costs.ts'
import type { Machine } from '../../core/bench/ports.ts'
import type { BenchEvent, BenchResult, ModeResult } from '../../core/bench/result.ts'
import { minus } from './counts.ts'
import { modeResult } from './figures.ts'
import type { LedgerEvent } from './ledger.ts'
import type { BenchPlan } from './plan.ts'
import { isPush } from './plan.ts'
import type { Given } from './prediction.ts'
import { givenOf, median } from './prediction.ts'
import type { BenchRecord, ModeRecord } from './record.ts'
import { warningsOf } from './warnings.ts'

export interface ResultContext {
  readonly machine: Machine
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly argv: readonly string[]
}

/** Intervals that people ask about and nobody waits for. */
const EXTRAPOLATED_MS = [10_000, 60_000, 300_000]
/** Above so many events a result that is written lists neither them nor the samples. */
const MOST_LISTED = 5000
const NS_PER_MS = 1_000_000

/** Makes the result of what was recorded. */
export function benchResult(plan: BenchPlan, record: BenchRecord, context: ResultContext): BenchResult {
  const { machine, startedAt, argv } = context
  const counted = record.events.filter(({ warm, failure }) => !warm && failure === undefined)
  const given = givenOf(record, counted)
  const modes = record.modes.map((mode) => [mode, modeResult(plan, record, mode, given)] as const)
  const results = Object.fromEntries(modes.map(([{ mode }, result]) => [mode.arm.name, result]))
  const windowMs = record.windowTo - record.windowFrom
  return {
    schema: 'webhook-cli.bench/1',
    id: plan.run,
    startedAt: new Date(startedAt).toISOString(),
    seed: plan.seed,
    argv,
    interrupted: record.endedBy !== undefined,
    env: environmentOf(plan, record, machine),
    target: plan.target,
    design: { ...plan.design, windowMs },
    events: counted.map(eventToJson),
    modes: results,
    ...conclusions(modes, given),
    assertions: [],
    warnings: warningsOf(plan, record, results),
  }
}

/** A result as it is written: that of a long run without the lists of its events and samples. */
export function withoutLongLists(result: BenchResult): BenchResult {
  if (result.events.length <= MOST_LISTED) return result
  const modes = Object.entries(result.modes).map(
    ([name, { samplesMs: _samples, samplePolls: _polls, ...mode }]) => [name, mode] as const,
  )
  return { ...result, events: [], modes: Object.fromEntries(modes) }
}

function environmentOf(plan: BenchPlan, record: BenchRecord, machine: Machine): BenchResult['env'] {
  const { overshootMs, requestMs } = record.preflight
  const { node, os, cpu, cores } = machine
  return {
    node,
    os,
    cpu,
    cores,
    ...(record.otherCpuPct !== undefined && { otherCpuPct: record.otherCpuPct }),
    harnessCpuPct: record.harnessCpuPct,
    loopDelayP99Ms: record.loopDelayP99Ms,
    timerOvershootMs: { p50: median(overshootMs) || 0, max: Math.max(0, ...overshootMs) },
    // Triggers and sightings are timed by this process alone; only our own service tells an instant of its own.
    clock: {
      source: plan.target.kind === 'builtin' ? 'monotonic-same-host' : 'single-process',
      boundMs: 0,
    },
    ...(requestMs.length > 0 && { requestMs: { p50: median(requestMs), n: requestMs.length } }),
  }
}

function conclusions(
  modes: readonly (readonly [ModeRecord, ModeResult])[],
  { dMs }: Given,
): Pick<BenchResult, 'breakEven' | 'extrapolated'> {
  const polls = modes.flatMap(([record, result]) => pollCost(record, result))
  const pushes = modes.flatMap(([record, result]) => pushCost(record, result))
  const asks = modes.some(([, { intervalMs }]) => intervalMs !== undefined)
  return {
    breakEven: breakEvens(polls, pushes),
    extrapolated: asks ? extrapolate(EXTRAPOLATED_MS, dMs) : [],
  }
}

/** What backs off has no interval of its own to break even at. */
function pollCost(
  { mode, before, after, costs }: ModeRecord,
  { intervalMs, backoff }: ModeResult,
): PollCost[] {
  if (intervalMs === undefined || backoff !== undefined) return []
  const spent = minus(after, before)
  const empties = spent.empty200 + spent.notModified
  const finds = spent.requests - empties - spent.errors
  if (spent.requests === 0) return []
  const all = spent.rx + spent.tx
  const cpu = { serverCpuUs: costs?.serverUs, clientCpuUs: costs?.clientUs }
  const average = all / spent.requests
  const cost = (bytes: number): OperationCost => ({ requests: 1, bytes, ...cpu })
  return [
    {
      name: mode.arm.name,
      intervalMs,
      empty: cost(empties > 0 ? spent.emptyBytes / empties : average),
      found: cost(finds > 0 ? (all - spent.emptyBytes) / finds : average),
    },
  ]
}

function pushCost({ mode, costs }: ModeRecord, { offered, requestsPerEvent, bytes }: ModeResult): PushCost[] {
  if (!isPush(mode.arm) || offered === 0) return []
  return [
    {
      name: mode.arm.name,
      perEvent: {
        requests: requestsPerEvent,
        bytes: bytes.perEvent,
        serverCpuUs: costs?.serverUs,
        clientCpuUs: costs?.clientUs,
      },
    },
  ]
}

function eventToJson({ seq, scheduledAt, sentAt, ackAt, assigned }: LedgerEvent): BenchEvent {
  return {
    seq,
    scheduledNs: nanoseconds(scheduledAt),
    sentNs: nanoseconds(sentAt ?? scheduledAt),
    ...(ackAt !== undefined && { ackNs: nanoseconds(ackAt) }),
    ...(assigned !== undefined && { assigned }),
  }
}

function nanoseconds(ms: number): string {
  return String(Math.round(ms * NS_PER_MS))
}
