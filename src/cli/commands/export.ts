import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { FilterOptions, SharedOptions } from '../options.ts'
import { addFilterOptions, addSharedOptions } from '../options.ts'

export interface ExportFlags extends SharedOptions, FilterOptions {
  readonly format?: string
  readonly to?: string
  readonly out?: string
  readonly force?: boolean
  readonly showSecrets?: boolean
}

export function declareExport(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('export')
    .description('Captured requests as files or commands for other tools.')
    .argument('[refs...]', 'ids, last~1, ranges b3xq..k7m2; without any, all that match')
    .optionsGroup('How:')
    .option('--format <name>', 'ndjson (default), json, har, curl, httpie, http, fetch, vitest')
    .option('--to <target>', 'where commands and tests send to: port, host:port or URL')
    .option('--out <dir>', 'one file for each request, in this folder')
    .option('--force', 'replace files that exist')
    .option('--show-secrets', 'credentials too; in bodies only known ones are hidden')
  addFilterOptions(command, { path: true })
  addSharedOptions(command).action(async (refs: string[], flags: ExportFlags) => {
    const { runExport } = await import('../run/export.ts')
    done(await runExport(refs, flags, deps))
  })
}
