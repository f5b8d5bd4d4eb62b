import type { LedgerEvent } from './ledger.ts'

/**
 * The share of the time in which an observer knew of everything that had happened, and how old its copy was on
 * average, counted from the first event that it did not know of.
 *
 * @param from begin and end of the time looked at, monotonic milliseconds
 */
export function freshnessOf(
  sightings: readonly { readonly event: LedgerEvent; readonly at: number | undefined }[],
  from: number,
  to: number,
): { readonly freshness: number; readonly meanAgeMs: number } {
  let staleMs = 0
  let ageArea = 0
  let staleUntil = from
  const spans = sightings
    .map(({ event, at = to }) => ({ since: event.scheduledAt, until: Math.min(at, to) }))
    .toSorted((a, b) => a.since - b.since)
  for (const { since, until } of spans) {
    // Between two instants this event is the first that is not known.
    const begin = Math.max(since, staleUntil)
    if (until <= begin) continue
    staleMs += until - begin
    ageArea += ((until - since) ** 2 - (begin - since) ** 2) / 2
    staleUntil = until
  }
  const length = Math.max(to - from, 1)
  return { freshness: 1 - staleMs / length, meanAgeMs: ageArea / length }
}
