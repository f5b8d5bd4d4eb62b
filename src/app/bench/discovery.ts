import type { Ledger } from './ledger.ts'
import type { Mode } from './mode.ts'

/**
 * Events that somebody else made: an event begins when the first of all modes has seen it.
 *
 * @param from begin and end of the time looked at, monotonic milliseconds
 */
export function discover(ledger: Ledger, modes: readonly Mode[], from: number, to: number): void {
  const first = new Map<string, number>()
  for (const { sightings } of modes.flatMap((mode) => mode.observers)) {
    for (const [id, at] of sightings) first.set(id, Math.min(at, first.get(id) ?? at))
  }
  const inWindow = Array.from(first, ([id, at]) => ({ id, at })).filter(({ at }) => at >= from && at <= to)
  for (const [index, { id, at }] of inWindow.toSorted((a, b) => a.at - b.at).entries())
    ledger.add({ seq: index + 1, at, warm: false, scheduledAt: at }, id)
}
