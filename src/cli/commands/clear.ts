import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { FilterOptions, SharedOptions } from '../options.ts'
import { addFilterOptions, addSharedOptions } from '../options.ts'

export interface ClearFlags extends SharedOptions, FilterOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly all?: boolean
}

export function declareClear(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('clear')
    .description('Delete captured requests: all, or those that the flags choose.')
    .optionsGroup('How:')
    .option('--all', 'every request (as without any flag below)')
    .option('--dry-run', 'only tell how many would go')
    .option('-y, --yes', 'do not ask')
  addFilterOptions(command, { path: true })
  addSharedOptions(command).action(async (flags: ClearFlags) => {
    const { runClear } = await import('../run/clear.ts')
    done(await runClear(flags, deps))
  })
}
