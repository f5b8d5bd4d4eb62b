import type { LedgerEvent } from './ledger.ts'

/**
 * Of a resource that shows its latest state only: whoever sees a later state knows that the earlier one is over.
 * Triggers under way at the same time are carried out in any order and answered in any other. An event that was
 * never seen is taken to come before those answered later; where there is none it was superseded by the state that
 * stayed, if it was under way beside it.
 *
 * @returns when each event was known to have happened; who is not there was lost
 */
export function coverage(
  events: readonly LedgerEvent[],
  seen: ReadonlyMap<LedgerEvent, number>,
): ReadonlyMap<LedgerEvent, number> {
  const sightings = Array.from(seen, ([event, at]) => ({ event, at })).toSorted((a, b) => a.at - b.at)
  const last = sightings.at(-1)
  const covered = new Map<LedgerEvent, number>()
  let first = 0
  for (const event of events.toSorted((a, b) => begunAt(a) - begunAt(b))) {
    // A state seen before the event began cannot be a later one, however late its trigger was answered.
    while ((sightings[first]?.at ?? Number.POSITIVE_INFINITY) < begunAt(event)) first++
    const by = firstOf(sightings, first, seen.has(event) ? itselfOrLater(event) : answeredLater(event))
    const at = by?.at ?? (last !== undefined && mayPrecede(event, last) ? last.at : undefined)
    if (at !== undefined) covered.set(event, at)
  }
  return covered
}

interface StateSeen {
  readonly event: LedgerEvent
  readonly at: number
}

function firstOf(
  sightings: readonly StateSeen[],
  from: number,
  tells: (other: LedgerEvent) => boolean,
): StateSeen | undefined {
  for (let index = from; index < sightings.length; index++) {
    const sighting = sightings[index]
    if (sighting !== undefined && tells(sighting.event)) return sighting
  }
  return undefined
}

function itselfOrLater(event: LedgerEvent): (other: LedgerEvent) => boolean {
  return (other) => other === event || isAfter(other, event)
}

function answeredLater(event: LedgerEvent): (other: LedgerEvent) => boolean {
  const at = doneAt(event)
  return (other) => doneAt(other) >= at
}

/** Their triggers were under way together, and the state was not seen before the event began. */
function mayPrecede(event: LedgerEvent, { event: other, at }: StateSeen): boolean {
  return !isAfter(event, other) && at >= begunAt(event)
}

/** Whether an event certainly happened after another: its trigger was sent when that of the other was over. */
export function isAfter(event: LedgerEvent, other: LedgerEvent): boolean {
  return (event.committedAt ?? begunAt(event)) >= doneAt(other)
}

/** By then it had happened: the target says so, or has answered. */
function doneAt({ committedAt, ackAt, scheduledAt }: LedgerEvent): number {
  return committedAt ?? ackAt ?? scheduledAt
}

function begunAt({ sentAt, scheduledAt }: LedgerEvent): number {
  return sentAt ?? scheduledAt
}
