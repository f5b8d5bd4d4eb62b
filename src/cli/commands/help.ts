import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { addSharedOptions } from '../options.ts'

export const TOPICS = ['exit-codes', 'environment', 'paths', 'filters', 'forwarding', 'signatures'] as const

export function declareHelp(program: Command, deps: CliDeps, done: (status: number) => void): void {
  const command = program
    .command('help')
    .description('Explain a command or a topic.')
    .argument('[topic]', `a command, or: ${TOPICS.join(', ')}`)
  addSharedOptions(command).action(async (topic: string | undefined, flags: SharedOptions) => {
    const { runHelp } = await import('../run/help.ts')
    done(await runHelp(topic, flags, program, deps))
  })
}
