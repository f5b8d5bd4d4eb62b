import type { Command } from 'commander'
import { Option } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions, SigningFlags } from '../options.ts'
import { addSecretOptions, addSharedOptions, collect } from '../options.ts'

export interface SendFlags extends SharedOptions, SigningFlags {
  readonly to?: string
  readonly list?: boolean
  readonly body?: string
  readonly set?: readonly string[]
  readonly header?: readonly string[]
  readonly event?: string
  readonly count?: string
  readonly rate?: string
  readonly concurrency?: string
  readonly seed?: string
  readonly dryRun?: boolean
  readonly print?: string
  readonly timeout?: string
  readonly expect?: string
  readonly tamper?: string
  readonly handshake?: string
  readonly schemeName?: string
  readonly allowRemote?: boolean
}

export function declareSend(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('send')
    .description('Send an event as a provider would: its body, its headers, its signature.')
    .argument('[provider]', 'stripe, github, … (webhook-cli providers), or ./mine.json')
    .argument('[event]', 'one of its events; with --body, any name')
    .optionsGroup('Event:')
    .option('--list', 'what can be sent')
    .option('--to <target>', 'port, host:port or URL (default http://localhost:8484)')
    .option('-d, --body <body>', 'a body of your own: text, @file or -')
    .option('--set <path=value>', 'change the JSON body; path:=json for numbers and objects', collect)
    .option('-H, --header <header>', "header 'K: V'; may be repeated", collect)
    .option('--event <name>', 'the event in the headers, where it is another')
    .option('--seed <text>', 'the same ids each time')
  addSecretOptions(command)
    .option('--scheme-name <name>', "one of the provider's schemes: v1a, sha1, …")
    .optionsGroup('How often:')
    .option('--count <n>', 'so many events')
    .option('--rate <rate>', 'begin so many: 20/s, 100/m')
    .option('--concurrency <n>', 'at once at most (default 1; with --rate 16)')
    .option('--timeout <duration>', 'for one attempt (default 30s)')
    .option('--allow-remote', 'over 100 or tampered events to other machines')
    .optionsGroup('Checks:')
    .option('--expect <what>', "2xx, a status, or CEL: 'response.ms < 500'; else exit 6")
    .option('--tamper <kinds>', 'wrong ones: body,signature,timestamp,missing or all')
    .option('--handshake <provider>', "send the provider's challenge and judge the answer")
    .optionsGroup('Without sending:')
    .option('--dry-run', 'print what would be sent')
    .option('--print <form>', 'print it as curl, http or json')
  addSharedOptions(command)
    .addOption(new Option('--no-store', 'do not keep what was sent').helpGroup('How often:'))
    .action(async (provider: string | undefined, event: string | undefined, flags: SendFlags) => {
      const { runSend } = await import('../run/send.ts')
      done(await runSend(provider, event, flags, deps))
    })
}
