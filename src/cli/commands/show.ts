import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions } from '../options.ts'

export interface ShowFlags extends SharedOptions {
  readonly raw?: boolean
  readonly headers?: boolean
  readonly hex?: boolean
  readonly curl?: boolean
  readonly httpie?: boolean
  readonly all?: boolean
  readonly showSecrets?: boolean
}

export function declareShow(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('show')
    .description('One request in full: headers, body, what became of it.')
    .argument('<ref>', 'an id, the start of one, last, last~1, …')
    .optionsGroup('What to print:')
    .option('--raw', 'the body, exactly the bytes that came')
    .option('--hex', 'the body as a hex dump')
    .option('--headers', 'request line and headers, in their order')
    .option('--curl', 'a curl command that sends the same again')
    .option('--httpie', 'an HTTPie command that sends the same again')
    .option('--all', 'the whole body, not only its start')
    .option('--show-secrets', 'credentials too; --raw, --hex, --json always have them')
  addSharedOptions(command).action(async (ref: string, flags: ShowFlags) => {
    const { runShow } = await import('../run/show.ts')
    done(await runShow(ref, flags, deps))
  })
}
