import type { BenchWatch } from '../../app/bench/record.ts'
import { progressLine } from '../../ui/bench/progress.ts'
import type { Spinner } from '../../ui/progress.ts'
import { startSpinner } from '../../ui/progress.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'

/** Rarely enough to be no load of its own. */
const EVERY_MS = 500

/** Says how far a run is, on a terminal. */
export function startBenchProgress(
  flags: BenchFlags,
  { err }: Session,
  { io }: CliDeps,
): { begin(watch: BenchWatch): void; stop(): void } {
  const isWanted = flags.quiet !== true && io.env['CI'] === undefined
  let running = isWanted
  let spinner: Spinner | undefined
  let watch: BenchWatch | undefined
  let cancel = (): void => {}
  const text = (): string => {
    const { ellipsis } = err.symbols
    if (watch === undefined) return `getting ready${ellipsis}`
    const state = { elapsedMs: watch.elapsedMs(), plannedMs: watch.plannedMs, modes: watch.modes() }
    return progressLine(state, err, io.stderr.columns() ?? 80)
  }
  const tick = (): void => {
    spinner?.text(text())
    cancel = io.clock.after(EVERY_MS, tick)
  }
  if (isWanted && io.stderr.isTTY) {
    void (async () => {
      spinner = await startSpinner(io.stderr, text(), () => running)
      if (running) tick()
    })()
  }
  return {
    begin: (begun) => (watch = begun),
    stop() {
      running = false
      cancel()
      spinner?.stop()
    },
  }
}
