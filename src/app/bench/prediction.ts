import { fitModel } from '../../core/bench/fit.ts'
import type { PollSetting } from '../../core/bench/model.ts'
import { pollModel } from '../../core/bench/model.ts'
import type { ModelFit } from '../../core/bench/result.ts'
import { gapVariance } from '../../core/bench/stages.ts'
import { meanOf, quantile } from '../../core/bench/stats.ts'
import type { LedgerEvent } from './ledger.ts'
import type { BenchPlan, Pace } from './plan.ts'
import type { BenchRecord } from './record.ts'

/** What theory takes as given: times that were measured, in milliseconds. */
export interface Given {
  /** From the trigger until a client that asks at once would know. */
  readonly dMs: number
  /** The target's change is no earlier after an event was due, and no later. */
  readonly leadsMs: { readonly earliest: readonly number[]; readonly latest: readonly number[] }
  /** Whether the target tells the instant of a change. */
  readonly tellsCommit: boolean
  /** Requests before the run: where a mode has none of its own. */
  readonly requestsMs: readonly number[]
  readonly eventsPerMs: number
}

/**
 * Our own service says when it had an event. Any other target changes its state somewhere between a trigger and its
 * answer; most do so right before they answer, and the way back of that answer stands for the one of a poll's.
 */
export function givenOf(
  { preflight, windowFrom, windowTo }: BenchRecord,
  events: readonly LedgerEvent[],
): Given {
  const { requestMs: requestsMs } = preflight
  const since = (instantOf: (event: LedgerEvent) => number | undefined): number[] =>
    events.flatMap((event) => {
      const instant = instantOf(event)
      return instant === undefined ? [] : [instant - event.scheduledAt]
    })
  const commits = since(({ committedAt }) => committedAt)
  const acks = since(({ ackAt }) => ackAt)
  const tellsCommit = commits.length > 0
  const halfMs = (median(requestsMs) || 0) / 2
  return {
    dMs: tellsCommit ? median(commits) + halfMs : acks.length > 0 ? median(acks) : halfMs,
    leadsMs: tellsCommit
      ? { earliest: commits, latest: commits }
      : { earliest: since(({ sentAt }) => sentAt), latest: acks },
    tellsCommit,
    requestsMs,
    eventsPerMs: events.length / Math.max(windowTo - windowFrom, 1),
  }
}

/** What a mode's polls came to in the run. */
export interface Polled {
  readonly pace: Pace
  readonly requestsMs: readonly number[]
  readonly samplesMs: readonly number[]
}

/** The model of a mode that polls, and whether its delays could be the model's. */
export function modelOf(
  { target, arms }: Pick<BenchPlan, 'target' | 'arms'>,
  { pace, requestsMs, samplesMs }: Polled,
  { leadsMs, tellsCommit, requestsMs: before, eventsPerMs }: Given,
): ModelFit {
  const measured = requestsMs.length > 0 ? requestsMs : before
  const settingOf = (leads: readonly number[], readAt: number): PollSetting => ({
    ...pace,
    dMs: 0,
    requestMs: measured.length > 0 ? meanOf(measured) : 0,
    eventsPerMs,
    semantics: target.semantics,
    times: { leadsMs: leads.length > 0 ? leads : [0], requestsMs: measured, readAt },
  })
  const likely = settingOf(leadsMs.latest, tellsCommit || leadsMs.latest.length === 0 ? 0.5 : 1)
  return fitModel(pollModel(likely), samplesMs, {
    earliest: pollModel(settingOf(leadsMs.earliest, 1)),
    latest: pollModel(settingOf(leadsMs.latest, 0)),
    modes: arms.filter((arm) => 'pace' in arm).length,
    gaps: requestsMs.length,
    gapVariance: gapVariance(likely),
  })
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}
