import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions } from '../options.ts'

export function declareProviders(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('providers')
    .description('Who signs webhooks and how: all that we know, or everything about one.')
    .argument('[provider]', 'an id such as stripe, or a .json file that defines one')
  addSharedOptions(command).action(async (provider: string | undefined, flags: SharedOptions) => {
    const { runProviders } = await import('../run/providers.ts')
    done(await runProviders(provider, flags, deps))
  })
}
