import type { Command } from 'commander'
import { Option } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions } from '../options.ts'

export interface ServeFlags extends SharedOptions {
  readonly port?: string
  readonly host?: string
  readonly token?: string
  readonly data?: string
  readonly emit?: string
  readonly seed?: string
  readonly allowRemote?: boolean
  readonly readyFile?: string
  readonly untilStdinEnds?: boolean
}

export function declareServe(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('serve')
    .description('A sample service to poll, and to be told by: REST, webhooks, SSE, WebSocket.')
    .optionsGroup('Endpoint:')
    .option('-p, --port <port>', 'port to listen on; 0: let the system choose (default 8686)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--token <token>', 'env:NAME or file:PATH; clients must show it')
    .option('--ready-file <file>', 'written once the service takes requests')
    .optionsGroup('Data:')
    .option('--data <where>', 'memory, file or file:PATH (default memory)')
    .option('--emit <rate>', 'makes events by itself: 5/s, 30/m, at random moments')
    .option('--seed <text>', 'the same events each time')
    .optionsGroup('Webhooks:')
    .option('--allow-remote', 'they may go to other machines')
  addSharedOptions(command)
    // For whoever starts it as a child: it ends with its parent, however that ends.
    .addOption(new Option('--until-stdin-ends').hideHelp())
    .action(async (flags: ServeFlags) => {
      const { runServe } = await import('../run/serve.ts')
      done(await runServe(flags, deps))
    })
}
