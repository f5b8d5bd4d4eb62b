import type { BenchResult } from '../../../core/bench/result.ts'
import { comparedPush, fairestPoll, namedModes } from '../names.ts'
import { significant, statText } from '../numbers.ts'
import { leastDelay, matchingRate } from '../sentences.ts'

export interface Tile {
  readonly figure: string
  readonly words: string
}

/** The few figures to take away. */
export function tilesOf(result: BenchResult): Tile[] {
  const modes = namedModes(result)
  const push = comparedPush(modes)
  const poll = push && fairestPoll(modes, push)
  const tiles = [push, poll].flatMap((named): Tile[] => {
    const median = named && statText(named.mode.delayMs.p50)
    return named === undefined || median === undefined
      ? []
      : [{ figure: `${median} ms`, words: `${named.label}, median` }]
  })
  const d = leastDelay(result)
  if (push === undefined || d === undefined) return tiles
  const rate = matchingRate(push.mode.delayMs.mean, d)
  if (rate !== undefined)
    tiles.push({
      figure: `${significant(rate.most === undefined ? rate.least : (rate.about ?? rate.least))} requests/s`,
      words: `polling needs${rate.most === undefined ? ' at least' : ''}, to be as quick as the ${push.label}`,
    })
  tiles.push({
    figure: '1 event per interval',
    words: 'is the break-even: with fewer, push asks less; with more, polling does',
  })
  return tiles
}
