import type { Command } from 'commander'
import { Option } from 'commander'
import type { CliDeps } from '../deps.ts'
import { addFilterOptions, addSecretOptions, addSharedOptions, collect } from '../options.ts'
import type { ForwardingFlags } from './forwarding.ts'
import { addForwardingOptions } from './forwarding.ts'
import type { FilterOptions, SharedOptions, SigningFlags } from '../options.ts'

export interface ListenFlags
  extends SharedOptions, FilterOptions, ForwardingFlags, Omit<SigningFlags, 'provider'> {
  readonly port?: string
  readonly host?: string
  readonly respond?: string
  readonly respondBody?: string
  readonly respondHeader?: readonly string[]
  readonly maxBody?: string
  readonly count?: string
  readonly for?: string
  readonly until?: string
  readonly readyFile?: string
  readonly keep?: string
  readonly keepSize?: string
  readonly tls?: boolean
  readonly cert?: string
  readonly key?: string
  readonly onInvalid?: string
  readonly handshake?: string
  readonly confirmSubscriptions?: boolean
  readonly notify?: readonly string[]
}

export function declareListen(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('listen')
    .description('Open an endpoint; print every request, keep it byte for byte, and pass it on.')
    .argument('[target]', 'where to pass requests on to: 3000, 3000/hooks, host:3000 or a URL')
    .optionsGroup('Endpoint:')
    .option('-p, --port <port>', 'port to listen on; 0: let the system choose (default 8484)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--path <glob>', 'take only requests on this path; others get 404')
    .option('--tls', 'HTTPS, with a certificate of our own or --cert and --key')
    .option('--cert <file>', 'certificate for --tls, PEM')
    .option('--key <file>', 'private key for --tls, PEM')
    .option('--max-body <size>', 'larger bodies get 413 (default 25mb)')
    .optionsGroup('Answer:')
    .option('--respond <status>', 'status (default 200; with a target: its own answer)')
    .option('--respond-body <text>', 'body, or @file (default {"ok":true})')
    .option('--respond-header <header>', "header 'K: V'; may be repeated", collect)
  addSecretOptions(command)
    .option('--on-invalid <what>', 'mark, or reject with 401 (default mark); kept all the same')
    .option('--tolerance <duration>', 'how far a signature may be off in time, for every scheme')
    .option('--public-url <url>', 'what the provider was given, if it signs the URL')
    .option('--handshake <how>', "auto: answer providers' challenges; off (default auto)")
    .option('--confirm-subscriptions', 'fetch the URL that confirms one; without it: only shown')
    .optionsGroup('Until when:')
    .option('--count <n>', 'end after so many requests')
    .option('--for <duration>', 'end after 30s, 5m, …')
    .option('--until <cel>', 'end after the first request for which this holds')
    .option('--ready-file <file>', 'written once the endpoint takes requests')
    .optionsGroup('Keeping:')
    .option('--keep <n>', 'requests kept, the oldest go; 0: all (default 10000)')
    .option('--keep-size <size>', 'of all that is kept, the oldest go; 0: no limit (default 1gb)')
  addForwardingOptions(command)
    .optionsGroup('Output:')
    .option('--notify <condition>', "desktop notification: 'event:payment_*', or '*'", collect)
  addFilterOptions(command, { path: false })
  addSharedOptions(command)
    // After --store: declared before it, commander would make `true` the default of both.
    .addOption(new Option('--no-store', 'keep nothing on disk').helpGroup('Keeping:'))
    .action(async (target: string | undefined, flags: ListenFlags) => {
      const { runListen } = await import('../run/listen.ts')
      done(await runListen(target, flags, deps))
    })
}
