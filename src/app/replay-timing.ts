import { createHash } from 'node:crypto'
import type { CapturedRequest } from '../core/request.ts'

/** When a request came. */
export type Moment = Pick<CapturedRequest, 'receivedAt' | 'receivedMonotonic'>

/** The times between the requests as they were when they came. */
export interface OriginalTiming {
  /** So many times as fast. */
  readonly speed: number
  /** No pause is longer, in milliseconds of the replay. */
  readonly maxGapMs?: number
}

/** Wall and monotonic clock of one run of `listen` agree to this on how much time passed. */
const SAME_RUN_MS = 1000

/** Milliseconds after the first at which each is due, in the order in which they came. */
export function placesOf(
  moments: readonly Moment[],
  { speed, maxGapMs = Infinity }: OriginalTiming,
): number[] {
  let place = 0
  return moments.map((moment, index) => {
    const before = moments[index - 1]
    if (before !== undefined) place += Math.min(gapOf(before, moment) / speed, maxGapMs)
    return place
  })
}

/** The monotonic clock starts anew with each run of `listen`: then the wall clock has to do, though it may be set. */
function gapOf(before: Moment, after: Moment): number {
  const wall = after.receivedAt - before.receivedAt
  const monotonic = after.receivedMonotonic - before.receivedMonotonic
  return Math.max(0, Math.abs(wall - monotonic) <= SAME_RUN_MS ? monotonic : wall)
}

/** The same places again and again; between two rounds the pause is that between two requests, on average. */
export function repeated(places: readonly number[], index: number): number {
  const span = places.at(-1) ?? 0
  const pause = places.length > 1 ? span / (places.length - 1) : 0
  const round = Math.floor(index / places.length)
  return round * (span + pause) + (places[index % places.length] ?? 0)
}

/** The same shuffle for the same seed, wherever it runs (Fisher-Yates over a stream of SHA-256). */
export function shuffled<Item>(items: readonly Item[], seed: string): Item[] {
  const result = [...items]
  let block = Buffer.alloc(0)
  let at = 0
  for (let last = result.length - 1; last > 0; last--) {
    if (at % 32 === 0)
      block = createHash('sha256')
        .update(`${at / 32}:${seed}`)
        .digest()
    const other = block.readUInt32BE(at % 32) % (last + 1)
    at += 4
    const [a, b] = [result[last], result[other]]
    if (a !== undefined && b !== undefined) [result[last], result[other]] = [b, a]
  }
  return result
}
