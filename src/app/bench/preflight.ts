import type { BenchTools } from '../../core/bench/ports.ts'
import { outcomeName } from '../../core/delivery.ts'
import { AppError } from '../../core/errors.ts'
import type { Governor } from './governor.ts'
import type { BenchPlan } from './plan.ts'

/** What is known of target and machine before the run. Milliseconds. */
export interface Preflight {
  /** Time of each request to the endpoint. */
  readonly requestMs: readonly number[]
  /** How late timers of a few milliseconds were. */
  readonly overshootMs: readonly number[]
}

const TIMERS = 12
const TIMER_MS = 10
const SPACING_MS = 8
const TIMEOUT_MS = 10_000
/** The first requests open the connection and are compiled on the way. */
const WARM_PROBES = 3

/**
 * Looks whether the target answers, and how fast it and our timers are.
 * @throws AppError `bench-refused`
 */
export async function preflight(
  plan: BenchPlan,
  tools: BenchTools,
  governor: Governor,
  stop: AbortSignal,
): Promise<Preflight> {
  const overshootMs = timers(tools, stop)
  const requestMs = await probe(plan, tools, governor, stop)
  return { requestMs, overshootMs: await overshootMs }
}

async function timers({ clock }: BenchTools, stop: AbortSignal): Promise<number[]> {
  const overshoots: number[] = []
  for (let index = 0; index < TIMERS && !stop.aborted; index++) {
    const due = clock.monotonic() + TIMER_MS
    await clock.sleep(TIMER_MS, stop)
    overshoots.push(clock.monotonic() - due)
  }
  return overshoots
}

async function probe(
  { arms, probes, leastGapMs }: BenchPlan,
  { net, clock }: BenchTools,
  governor: Governor,
  stop: AbortSignal,
): Promise<number[]> {
  const arm = arms.find((candidate) => candidate.kind === 'poll' || candidate.kind === 'conditional')
  if (arm === undefined || !('url' in arm)) return []
  const caller = net.openCaller(1)
  const times: number[] = []
  const warm = Math.min(leastGapMs > 0 ? 1 : WARM_PROBES, probes)
  try {
    for (let index = 0; index < warm + probes && !stop.aborted && governor.spend(); index++) {
      const begun = clock.monotonic()
      const request = { method: 'GET', url: arm.url, headers: arm.headers, body: new Uint8Array() }
      const outcome = await caller.call(request, { timeoutMs: TIMEOUT_MS, signal: stop })
      if (stop.aborted) break
      const isUsable = outcome.kind === 'response' && (outcome.status < 400 || outcome.status === 404)
      if (!isUsable && !(outcome.kind === 'response' && outcome.status === 429))
        throw new AppError('bench-refused', { step: 'poll', url: arm.url, outcome: outcomeName(outcome) })
      if (index >= warm) times.push(clock.monotonic() - begun)
      await clock.sleep(Math.max(SPACING_MS, leastGapMs), stop)
    }
    return times
  } finally {
    await caller.close()
  }
}
