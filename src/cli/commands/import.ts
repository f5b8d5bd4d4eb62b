import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions, SigningFlags } from '../options.ts'
import { addSecretOptions, addSharedOptions } from '../options.ts'

export interface ImportFlags extends SharedOptions, SigningFlags {
  readonly format?: string
  readonly dryRun?: boolean
  readonly skipInvalid?: boolean
  readonly again?: boolean
  readonly readFiles?: boolean
  readonly maxBody?: string
}

export function declareImport(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('import')
    .description('Take in requests that other tools have kept: all of them, or none.')
    .argument('<files...>', 'HAR, our JSON, curl commands, webhook.site, HTTP; a folder; or -')
    .optionsGroup('How:')
    .option('--format <name>', 'auto, ndjson, json, har, webhook-site, curl or http')
    .option('--dry-run', 'only tell what would be taken in')
    .option('--skip-invalid', 'leave out what is no request, and take the rest')
    .option('--again', 'also what an earlier import has brought')
    .option('--read-files', 'curl commands may read the files that they name')
    .option('--max-body <size>', 'largest body taken (default 25mb)')
  addSecretOptions(command)
  addSharedOptions(command).action(async (files: string[], flags: ImportFlags) => {
    const { runImport } = await import('../run/import.ts')
    done(await runImport(files, flags, deps))
  })
}
