import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions } from '../options.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export function declareCompletion(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('completion')
    .description('Print the tab completion for a shell: commands, flags and refs.')
    .argument('<shell>', SHELLS.join(', '))
  addSharedOptions(command).action(async (shell: string, _flags: SharedOptions) => {
    const { runCompletion } = await import('../run/completion.ts')
    done(runCompletion(shell, deps))
  })
  program
    .command('__complete', { hidden: true })
    .description('What could stand at the end of a line: asked by the shell.')
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (words: string[]) => {
      const { runComplete } = await import('../run/completion.ts')
      done(await runComplete(words, program, deps))
    })
}
