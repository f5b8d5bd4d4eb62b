import { intervalForMean } from '../../../core/bench/ratios.ts'
import type { BenchResult } from '../../../core/bench/result.ts'
import { comparedPush, fairestPoll, namedModes } from '../names.ts'
import { significant, statText } from '../numbers.ts'
import { leastDelay } from '../sentences.ts'

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
  const mean = push.mode.delayMs.mean.value
  const every = intervalForMean(mean, d)
  if (every > 0)
    tiles.push({
      figure: `${significant(1000 / every)} requests/s`,
      words: `polling needs, to be as quick as the ${push.label}`,
    })
  tiles.push({
    figure: '1 event per interval',
    words: 'is the break-even: with fewer, push asks less; with more, polling does',
  })
  return tiles
}
