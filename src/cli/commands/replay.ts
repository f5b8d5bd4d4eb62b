import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { FilterOptions, SharedOptions, SigningFlags } from '../options.ts'
import { addFilterOptions, addSecretOptions, addSharedOptions, collect } from '../options.ts'

export interface ReplayFlags
  extends SharedOptions, FilterOptions, Pick<SigningFlags, 'secret' | 'option' | 'publicUrl'> {
  readonly provider?: string
  readonly to?: string
  readonly allowRemote?: boolean
  readonly timing?: string
  readonly rate?: string
  readonly concurrency?: string
  readonly order?: string
  readonly repeat?: string
  readonly timeout?: string
  readonly resign?: boolean
  readonly resignAs?: string
  readonly timestamp?: string
  readonly newId?: boolean
  readonly set?: readonly string[]
  readonly header?: readonly string[]
  readonly body?: string
  readonly edit?: boolean
  readonly diff?: boolean
  readonly diffIgnore?: readonly string[]
  readonly failOnDiff?: boolean
  readonly dryRun?: boolean
}

export function declareReplay(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('replay')
    .description('Send captured requests again, byte for byte.')
    .argument('[ref...]', 'refs, ref..ref, @file (JSON, HAR, curl, HTTP) or a folder')
    .optionsGroup('Where to:')
    .option('--to <target>', 'port, host:port or URL (default: where each last went)')
    .option('--allow-remote', 'other machines: over 100, or named by a file')
    .option('--dry-run', 'only print what would go where')
  addFilterOptions(command, { path: true })
  command
    .optionsGroup('When:')
    .option('--timing <how>', 'asap, original, x10, max-gap=2s (default asap)')
    .option('--rate <rate>', 'begin so many: 50/s, 100/m')
    .option('--order <order>', 'original, reverse, shuffle:SEED (default original)')
    .option('--repeat <n>', 'all of it so many times')
    .option('--concurrency <n>', 'at once at most (default 1; with a time to keep 16)')
    .option('--timeout <duration>', 'for one attempt (default 30s)')
    .optionsGroup('Change:')
    .option('--set <path=value>', 'change the JSON body; path:=json for numbers and objects', collect)
    .option('-H, --header <header>', "'K: V' sets, 'K:' removes; may be repeated", collect)
    .option('-d, --body <body>', 'another body: text, @file or -')
    .option('--edit', 'open it in $VISUAL or $EDITOR first')
  addSecretOptions(command)
    .option('--resign', 'sign anew, as its provider does, with the time of now')
    .option('--resign-as <name>', 'sign as this provider, whoever sent it')
    .option('--timestamp <time>', 'now, keep or -400s; with --resign')
    .option('--new-id', 'another delivery id; with --resign')
    .option('--public-url <url>', 'URL that your app believes to have')
    .optionsGroup('Compare:')
    .option('--diff', 'compare each answer with the recorded one')
    .option('--diff-ignore <what>', "leave out: '/ts', '/items/*/at', header:etag", collect)
    .option('--fail-on-diff', 'exit 6 where an answer is another one')
  addSharedOptions(command).action(async (refs: readonly string[], flags: ReplayFlags) => {
    const { runReplay } = await import('../run/replay.ts')
    done(await runReplay(refs, flags, deps))
  })
}
