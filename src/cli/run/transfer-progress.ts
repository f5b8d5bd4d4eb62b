import type { Spinner } from '../../ui/progress.ts'
import { startSpinner } from '../../ui/progress.ts'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'

/** What is done sooner needs no spinner, and ora takes longer to load. Milliseconds. */
const PATIENCE_MS = 300

export interface Progress {
  count(done: number): void
  stop(): void
}

/** `exporting 12,000` on the terminal of who waits for it; `silent` where the data itself is shown there. */
export function showProgress(
  doing: string,
  { quiet }: SharedOptions,
  { io }: CliDeps,
  silent: boolean,
): Progress {
  let spinner: Spinner | undefined
  let stopped = quiet === true || silent
  let done = 0
  const words = (): string => `${doing} ${done.toLocaleString('en')}`
  const cancel = io.clock.after(PATIENCE_MS, () => {
    if (stopped) return
    void (async () => {
      spinner = await startSpinner(io.stderr, words(), () => !stopped)
    })()
  })
  return {
    count(count) {
      done = count
      spinner?.text(words())
    },
    stop() {
      stopped = true
      cancel()
      spinner?.stop()
      spinner = undefined
    },
  }
}
