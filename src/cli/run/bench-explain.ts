import { EXIT } from '../../core/errors.ts'
import { renderExplain } from '../../ui/bench/explain.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import { parseCount, parseTimeout } from '../settings.ts'
import { pacesOf } from './bench-arms.ts'

const DEFAULT_POLL = '60s'
const DEFAULT_GAP_MS = 3_600_000
/** A request to somewhere on the same continent. */
const REQUEST_MS = 50
const DEFAULT_COLUMNS = 80

/** The model with the user's intervals and rate of events put in; nothing is sent. */
export function explainBench(flags: BenchFlags, { out }: Session, { io }: CliDeps): number {
  const asked = flags.poll ?? flags.conditional
  const chosen = asked === undefined && flags.backoff === undefined ? { ...flags, poll: DEFAULT_POLL } : flags
  const numbers = {
    polls: pacesOf(chosen).map(({ pace }) => pace),
    gapMs: flags.gap === undefined ? DEFAULT_GAP_MS : parseTimeout(flags.gap, '--gap'),
    requestMs: REQUEST_MS,
    semantics: flags.latest === true ? ('latest' as const) : ('history' as const),
    subscribers: flags.subscribers === undefined ? 1 : parseCount(flags.subscribers, '--subscribers'),
  }
  io.stdout.write(renderExplain(numbers, out, io.stdout.columns() ?? DEFAULT_COLUMNS))
  return EXIT.ok
}
