import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { FilterOptions, SharedOptions } from '../options.ts'
import { addFilterOptions, addSharedOptions } from '../options.ts'

export interface ListFlags extends SharedOptions, FilterOptions {
  readonly limit?: string
  readonly before?: string
  readonly bodies?: boolean
}

export function declareList(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('list')
    .alias('ls')
    .description(
      'Captured requests, newest first. In a pipe a row each, tabs between: id, time,\nmethod, target with its query, event, bytes, verdict, last delivery.',
    )
    .optionsGroup('How many:')
    .option('-n, --limit <n>', 'at most so many (default 20)')
    .option('--before <ref>', 'only those captured before this one')
    .option('--bodies', 'with --json: headers and bodies too')
  addFilterOptions(command, { path: true })
  addSharedOptions(command).action(async (flags: ListFlags) => {
    const { runList } = await import('../run/list.ts')
    done(await runList(flags, deps))
  })
}
