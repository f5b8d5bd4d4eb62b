import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { AppError, EXIT } from '../../core/errors.ts'
import { similarNames } from '../../core/similar.ts'
import { fitPage } from '../../ui/page.ts'
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
  const { stdout } = deps.io
  stdout.write(fitPage(await textOf(topic, flags, program, deps), stdout.columns()))
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
    case 'forwarding':
      return FORWARDING
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
  const [meant] = similarNames(topic, [...TOPICS, ...program.commands.map((candidate) => candidate.name())])
  throw new AppError('usage', {
    message: `there is no help on '${sanitizeLine(topic)}'`,
    hint: `topics: ${TOPICS.join(', ')}, and every command`,
    next: [...(meant === undefined ? [] : [`webhook-cli help ${meant}`]), 'webhook-cli --help'],
  })
}

const EXIT_CODES = `How webhook-cli ends

  0     it did what was asked; an empty list is no failure,
        nor is a reader that closes the pipe
  1     it could not: port in use, store unreadable, no request of that name
  2     wrong usage: unknown command or flag, a value that makes no sense
  3     bench: a way to learn saw no event at all
  4     send, replay: the last answer that was no success was 4xx
  5     send, replay: it was 5xx; forward --once: something is left
  6     a check failed: verify, send --expect, --tamper or --handshake,
        replay --fail-on-diff, bench --assert, bench slower than --compare
  7     bench --strict: the machine was too busy to tell
  70    a bug in webhook-cli
  130   interrupted by Ctrl-C: it finished what was in flight, then died
        by SIGINT, so that a script around it stops too

listen ends with 0 after q, SIGTERM, --count, --for and --until.
Codes never change their meaning; new ones are added.
`

const FILTERS = `Choosing requests

  --provider stripe        who sent it, as far as headers and body tell
  --event 'invoice.*,push' * stands for anything; of several any may hold
  --path '/hooks/*'        * within a segment, ** across segments
  --method POST
  --since 1h               or a date: 2026-01-31, 2026-01-31T12:00Z
  --grep TEXT              in target, headers or body
  --failed                 bad signature, or not delivered
  --undelivered            owed to a target, or accepted by nobody
  --where CONDITION        in CEL, the Common Expression Language

All that are given must hold. In listen they choose what is shown and counted,
what --exec runs on and --notify tells of. Everything is kept and passed on all
the same; of a request that is not shown a delivery that failed still is.

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

const FORWARDING = `Passing requests on

  $ webhook-cli listen 3000                  the sender gets your app's answer
  $ webhook-cli listen 3000 --respond 202    answered at once, then delivered
  $ webhook-cli forward 3000                 what nobody accepted, and new ones

Where to

  3000, host:3000           the request's own path and query
  3000/hooks/               the same, behind /hooks/
  3000/hooks                this path, with the request's query
  3000/v2/{path}?{query}    as you say
  a query of its own        replaces the request's

  --forward URL             to this one too
  --route 'event:invoice.* -> 3000/billing'
  --route 'path:/github/** method:POST -> 3000'
  --route 'where:request.body.amount > 100 -> 4000'
                            the first that matches takes the request; what none
                            takes goes to the target and every --forward

The same in webhook-cli.json: {"target": "3000", "route": ["… -> …"]}. Targets
in files lead to this machine only, unless --allow-remote is given; those on
the command line lead anywhere but to a cloud's metadata service.

What is sent
  Method, path, query, bytes, header order, case and duplicates as they came.
  Left out is what concerns one connection only; Via and Webhook-Cli-Id are
  added, and Webhook-Cli-Attempt from the second attempt on. --header 'K: V'
  sets, --header 'K:' removes, --host-header keep sends the sender's Host.

What is answered
  Of the first target: its status, headers and body; 502 where it cannot be
  reached, 504 where it is too late: so the sender's own retries are tried.
  With --respond: that, at once. No redirect is followed.

When it fails
  Without --respond the sender's own retry is the retry, for the target whose
  answer it gets; ours begin there only with --retries N. Of a further target
  no sender is told: it gets 5, as every target does with --respond and in
  forward, unless --retries says otherwise.
  A sender's own retry is a request of its own: further targets get it too, with
  the provider's event id that they know.
  --backoff exponential     up to 1 s, 2 s, 4 s … 5 min, at random below that
  --backoff fixed           5 s; fixed:2s
  --backoff 1s,5s,30s       these, and so many retries
  Retry-After is obeyed up to an hour; 410 (gone) and 508 (a loop, which every
  retry would run through again) end it. While a target is down, one request at
  a time finds out. Where an answer is missing, the request may have
  arrived: it is sent again with the same ids. What is owed is kept with the
  requests, outlives webhook-cli and is listed by list --undelivered.
  --order-by path           one after the other per path; or a CEL value
  forward --once waits for a target that is down as long as for one request with
  all its retries. What is left then stays owed, it ends with 5, and the same
  command delivers it another time.

Commands
  --exec 'make build'       on each request that passes the filters, no shell
                            involved: the body on stdin, WEBHOOK_ID, _METHOD,
                            _PATH, _EVENT, _PROVIDER … in the environment. Done
                            when it ends with 0; not repeated without --retries;
                            ended, all that it started with it, when its time is
                            up: --timeout 10m where 30 s are too short
  --exec-shell 'a | b'      a line of your own for the shell
  Whoever reaches the endpoint sets it off. What GitHub has signed, and nothing
  else: --provider github --secret github=env:S --on-invalid reject
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

Where it is valid and your app rejects it, the app has another secret, or does
not verify the bytes as they came, but a body parsed and written anew:

  Express     express.raw({ type: '*/*' }) before express.json()
  Flask       request.get_data() before request.json
  others      webhook-cli verify REF, once the app has answered 400, 401 or 403

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
  const certificates = join(deps.paths.stateDir, 'tls')
  const files: [string, string, string][] = [
    ['captures', store, store === ':memory:' ? 'in memory' : found(existsSync(store))],
    ['project settings', project, found(sources.project !== undefined)],
    ['user settings', sources.user?.path ?? deps.paths.userSettings, found(sources.user !== undefined)],
    ['own certificate', certificates, found(existsSync(certificates))],
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
    'Strongest first: flags, variables, webhook-cli.json in the nearest parent',
    'folder, user settings.',
    '',
  ].join('\n')
}

function columns(rows: readonly [string, string, string][]): string[] {
  const width = (index: 0 | 1): number => Math.max(...rows.map((row) => row[index].length))
  return rows.map(([a, b, c]) => `  ${a.padEnd(width(0))}   ${sanitizeLine(b).padEnd(width(1))}   ${c}`)
}
