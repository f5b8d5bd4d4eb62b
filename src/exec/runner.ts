import { abortWatcher } from '../core/abort.ts'
import type { Executor } from '../core/ports.ts'
import { environmentOf } from './environment.ts'
import { invocationOf, NEEDS_SHELL } from './invocation.ts'
import type { ProcessDeps } from './child.ts'
import { notRun, runProcess } from './child.ts'

export interface ExecutorOptions extends Omit<ProcessDeps, 'onAbort'> {
  /** What commands inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Runs the user's commands: body on stdin, the rest in `WEBHOOK_*` variables. Program and arguments, or the line for
 * the shell, are the user's own and the same for every request.
 */
export function openExecutor(options: ExecutorOptions): Executor {
  const deps: ProcessDeps = { ...options, onAbort: abortWatcher() }
  const { clock, platform } = options
  return {
    async run(execution, limits) {
      const startedAt = clock.now()
      const began = clock.monotonic()
      const invocation = invocationOf(execution.command, execution.shell, platform, options.env)
      const input = { env: environmentOf(execution, options.env), stdin: execution.request.body }
      const outcome =
        invocation === NEEDS_SHELL ? notRun(NEEDS_SHELL) : await runProcess(invocation, input, limits, deps)
      return { startedAt, durationMs: clock.monotonic() - began, outcome }
    },
  }
}
