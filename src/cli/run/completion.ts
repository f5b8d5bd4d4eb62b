import type { Command, Option } from 'commander'
import { AppError, EXIT } from '../../core/errors.ts'
import { shortId } from '../../ui/lines.ts'
import { SHELLS } from '../commands/completion.ts'
import { TOPICS } from '../commands/help.ts'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { openSession } from '../session.ts'

/**
 * The scripts only hand the words over; all knowledge is in `__complete`, which walks the same commands that are
 * parsed. Words are passed after `--`, so that none of them can be a flag of ours, and nothing is evaluated.
 */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# webhook-cli completion for bash:  eval "$(webhook-cli completion bash)"
_webhook_cli() {
  local IFS=$'\\n'
  COMPREPLY=($(webhook-cli __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _webhook_cli webhook-cli
`,
  zsh: `#compdef webhook-cli
# webhook-cli completion for zsh:  eval "$(webhook-cli completion zsh)"
_webhook_cli() {
  local -a found
  found=("\${(@f)$(webhook-cli __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -Q -- "\${found[@]}"; else _files; fi
}
compdef _webhook_cli webhook-cli
`,
  fish: `# webhook-cli completion for fish:  webhook-cli completion fish | source
function __webhook_cli_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (webhook-cli __complete -- $words[2..-1] 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c webhook-cli -f -a '(__webhook_cli_complete)'
`,
}

export function runCompletion(shell: string, { io }: CliDeps): number {
  const known = SHELLS.find((candidate) => candidate === shell)
  if (known === undefined) {
    throw new AppError('bad-value', {
      option: 'completion',
      value: shell,
      expected: `one of ${SHELLS.join(', ')}`,
    })
  }
  io.stdout.write(SCRIPTS[known])
  return EXIT.ok
}

/** Prints what could stand in place of the last word, one candidate a line. Never fails: a tab must not. */
export async function runComplete(
  words: readonly string[],
  program: Command,
  deps: CliDeps,
): Promise<number> {
  try {
    const candidates = await candidatesFor(words, program, deps)
    if (candidates.length > 0) deps.io.stdout.write(`${candidates.join('\n')}\n`)
  } catch {
    // No candidates, then: the shell falls back to file names.
  }
  return EXIT.ok
}

const MOST_REFS = 50

async function candidatesFor(words: readonly string[], program: Command, deps: CliDeps): Promise<string[]> {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const starts = (candidate: string): boolean => candidate.startsWith(current)
  const visible = program.commands.filter((command) => !isHidden(command))
  const command = visible.find(
    (candidate) => candidate.name() === before[0] || candidate.aliases().includes(before[0] ?? ''),
  )
  if (command === undefined)
    return before.length === 0 ? visible.map((candidate) => candidate.name()).filter(starts) : []

  const previous = before.at(-1) ?? ''
  if (
    command.options.some(
      (option) => takesValue(option) && (option.long === previous || option.short === previous),
    )
  ) {
    if (PROVIDER_OPTIONS.has(previous) || (previous === '--secret' && !current.includes('='))) {
      const names = await providerCandidates([], '')
      return names.map((name) => (previous === '--secret' ? `${name}=` : name)).filter(starts)
    }
    if (previous === '--format') return (await formatsOf(command.name())).filter(starts)
    return previous === '--before' ? refs(current, before, deps) : []
  }
  if (current.startsWith('-'))
    return [...command.options.flatMap(({ long }) => long ?? []), '--help'].filter(starts)
  const argument = command.registeredArguments[0]?.name()
  if (argument === 'request') return refs(current, before, deps)
  if (argument === 'provider') {
    return [...(await providerCandidates(before.slice(1), current))].filter(starts)
  }
  if (argument === 'ref') return refs(current, before, deps)
  if (argument === 'refs') return rangeRefs(current, before, deps)
  if (argument === 'shell') return SHELLS.filter(starts)
  if (argument === 'topic') return [...visible.map((candidate) => candidate.name()), ...TOPICS].filter(starts)
  return []
}

const PROVIDER_OPTIONS: ReadonlySet<string> = new Set(['--provider', '--handshake', '--resign-as'])

async function formatsOf(command: string): Promise<readonly string[]> {
  if (command === 'export') return (await import('../../app/export.ts')).EXPORT_FORMATS
  return command === 'import' ? (await import('../../app/import.ts')).IMPORT_FORMATS : []
}

/** Providers, then the events of the one that stands before. */
async function providerCandidates(before: readonly string[], current: string): Promise<readonly string[]> {
  const { PROVIDERS } = await import('../../providers/table/index.ts')
  const known = PROVIDERS.map(({ id }) => id)
  const chosen = before.find((word) => known.includes(word))
  if (chosen === undefined || current.startsWith('-')) return known
  const { sampleEvents } = await import('../../providers/samples/index.ts')
  return sampleEvents(chosen)
}

/** The start of a range stays as it was typed; what follows its dots is completed. */
async function rangeRefs(current: string, before: readonly string[], deps: CliDeps): Promise<string[]> {
  const start = /^.*\.\./s.exec(current)?.[0] ?? ''
  const ends = await refs(current.slice(start.length), before, deps)
  return ends.map((end) => start + end)
}

async function refs(prefix: string, before: readonly string[], deps: CliDeps): Promise<string[]> {
  const at = before.indexOf('--store')
  const location = at === -1 ? undefined : before[at + 1]
  const flags: SharedOptions = location === undefined ? {} : { store: location }
  const store = await (await openSession(flags, deps)).openStore()
  try {
    const ids = await store.complete(prefix, MOST_REFS)
    return [
      ...ids.map((id) => (prefix.length > shortId(id).length ? id : shortId(id))),
      ...['last'].filter((word) => word.startsWith(prefix)),
    ]
  } finally {
    await store.close()
  }
}

function takesValue(option: Option): boolean {
  return option.required || option.optional
}

/** Commander keeps this to itself; a name that begins with two underscores is ours and hidden. */
function isHidden(command: Command): boolean {
  return command.name().startsWith('__')
}
