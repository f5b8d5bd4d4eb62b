import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions, SigningFlags } from '../options.ts'
import { addSecretOptions, addSharedOptions } from '../options.ts'

export interface VerifyFlags extends SharedOptions, SigningFlags {
  readonly at?: string
  readonly explain?: boolean
  readonly scheme?: string
  readonly signedContent?: string
  readonly signatureHeader?: string
  readonly timestampHeader?: string
  readonly timestampUnit?: string
  readonly idHeader?: string
  readonly encoding?: string
  readonly keyForm?: string
}

export function declareVerify(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('verify')
    .description('Check a signature again, with another secret, time or URL; say why it fails.')
    .argument('<request>', 'a ref, @file (JSON of show --json, or an HTTP message), or -')
  addSecretOptions(command)
    .option('--provider <name>', 'auto, a name, or a .json file that defines one')
    .option('--at <time>', 'received, now, unix seconds or ISO 8601 (default received)')
    .option('--tolerance <duration>', 'how far it may be off in time, for every scheme')
    .option('--public-url <url>', 'what the provider was given, if it signs the URL')
    .option('--explain', 'try what would make it right (the default where it fails)')
    .option('--no-explain', 'do not try')
    .optionsGroup('A scheme of your own:')
    .option('--scheme <algorithm>', 'hmac-sha256, hmac-sha1, ed25519, token, …')
    .option('--signature-header <header>', "its name and form: 'X-Sig: t={t},v1={sig}'")
    .option('--signed-content <text>', "what is signed: '{timestamp}.{body}' (default {body})")
    .option('--timestamp-header <name>', 'header with the time, if not in the signature')
    .option('--timestamp-unit <unit>', 's, ms or iso (default s)')
    .option('--id-header <name>', 'header with the message id')
    .option('--encoding <name>', 'hex, base64 or base64url (default hex)')
    .option('--key-form <form>', 'how the secret is written: utf8, base64 or hex')
  addSharedOptions(command).action(async (source: string, flags: VerifyFlags) => {
    const { runVerify } = await import('../run/verify.ts')
    done(await runVerify(source, flags, deps))
  })
}
