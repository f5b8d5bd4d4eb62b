import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions } from '../options.ts'
import type { ForwardingFlags } from './forwarding.ts'
import { addForwardingOptions } from './forwarding.ts'

export interface ForwardFlags extends SharedOptions, ForwardingFlags {
  readonly once?: boolean
  readonly onInvalid?: string
}

export function declareForward(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('forward')
    .description('Deliver what was captured and nobody has accepted; then what comes.')
    .argument('[target]', 'where to: 3000, 3000/hooks, host:3000 or a URL')
    .optionsGroup('Which requests:')
    .option('--once', 'end when nothing can be delivered any more; 5 if something is left')
    .option('--on-invalid <what>', 'mark, or reject: bad signatures are not delivered')
  addForwardingOptions(command)
  addSharedOptions(command).action(async (target: string | undefined, flags: ForwardFlags) => {
    const { runForward } = await import('../run/forward.ts')
    done(await runForward(target, flags, deps))
  })
}
