import type { Help } from 'commander'
import { Command, CommanderError } from 'commander'
import { AppError, EXIT, exitStatusOf, isAppError } from '../core/errors.ts'
import { explainError } from '../ui/messages.ts'
import { fitPage } from '../ui/page.ts'
import { messageToJson, renderBug, renderMessage } from '../ui/render-message.ts'
import { sanitizeLine } from '../ui/sanitize.ts'
import { themeFor } from '../ui/theme.ts'
import { declareBench } from './commands/bench.ts'
import { declareClear } from './commands/clear.ts'
import { declareCompletion } from './commands/completion.ts'
import { declareExport } from './commands/export.ts'
import { declareForward } from './commands/forward.ts'
import { declareHelp } from './commands/help.ts'
import { declareImport } from './commands/import.ts'
import { declareList } from './commands/list.ts'
import { declareListen } from './commands/listen.ts'
import { declareProviders } from './commands/providers.ts'
import { declareReplay } from './commands/replay.ts'
import { declareSend } from './commands/send.ts'
import { declareServe } from './commands/serve.ts'
import { declareShow } from './commands/show.ts'
import { declareVerify } from './commands/verify.ts'
import type { CliDeps } from './deps.ts'
import { EXAMPLES } from './examples.ts'
import { mainHelp } from './help.ts'
import { addSharedOptions } from './options.ts'

/** Runs one command line, and tells the exit status. Never throws: what went wrong is on stderr. */
export async function run(args: readonly string[], deps: CliDeps): Promise<number> {
  let status: number = EXIT.ok
  const program = buildProgram(deps, (result) => {
    status = result
  })
  try {
    await program.parseAsync(args.length === 0 ? ['help'] : commandFirst(args), { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok
      if (args.includes('-h') || args.includes('--help')) return helpAnyway(args, program, deps)
      return fail(usageError(error), args, program, deps)
    }
    return fail(error, args, program, deps)
  }
}

export function buildProgram(deps: CliDeps, done: (status: number) => void): Command {
  const { stdout } = deps.io
  const program = new Command('webhook-cli')
    .exitOverride()
    .version(deps.version, '-V, --version')
    .helpOption('-h, --help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    // Parsing errors are shown once, in our own form, by `fail`.
    .configureOutput({
      writeOut: (text) => void stdout.write(fitPage(text, stdout.columns())),
      writeErr: () => {},
    })
    .enablePositionalOptions()
    .configureHelp({ helpWidth: HELP_WIDTH, formatHelp })
  declareListen(program, deps, done)
  declareForward(program, deps, done)
  declareList(program, deps, done)
  declareShow(program, deps, done)
  declareVerify(program, deps, done)
  declareClear(program, deps, done)
  declareExport(program, deps, done)
  declareImport(program, deps, done)
  declareReplay(program, deps, done)
  declareSend(program, deps, done)
  declareBench(program, deps, done)
  declareProviders(program, deps, done)
  declareServe(program, deps, done)
  declareHelp(program, deps, done)
  declareCompletion(program, deps, done)
  program.helpInformation = () => mainHelp(deps.version)
  return program
}

const HELP_WIDTH = 80

/** One sentence, examples, then flags in groups: what people look for first stands first. */
function formatHelp(command: Command, helper: Help): string {
  const lines = [helper.commandDescription(command), '', `  ${helper.commandUsage(command)}`]
  const examples = EXAMPLES[command.name()] ?? []
  if (examples.length > 0) {
    lines.push('', 'Examples:', ...exampleLines(examples))
  }
  const groups = new Map<string, { term: string; what: string }[]>()
  const add = (group: string, term: string, what: string): void => {
    groups.set(group, [...(groups.get(group) ?? []), { term, what }])
  }
  for (const argument of helper.visibleArguments(command))
    add('Arguments:', argument.name(), argument.description)
  for (const option of helper.visibleOptions(command)) {
    add(option.helpGroupHeading ?? 'For every command:', helper.optionTerm(option), option.description)
  }
  const width = Math.max(...[...groups.values()].flat().map(({ term }) => term.length))
  for (const [group, items] of groups) {
    lines.push('', group, ...items.map(({ term, what }) => helper.formatItem(term, width, what, helper)))
  }
  return `${lines.join('\n')}\n`
}

/** Beside each other where the longest fits, else each explanation above its line. */
function exampleLines(examples: readonly (readonly [line: string, what: string])[]): string[] {
  const width = Math.max(...examples.map(([line]) => line.length))
  const beside = examples.map(([line, what]) => `  $ ${line.padEnd(width)}   ${what}`)
  if (beside.every((line) => line.length <= HELP_WIDTH)) return beside
  return examples.flatMap(([line, what]) => [`  # ${what}`, `  $ ${line}`])
}

function commandNamed(program: Command, word: string): Command | undefined {
  return program.commands.find((command) => command.name() === word || command.aliases().includes(word))
}

/** Flags that every command takes may also stand before it. */
function commandFirst(args: readonly string[]): string[] {
  const { options } = addSharedOptions(new Command())
  let at = 0
  let option = undefined
  do {
    const [name = '', value] = (args[at] ?? '').split('=', 2)
    option = options.find(({ short, long }) => name === short || name === long)
    if (option !== undefined) at += option.required && value === undefined ? 2 : 1
  } while (option !== undefined)
  const command = args[at]
  if (command === undefined || command.startsWith('-')) return [...args]
  return [command, ...args.slice(0, at), ...args.slice(at + 1)]
}

/** `-h` wins over whatever else is wrong with the line. */
function helpAnyway(args: readonly string[], program: Command, deps: CliDeps): number {
  const [command] = args.flatMap((word) => commandNamed(program, word) ?? [])
  const { stdout } = deps.io
  stdout.write(fitPage((command ?? program).helpInformation(), stdout.columns()))
  return EXIT.ok
}

/** Commander's words: `error: unknown option '--prot'`, then perhaps `(Did you mean --port?)`. */
function usageError(error: CommanderError): AppError<'usage'> {
  const [first = '', hint] = error.message.split('\n')
  const message = sanitizeLine(first.replace(/^error: /, ''))
  return new AppError(
    'usage',
    { message, ...(hint !== undefined && { hint: sanitizeLine(hint) }) },
    { cause: error },
  )
}

async function fail(
  error: unknown,
  args: readonly string[],
  program: Command,
  deps: CliDeps,
): Promise<number> {
  const { io, paths } = deps
  const color = args.includes('--no-color') ? { color: false } : {}
  const theme = themeFor(io.stderr, io, color)
  if (!isAppError(error)) {
    io.stderr.write(renderBug(error, deps.versions, args.includes('--debug'), theme))
    return EXIT.bug
  }
  // A mistyped command has no help of its own, and the value of a flag is no command.
  const command = args.find((word) => commandNamed(program, word) !== undefined) ?? ''
  const portOwner = error.code === 'port-in-use' ? await deps.portOwner(error.data.port) : undefined
  const message = explainError(error, {
    command: sanitizeLine(command),
    now: io.clock.now(),
    ...(portOwner !== undefined && { portOwner }),
    path: (path) =>
      sanitizeLine(path.startsWith(`${paths.home}/`) ? `~${path.slice(paths.home.length)}` : path),
  })
  const inJson = args.includes('--json')
  io.stderr.write(
    inJson ? messageToJson(error.code, message) : renderMessage(message, theme, io.stderr.columns()),
  )
  if (args.includes('--debug') && error.stack !== undefined) io.stderr.write(`${error.stack}\n`)
  return exitStatusOf(error)
}
