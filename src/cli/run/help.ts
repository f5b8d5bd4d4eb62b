import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { AppError, EXIT } from '../../core/errors.ts'
import { sanitizeLine } from '../../ui/sanitize.ts'
import { TOPICS } from '../commands/help.ts'
import type { CliDeps } from '../deps.ts'
import { mainHelp } from '../help.ts'
import type { SharedOptions } from '../options.ts'
import { projectSettingsCandidates } from '../paths.ts'
import { showSecretSetting } from '../secrets.ts'
import { openSession } from '../session.ts'
import { SETTINGS } from '../settings.ts'

export async function runHelp(
  topic: string | undefined,
  flags: SharedOptions,
  program: Command,
  deps: CliDeps,
): Promise<number> {
  deps.io.stdout.write(await textOf(topic, flags, program, deps))
  return EXIT.ok
}

async function textOf(
  topic: string | undefined,
  flags: SharedOptions,
  program: Command,
  deps: CliDeps,
): Promise<string> {
  switch (topic) {
    case undefined:
      return mainHelp(deps.version)
    case 'exit-codes':
      return EXIT_CODES
    case 'filters':
      return FILTERS
    case 'signatures':
      return SIGNATURES
    case 'environment':
      return environment()
    case 'paths':
      return paths(flags, deps)
  }
  const command = program.commands.find(
    (candidate) => candidate.name() === topic || candidate.aliases().includes(topic),
  )
  if (command !== undefined) return command.helpInformation()
  throw new AppError('usage', {
    message: `there is no help on '${sanitizeLine(topic)}'`,
    hint: `topics: ${TOPICS.join(', ')}, and every command`,
    next: ['webhook-cli --help'],
  })
}

const EXIT_CODES = `How webhook-cli ends

  0     it did what was asked; an empty list is no failure,
        nor is a reader that closes the pipe
  1     it could not: port in use, store unreadable, no request of that name
  2     wrong usage: unknown command or flag, a value that makes no sense
  4     send, replay: the last answer that was no success was 4xx
  5     send, replay: it was 5xx
  6     a check failed: verify, send --expect, --tamper or --handshake,
        replay --fail-on-diff
  70    a bug in webhook-cli
  130   interrupted by Ctrl-C: it finished what was in flight, then died
        by SIGINT, so that a script around it stops too

listen ends with 0 after q, SIGTERM, --count, --for and --until.
Codes never change their meaning; new ones are added.
`

const FILTERS = `Choosing requests

  --provider stripe        who sent it, as far as headers and body tell
  --event 'invoice.*'      * stands for anything
  --path '/hooks/*'        * within a segment, ** across segments
  --method POST
  --since 1h               or a date: 2026-01-31, 2026-01-31T12:00Z
  --grep TEXT              in target, headers or body
  --failed                 bad signature, or not delivered
  --where CONDITION        in CEL, the Common Expression Language

All that are given must hold. In listen they choose what is shown and counted;
everything is kept all the same.

A condition sees request with
  .method .path .event .provider      texts
  .size                               bytes of the body
  .query .headers                     maps; header names in lower case
  .body                               of JSON and forms their content,
                                      of everything else the text

  $ webhook-cli list --where 'request.body.amount > 100'
  $ webhook-cli list --where 'request.headers["x-github-event"] == "push"'
  $ webhook-cli listen --until 'request.event.startsWith("invoice.")'

A field that a request does not have makes the condition false.
`

const SIGNATURES = `Signatures

Secrets, for listen, verify and send; --secret may be given several times:

  --secret env:NAME            from a variable
  --secret file:PATH           from a file; its last line break is no part of it
  --secret -                   from stdin
  --secret stripe=env:NAME     of this provider; without a name it is tried for
                               whoever is detected
  webhook-cli.json             {"secrets": {"stripe": "env:NAME"}}
  WEBHOOK_CLI_SECRET           the same forms, one a line

They are never shown, but for their last four characters (whsec_…4f2a).

What is thought of a signature

  valid       right, and in time
  stale       right, but its time is outside the provider's window
  invalid     wrong; verify looks for the change that would make it right
  unchecked   signed, but no secret was given
  unsigned    not signed, as far as we know

Some schemes need more: --option publicKey=…, --option cert=@sns.pem, and
--public-url where the URL is signed. webhook-cli providers NAME says which.

Challenges of providers are answered on their own (--handshake off: not). An
answer that is itself a signature is given only with a secret that carries the
provider's name, as in --secret x=env:NAME.

A provider of your own is a JSON file (--provider ./mine.json, or "providers" in
webhook-cli.json):

  {"id": "mine", "detect": [{"header": "X-Mine-Signature"}], "schemes": [
    {"algorithm": "hmac-sha256", "signature": "header:X-Mine-Signature",
     "format": "t={t},v1={sig}", "separator": ",", "content": "{t}.{body}",
     "timestamp": {"from": "signature", "unit": "s", "toleranceS": 300}}]}
`

function environment(): string {
  const rows: [string, string][] = SETTINGS.map(({ env, what }) => [env, what])
  rows.push(
    ['WEBHOOK_CLI_CONFIG', 'the user’s settings file'],
    ['NO_COLOR', 'no colours, if not empty'],
    ['FORCE_COLOR', 'colours even in a pipe; 0 or false: none'],
    ['XDG_STATE_HOME', 'where captures are kept, if absolute'],
    ['XDG_CONFIG_HOME', 'where the user’s settings are, if absolute'],
    ['CI', 'if set, nothing is animated'],
  )
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    'Variables that webhook-cli reads',
    '',
    ...rows.map(([name, what]) => `  ${name.padEnd(width)}   ${what}`),
    '',
    'A flag wins over a variable, a variable over webhook-cli.json, that over the',
    'user’s settings. webhook-cli help paths shows what was found.',
    '',
  ].join('\n')
}

async function paths(flags: SharedOptions, deps: CliDeps): Promise<string> {
  const session = await openSession(flags, deps)
  const { sources } = session
  const project = sources.project?.path ?? projectSettingsCandidates(deps.io.cwd)[0] ?? ''
  const found = (there: boolean): string => (there ? 'found' : 'not there')
  const store = session.storeLocation()
  const files: [string, string, string][] = [
    ['captures', store, store === ':memory:' ? 'in memory' : found(existsSync(store))],
    ['project settings', project, found(sources.project !== undefined)],
    ['user settings', sources.user?.path ?? deps.paths.userSettings, found(sources.user !== undefined)],
    ['own certificate', `${deps.paths.stateDir}/tls`, found(existsSync(`${deps.paths.stateDir}/tls`))],
  ]
  const settings = SETTINGS.flatMap(({ key }): [string, string, string][] => {
    const setting = session.settingOf(key)
    if (setting === undefined) return []
    const { value, source } = setting
    const shown = key === 'secrets' && Array.isArray(value) ? value.map(showSecretSetting) : value
    return [[key, String(shown), source]]
  })
  return [
    'Files',
    '',
    ...columns(files),
    '',
    settings.length === 0
      ? 'No setting is made outside the command line.'
      : 'Settings made outside the command line',
    ...(settings.length === 0 ? [] : ['', ...columns(settings)]),
    '',
    'Strongest first: flags, variables, webhook-cli.json in the nearest parent folder, user settings.',
    '',
  ].join('\n')
}

function columns(rows: readonly [string, string, string][]): string[] {
  const width = (index: 0 | 1): number => Math.max(...rows.map((row) => row[index].length))
  return rows.map(([a, b, c]) => `  ${a.padEnd(width(0))}   ${sanitizeLine(b).padEnd(width(1))}   ${c}`)
}
