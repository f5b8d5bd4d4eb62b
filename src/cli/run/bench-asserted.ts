import type { Arm, BenchPlan } from '../../app/bench/plan.ts'
import { isOffered } from '../../app/bench/plan.ts'
import type { Assertion } from '../../core/bench/assert.ts'
import { assertedMode, eventsNeeded, parseAssertion } from '../../core/bench/assert.ts'
import { AppError } from '../../core/errors.ts'
import type { BenchFlags } from '../commands/bench.ts'

/** A condition and the mode that it is about. */
export type Asserted = readonly [assertion: Assertion, arm: Arm]

/** What each condition is about. One on a mode that will not be run is told before the run. @throws AppError `bad-value` */
export function assertedArms({ assert = [] }: BenchFlags, arms: readonly Arm[]): readonly Asserted[] {
  const modes = arms.map((arm) => {
    const intervalMs = 'pace' in arm ? arm.pace.intervalMs : undefined
    return [arm.name, { kind: arm.kind, ...(intervalMs !== undefined && { intervalMs }) }] as const
  })
  return assert.flatMap((text) => {
    const assertion = parseAssertion(text)
    const name = assertedMode(assertion, Object.fromEntries(modes))
    return arms.filter((arm) => arm.name === name).map((arm) => [assertion, arm] as const)
  })
}

/** A condition that so few events cannot answer is told before the run. @throws AppError `usage` */
export function refuseUnanswerable(
  asserted: readonly Asserted[],
  { design, timeline }: Pick<BenchPlan, 'design' | 'timeline'>,
): void {
  if (design.arrivals === 'observed') return
  for (const [assertion, arm] of asserted) {
    const offered = timeline.events.filter((event) => isOffered({ design }, arm, event)).length
    const needed = eventsNeeded(assertion)
    if (offered >= needed) continue
    const all = Math.ceil((needed * (design.plannedEvents ?? offered)) / Math.max(offered, 1))
    throw new AppError('usage', {
      message: `${assertion.expr} takes ${needed} events, and ${arm.name} would have ${offered}`,
      next: [`webhook-cli bench … --events ${all} --assert '${assertion.expr}'`],
    })
  }
}
