import { AppError } from '../../core/errors.ts'
import type { BenchFlags } from '../commands/bench.ts'

/** How long and how dense a run is. Milliseconds. */
export interface Size {
  readonly poll: string
  readonly conditional: string
  readonly gapMs: number
  readonly events: number
  readonly warmupGapMs: number
  readonly probes: number
  readonly costOperations: number
}

const SIZES = {
  quick: {
    poll: '100ms,500ms,1s',
    conditional: '500ms',
    gapMs: 70,
    events: 64,
    warmupGapMs: 35,
    probes: 12,
    costOperations: 60,
  },
  usual: {
    poll: '100ms,500ms,2s',
    conditional: '500ms',
    gapMs: 100,
    events: 200,
    warmupGapMs: 100,
    probes: 30,
    costOperations: 200,
  },
  thorough: {
    poll: '100ms,500ms,2s',
    conditional: '500ms',
    gapMs: 70,
    events: 1600,
    warmupGapMs: 100,
    probes: 60,
    costOperations: 300,
  },
  remote: {
    poll: '1s,5s',
    conditional: '5s',
    gapMs: 1000,
    events: 40,
    warmupGapMs: 1000,
    probes: 5,
    costOperations: 0,
  },
} as const satisfies Record<string, Size>

/** The run that was asked for. @throws AppError `usage` */
export function sizeOf({ quick, thorough }: BenchFlags, isRemote: boolean): Size {
  if (quick === true && thorough === true)
    throw new AppError('usage', {
      message: '--quick and --thorough contradict each other',
      hint: '--quick takes about 8 s, --thorough about 2 min, and neither of them half a minute',
    })
  if (isRemote) return SIZES.remote
  return quick === true ? SIZES.quick : thorough === true ? SIZES.thorough : SIZES.usual
}
