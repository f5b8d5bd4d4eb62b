import { EXIT } from '../../core/errors.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'

export function explainBench(_flags: BenchFlags, _session: Session, _deps: CliDeps): number {
  return EXIT.ok
}
