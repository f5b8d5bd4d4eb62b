import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { EXIT } from '../../src/core/errors.ts'
import { SETTINGS } from '../../src/cli/settings.ts'
import { createBench } from '../helpers/cli.ts'

const bench = createBench()
afterAll(() => bench.remove())

describe('help', () => {
  const commands = [
    'listen',
    'list',
    'show',
    'verify',
    'send',
    'providers',
    'clear',
    'completion',
    'help',
    'forward',
    'replay',
    'export',
    'import',
    'serve',
    'bench',
  ]
  const ways = [
    [],
    ['help'],
    ['--help'],
    ['-h'],
    ...commands.flatMap((command) => [
      ['help', command],
      [command, '-h'],
      [command, '--help'],
    ]),
    ['help', 'exit-codes'],
    ['help', 'environment'],
    ['help', 'paths'],
    ['help', 'filters'],
    ['help', 'forwarding'],
    ['help', 'signatures'],
    ['help', 'ls'],
  ]
  test.each(ways)('%s %s goes to stdout, ends with 0 and fits 80 columns', async (...args) => {
    const { status, stdout, stderr } = await bench.run(args.filter(Boolean))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.length).toBeGreaterThan(100)
    if (args[1] !== 'paths') expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test.each([60, 40])(
    'at %i columns every page is broken between words and says the same',
    async (columns) => {
      const words = (text: string): string[] => text.split(/\s+/)
      for (const args of ways) {
        const narrow = await bench.run(args, { columns })
        // The paths are those of a test's own folder.
        if (args[1] === 'paths') continue
        expect(words(narrow.stdout)).toEqual(words((await bench.run(args)).stdout))
        const tooWide = narrow.stdout.split('\n').filter((line) => line.length > columns)
        // What is to be typed stays whole, and so does a long word.
        const breakable = tooWide.filter((line) => !/^ *\$ /.test(line) && line.trim().includes(' '))
        expect(breakable).toEqual([])
      }
    },
  )

  test('on a narrow terminal commands keep their lines, and what they do stands below', async () => {
    const { stdout } = await bench.run(['help'], { columns: 60 })
    expect(stdout).toContain('\n  $ webhook-cli listen 3000\n      catch on :8484, pass on to :3000\n  $ ')
    expect(stdout).toContain(
      `\n  forward [target]     deliver what was captured and nobody\n${' '.repeat(23)}has accepted\n`,
    )
    // What stood below a flag that was too long to have it beside, stands below it still.
    expect((await bench.run(['help', 'forwarding'], { columns: 60 })).stdout).toContain(
      "\n  --route 'where:request.body.amount > 100 -> 4000'\n      the first that matches takes the request; what none\n",
    )
  })

  test('-h wins over errors on the same line', async () => {
    const { status, stdout, stderr } = await bench.run(['list', '--nonsense', '-h'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Captured requests')
  })

  test('the main help names every command and says that nothing is sent home', async () => {
    const { stdout } = await bench.run(['help'])
    for (const command of commands) expect(stdout).toContain(command)
    expect(stdout).toContain('no telemetry')
  })

  test('each command shows its examples before its flags', async () => {
    const { stdout } = await bench.run(['help', 'listen'])
    expect(stdout.indexOf('$ webhook-cli listen')).toBeGreaterThan(0)
    expect(stdout.indexOf('$ webhook-cli listen')).toBeLessThan(stdout.indexOf('--port'))
  })

  test('the provider that help shows as an example can be used', async () => {
    const { stdout } = await bench.run(['help', 'signatures'])
    const json = /\n {2}(\{"id"[\s\S]*\})\n$/.exec(stdout)?.[1] ?? ''
    writeFileSync(join(bench.home, 'mine.json'), json)
    expect(await bench.run(['providers', 'mine.json'])).toMatchObject({ status: 0, stderr: '' })
  })

  test('help exit-codes names every status that a command ends with', async () => {
    const { stdout } = await bench.run(['help', 'exit-codes'])
    for (const status of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^ {2}${status} `, 'm'))
  })

  test('help environment names every variable that is read', async () => {
    const { stdout } = await bench.run(['help', 'environment'])
    for (const { env } of SETTINGS) expect(stdout).toContain(env)
  })
})

describe('wrong usage', () => {
  test.each([
    [['lisen'], /unknown command 'lisen'[\s\S]*Did you mean listen\?[\s\S]*\$ webhook-cli --help/],
    [['--store', 'x', 'ls', '--nope'], /unknown option '--(store|nope)'/],
    [
      ['list', '--limt', '3'],
      /unknown option '--limt'[\s\S]*Did you mean --limit\?[\s\S]*webhook-cli list --help/,
    ],
    [['show'], /missing required argument 'ref'/],
    [['list', '--limit', 'many'], /--limit: "many" is not a whole number/],
    [['listen', '--port', '70000'], /--port: "70000" is not a port/],
    [['listen', '--respond', '99'], /not a final HTTP status/],
    [['listen', '--max-body', 'big'], /not a size/],
    [['listen', '--for', 'ever'], /not a duration/],
    [['listen', '--respond-header', 'Bad\r\nInjected: 1'], /not a header/],
    [['listen', '--respond-header', 'Sneaky: \u010aInjected'], /not a header/],
    [['listen', '8484'], /is this listener itself/],
    [['listen', 'ftp://here'], /a port, host:port or http URL/],
    [['listen', '--retries', '3'], /no target is given/],
    [['forward'], /forward where to/],
    [['list', '--since', 'tomorrow'], /--since: "tomorrow"/],
    [['list', '--where', 'requst.size > 3'], /makes no sense[\s\S]*requst/],
    [['list', '--where', 'request.size >'], /makes no sense/],
    [['list', '--where', 'request.size'], /makes no sense/],
    [['show', 'last', '--raw', '--hex'], /only one of --raw, --hex/],
    [['help', 'nothing'], /no help on 'nothing'/],
    [['help', 'lst'], /no help on 'lst'[^$]*\$ webhook-cli help list\n/],
    [['export', '--format', 'x'], /ndjson, json, har, curl, httpie, http, fetch,? or vitest\n/],
    [['completion', 'tcsh'], /one of bash, zsh, fish/],
    [['clear', '--all', '--failed'], /contradict/],
    [['listen', '--cert', 'a.pem'], /--cert and --key go together/],
  ])('%j is exit 2, a sentence on stderr and nothing on stdout', async (args, words) => {
    const { status, stdout, stderr } = await bench.run(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('    at ')
  })

  test.each([
    ['--json', 'list', '-n', '1'],
    ['-q', '--no-color', 'list'],
    ['--store', ':memory:', 'list'],
    ['--store=:memory:', 'ls'],
  ])('flags of every command may stand before it: %s %s %s', async (...args) => {
    const { status, stderr } = await bench.run(args)
    expect({ status, errors: stderr.includes('error') }).toEqual({ status: 0, errors: false })
  })

  test('a mistyped command behind such a flag is what the error is about', async () => {
    const { status, stderr } = await bench.run(['--json', 'lisen'])
    expect(status).toBe(EXIT.usage)
    expect(JSON.parse(stderr)).toMatchObject({ error: { message: "unknown command 'lisen'" } })
  })

  test('hostile arguments are shown harmlessly', async () => {
    const { stderr } = await bench.run(['show', '\x1b]0;owned\x07'])
    expect(stderr).not.toContain('\x1b')
  })

  test('with --json an error is one object on stderr', async () => {
    const { status, stderr } = await bench.run(['show', 'zzzz', '--json'])
    expect(status).toBe(1)
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string; next: string[] } }
    expect(error.code).toBe('no-such-request')
    expect(error.next).toEqual(['webhook-cli listen'])
  })
})

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s gets a script', async (shell) => {
    const { status, stdout } = await bench.run(['completion', shell])
    expect(status).toBe(0)
    expect(stdout).toContain('webhook-cli __complete --')
  })

  // Shells that a machine lacks are left out; bash is everywhere.
  test.for([
    [
      'bash',
      'eval "$1"; COMP_WORDS=(webhook-cli send str) COMP_CWORD=2; _webhook_cli; printf "%s\\n" "${COMPREPLY[@]}"',
    ],
    ['fish', 'eval $argv[2]; complete -C "webhook-cli send str"'],
  ] as const)(
    'in %s what webhook-cli offers comes without the files beside it',
    async ([shell, line], { skip }) => {
      skip(spawnSync(shell, ['-c', 'exit 0']).status !== 0)
      const { stdout: script } = await bench.run(['completion', shell])
      const folder = await mkdtemp(join(tmpdir(), 'webhook-cli-completion-'))
      onTestFinished(() => rm(folder, { recursive: true }))
      const command = '#!/bin/sh\n[ "$*" = "__complete -- send str" ] && printf "strava\\nstripe\\n"\n'
      await writeFile(join(folder, 'webhook-cli'), command, { mode: 0o755 })
      await writeFile(join(folder, 'strange.json'), '')
      const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env['PATH']}` }
      const { stdout } = spawnSync(shell, ['-c', line, 'sh', script], { cwd: folder, env, encoding: 'utf8' })
      expect(stdout.trim().split(/\s+/)).toEqual(['strava', 'stripe'])
    },
  )

  test.each([
    [['l'], ['listen', 'list']],
    [['listen', '--ready'], ['--ready-file']],
    [['show', '--cu'], ['--curl']],
    [['help', 'exi'], ['exit-codes']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['show', 'la'], ['last']],
    [['list', '--limit', ''], []],
    [['send', 'stri'], ['stripe']],
    [
      ['send', 'stripe', 'charge.'],
      ['charge.succeeded', 'charge.refunded'],
    ],
    [
      ['send', '--to', '3000', 'github', 'pu'],
      ['push', 'pull_request'],
    ],
    [['send', '--handshake', 'sl'], ['slack']],
    [['listen', '--secret', 'stri'], ['stripe=']],
    [['listen', '--provider', 'sho'], ['shopify']],
    [['providers', 'stra'], ['strava']],
    [['verify', 'la'], ['last']],
  ])('after %j come %j', async (words, expected) => {
    const { status, stdout } = await bench.run(['__complete', '--', ...words])
    expect(status).toBe(0)
    expect(stdout.split('\n').filter(Boolean)).toEqual(expected)
  })
})
