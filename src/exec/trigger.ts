import { abortWatcher } from '../core/abort.ts'
import type { TriggerCommand } from '../core/bench/ports.ts'
import { outcomeName } from '../core/delivery.ts'
import type { ProcessDeps } from './child.ts'
import { runProcess } from './child.ts'
import { invocationOf, NEEDS_SHELL } from './invocation.ts'

export interface TriggerOptions extends Omit<ProcessDeps, 'onAbort'> {
  /** What commands inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs a line of the user's own, in a shell, for each event of a benchmark. */
export function triggerCommands(options: TriggerOptions): TriggerCommand {
  const deps: ProcessDeps = { ...options, onAbort: abortWatcher() }
  return {
    async run(command, env, limits) {
      const invocation = invocationOf([command], true, options.platform, options.env)
      if (invocation === NEEDS_SHELL) return { ok: false, output: new Uint8Array(), code: NEEDS_SHELL }
      const input = { env: { ...options.env, ...env }, stdin: new Uint8Array() }
      const outcome = await runProcess(invocation, input, limits, deps)
      return { ok: outcome.status === 0, output: outcome.output, code: outcomeName(outcome) }
    },
  }
}
