import { createRandom } from '../../core/bench/random.ts'
import type { ModeCosts } from './costs.ts'
import type { Counts } from './counts.ts'
import type { Governor } from './governor.ts'
import type { Ledger, LedgerEvent } from './ledger.ts'
import type { Mode } from './mode.ts'
import type { BenchPlan } from './plan.ts'
import type { Preflight } from './preflight.ts'

export interface BenchHooks {
  /** Ends the run early; what there is by then is told. */
  readonly stop: AbortSignal
  /** The run has begun, and can be watched. */
  onBegin(watch: BenchWatch): void
  /** CPU time of the origin so far, microseconds; undefined where it is not ours or the system does not tell. */
  originCpuUs(): number | undefined
}

/** A look at a run that is going on. */
export interface BenchWatch {
  readonly plannedMs: number
  elapsedMs(): number
  modes(): readonly { readonly name: string; readonly seen: number; readonly medianMs: number | undefined }[]
}

export interface ModeRecord {
  readonly mode: Mode
  /** What it cost between the window's begin and its end. */
  readonly before: Counts
  readonly after: Counts
  readonly costs?: ModeCosts
}

/** Why a run ended before its time. */
export type EndedBy = 'user' | 'request-cap' | { readonly dead: string }

/** What was seen, before anything is made of it. Instants are monotonic milliseconds. */
export interface BenchRecord {
  readonly events: readonly LedgerEvent[]
  readonly ledger: Ledger
  readonly modes: readonly ModeRecord[]
  readonly windowFrom: number
  readonly windowTo: number
  readonly endedAt: number
  readonly endedBy?: EndedBy
  readonly preflight: Preflight
  readonly harnessCpuPct: number
  readonly otherCpuPct?: number
  readonly loopDelayP99Ms: number
  readonly lateTriggers: number
  readonly failedTriggers: number
  readonly governor: Pick<Governor, 'spent' | 'wasSlowed' | 'wasPaused'>
}

/** With several clients for a mode each event is timed at one of them, so that no place in a queue is favoured. */
export function timedClient(
  { seed, subscribers }: Pick<BenchPlan, 'seed' | 'subscribers'>,
  seq: number,
): number {
  return subscribers === 1 ? 0 : Math.floor(createRandom(`${seed}/timed/${seq}`)() * subscribers)
}
