import type { Command } from 'commander'

/** Flags that every command takes, so that their place on the line does not matter. */
export interface SharedOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly store?: string
  readonly config?: string
  readonly color?: boolean
  readonly debug?: boolean
}

export function addSharedOptions(command: Command): Command {
  return command
    .optionsGroup('For every command:')
    .option('--json', 'one JSON object per line')
    .option('-q, --quiet', 'only failures')
    .option('--store <file>', 'where captures are kept, or :memory:')
    .option('--config <file>', 'settings of this project (webhook-cli.json)')
    .option('--color', 'colours even in a pipe')
    .option('--no-color', 'no colours')
    .option('--debug', 'stack traces on stderr')
    .helpOption('-h, --help', 'this text')
}

/** Commander makes `--store <file>` and `--no-store` one option: a file, or false. */
export function isStoreWanted({ store }: { readonly store?: string | boolean }): boolean {
  return store !== false
}

/** The flags of a filter, as commander hands them over. */
export interface FilterOptions {
  readonly provider?: string
  readonly event?: string
  readonly path?: string
  readonly method?: string
  readonly since?: string
  readonly grep?: string
  readonly failed?: boolean
  readonly undelivered?: boolean
  readonly where?: string
}

/** Flags that choose requests; `listen` has a `--path` of its own, which also decides what is taken. */
export function addFilterOptions(command: Command, options: { readonly path: boolean }): Command {
  command
    .optionsGroup(options.path ? 'Which requests:' : 'Which requests are shown (all are kept and passed on):')
    .option(
      '--provider <name>',
      options.path
        ? 'sent by this provider: stripe, github, …'
        : 'sent by this provider; a .json file defines one',
    )
    .option('--event <glob>', "this event, or one of these: 'invoice.*,charge.failed'", either)
  if (options.path) command.option('--path <glob>', "on this path: '/webhooks/*'")
  return command
    .option('--method <method>', 'with this method')
    .option('--since <time>', 'since 1h ago, or since a date (ISO 8601)')
    .option('--grep <text>', 'with this text in target, headers or body')
    .option('--failed', 'with a bad signature, or not delivered')
    .option('--undelivered', 'owed to a target still, or accepted by nobody')
    .option('--where <cel>', "for which this holds: 'request.size > 1024'")
}

/** Collects a flag that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}

/** Of a flag that is given several times any may hold: the last one alone would hide what the others ask for. */
function either(value: string, previous: string | undefined): string {
  return previous === undefined ? value : `${previous},${value}`
}

/** Flags about signatures, shared by `listen`, `verify` and `send`. */
export interface SigningFlags {
  readonly secret?: readonly string[]
  readonly option?: readonly string[]
  readonly publicUrl?: string
  readonly tolerance?: string
  /** A name, or a file that defines a provider. */
  readonly provider?: string
}

/** `--secret` and `--option`: what is needed to sign or to verify. */
export function addSecretOptions(command: Command): Command {
  return command
    .optionsGroup('Signature:')
    .option('--secret <secret>', '[provider=]env:NAME, file:PATH or -; repeatable', collect)
    .option('--option <name=value>', 'what a scheme needs beside it; also =@file, =env:NAME', collect)
}
