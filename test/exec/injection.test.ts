import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { WEBHOOK_VARIABLES } from '../../src/exec/environment.ts'
import { BASE, execution, executor, inParallel } from './runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'webhook-exec-'))
afterAll(() => rmSync(folder, { recursive: true }))
const MARKER = join(folder, 'marker')
const WITHIN = { timeoutMs: 20_000 }

/** Ways to make a shell, a template or an option parser run `touch` or take data for words. */
const FORMS: readonly ((command: string) => string)[] = [
  (run) => `$(${run})`,
  (run) => `\`${run}\``,
  (run) => `; ${run} ;`,
  (run) => `| ${run}`,
  (run) => `& ${run} &`,
  (run) => `&& ${run}`,
  (run) => `|| ${run}`,
  (run) => `\n${run}\n`,
  (run) => `\r\n${run}\r\n`,
  (run) => `%0a${run}%0a`,
  (run) => `"; ${run}; "`,
  (run) => `'; ${run}; '`,
  (run) => `'$(${run})'`,
  (run) => `"$(${run})"`,
  (run) => run.replaceAll(' ', '${IFS}'),
  (run) => `$(${run.replaceAll(' ', '${IFS}')})`,
  (run) => `{${run.replaceAll(' ', ',')}}`,
  (run) => `<(${run})`,
  (run) => `>${run.split(' ')[1]}`,
  (run) => `() { :;}; ${run}`,
  (run) => `$((a[$(${run})]))`,
  (run) => `{{${run}}}`,
  (run) => `#{${run}}`,
  (run) => `\${${run}}`,
  (run) => `^& ${run}`,
  (run) => `%COMSPEC% /c ${run}`,
  (run) => `!${run}!`,
  (run) => `--help; ${run}`,
  (run) => `-c ${run}`,
  (run) => `\\$(${run})`,
  (run) => `\x1b]0;${run}\x07`,
  (run) => `$'\\x3b' ${run}`,
  (run) => `\0; ${run}`,
  (run) => `*?[a-z] ~ ${run}`,
]
/** The variables that a request has a say in, in the order that the commands below print them. */
const TOLD = [
  'METHOD',
  'TARGET',
  'PROVIDER',
  'EVENT',
  'EVENT_ID',
  'CONTENT_TYPE',
  'REMOTE_ADDRESS',
  'HEADERS',
]

/** A request with a payload in one of its parts, and what its command should see of it. */
function attack(i: number): {
  parts: Parameters<typeof execution>[0]
  seen: readonly string[]
  body: Buffer
} {
  const payload = FORMS[i % FORMS.length]?.(`touch ${MARKER}`) ?? ''
  const at = (place: number): string => (Math.floor(i / FORMS.length) === place ? payload : `plain ${i}`)
  const [method, target, provider, event, deliveryId, type, remoteAddress] = Array.from(
    { length: 7 },
    (_, place) => at(place),
  ) as [string, string, string, string, string, string, string]
  const headers = [
    ['Content-Type', type],
    [at(7), 'x'],
  ] as const
  const body = Buffer.from(at(8))
  const seen = [method, target, provider, event, deliveryId, type, remoteAddress, JSON.stringify(headers)]
  return {
    parts: {
      identity: { provider, event, deliveryId },
      request: { method, target, headers, remoteAddress, body },
    },
    seen: seen.map((value) => value.replaceAll('\0', '')),
    body,
  }
}

describe('R-EXE-1: nothing that was sent becomes part of a command', () => {
  const COUNT = FORMS.length * 9
  const VARIABLES = TOLD.map((name) => `"$WEBHOOK_${name}"`).join(' ')
  const SHOW = `printf '%s\\0' "$#" "$@" ${VARIABLES}; cat`

  test.each([
    { name: 'a program', shell: false, command: ['sh', '-c', SHOW, 'sh', '$(date) "a b"', '*', '--'] },
    { name: 'a line for the shell', shell: true, command: [`set -- 'a b' --; ${SHOW}`] },
  ])('$name: the same words each time, the data on stdin and in variables', async ({ shell, command }) => {
    const runner = executor()
    const words = shell ? ['2', 'a b', '--'] : ['3', '$(date) "a b"', '*', '--']
    await inParallel(COUNT, 4, async (i) => {
      const { parts, seen, body } = attack(i)
      const { outcome } = await runner.run(execution({ ...parts, command, shell }), WITHIN)
      const texts = [...words, ...seen].map((text) => `${text}\0`).join('')
      expect(Buffer.from(outcome.output).toString()).toBe(texts + body.toString())
      expect(outcome.status).toBe(0)
    })
    expect(existsSync(MARKER)).toBe(false)
    console.log(`R-EXE-1: ${COUNT} payloads, ${shell ? 'shell' : 'argv'}: marker never made, words identical`)
  })

  test('the check would see it: a shell that is given the payload makes the marker', async () => {
    await executor().run(execution({ command: [FORMS[0]?.(`touch ${MARKER}`) ?? ''], shell: true }), WITHIN)
    expect(existsSync(MARKER)).toBe(true)
    rmSync(MARKER)
  })
})

describe('R-EXE-2: no variable gets its name, and none too much, from a request', () => {
  const ALLOWED = new Set([
    ...Object.keys(BASE),
    ...WEBHOOK_VARIABLES,
    ...WEBHOOK_VARIABLES.map((name) => `${name}_TRUNCATED`),
  ])

  async function environmentWith(parts: Parameters<typeof execution>[0]): Promise<Map<string, string>> {
    const { outcome } = await executor().run(execution({ ...parts, command: ['env', '-0'] }), WITHIN)
    expect(outcome.status).toBe(0)
    const pairs = Buffer.from(outcome.output).toString().split('\0').filter(Boolean)
    return new Map(
      pairs.map((pair) => {
        const at = pair.indexOf('=')
        return [pair.slice(0, at), pair.slice(at + 1)]
      }),
    )
  }

  test('what a request is, under fixed names', async () => {
    const variables = await environmentWith({
      identity: { provider: 'github', event: 'push', deliveryId: 'd-1' },
      verdict: { status: 'valid', provider: 'github' },
      attempt: 3,
      request: {
        target: '/a/b?c=d',
        remoteAddress: '127.0.0.1',
        headers: [['Content-Type', 'application/json']],
        body: Buffer.from('{}'),
      },
    })
    for (const name of Object.keys(BASE)) variables.delete(name)
    expect(Object.fromEntries(variables)).toEqual({
      WEBHOOK_ID: 'abcdefgh',
      WEBHOOK_METHOD: 'POST',
      WEBHOOK_TARGET: '/a/b?c=d',
      WEBHOOK_PATH: '/a/b',
      WEBHOOK_QUERY: 'c=d',
      WEBHOOK_PROVIDER: 'github',
      WEBHOOK_EVENT: 'push',
      WEBHOOK_EVENT_ID: 'd-1',
      WEBHOOK_SIGNATURE: 'valid',
      WEBHOOK_CONTENT_TYPE: 'application/json',
      WEBHOOK_REMOTE_ADDRESS: '127.0.0.1',
      WEBHOOK_RECEIVED_AT: '2026-01-02T03:04:05.000Z',
      WEBHOOK_SIZE: '2',
      WEBHOOK_ATTEMPT: '3',
      WEBHOOK_HEADERS: '[["Content-Type","application/json"]]',
    })
  })

  const HOSTILE = [
    'x-ld-preload',
    'LD_PRELOAD',
    'path',
    'PATH',
    'NODE_OPTIONS',
    'BASH_ENV',
    'ENV',
    'IFS',
    'shellshock () { :;}',
    'BASH_FUNC_ls%%',
    'WEBHOOK_ID',
    'webhook-id',
    '__proto__',
    'constructor',
    'a=b',
    '',
  ]

  test.each([
    ['as header names', { headers: HOSTILE.map((name) => [name, '/tmp/evil.so'] as const) }],
    [
      'NUL in every value',
      { method: 'PO\0ST', target: '/a\0LD_PRELOAD=x', headers: [['a\0b', '\0']] as const },
    ],
    ['10 MB of headers', { headers: HOSTILE.map((name) => [name, 'x'.repeat(10_000_000 / 16)] as const) }],
    ['a target of 3 MB', { target: `/${'é'.repeat(1_500_000)}?${'q'.repeat(40_000)}` }],
    ['a 10 MB body', { body: Buffer.alloc(10_000_000, 'LD_PRELOAD=x\0') }],
    ['a time that no calendar has', { receivedAt: 1e300 }],
  ])('%s: only allowed names, and the command runs', async (_, request) => {
    const variables = await environmentWith({ request })
    expect([...variables.keys()].filter((name) => !ALLOWED.has(name))).toEqual([])
    for (const [name, value] of Object.entries(BASE)) expect(variables.get(name)).toBe(value)
    expect(variables.get('WEBHOOK_ID')).toBe('abcdefgh')
    const longest = Math.max(...Array.from(variables.values(), (value) => Buffer.byteLength(value)))
    expect(longest).toBeLessThanOrEqual(32_768)
  })

  test('a value over 32 KiB is left out and said to be; at 32 KiB it is whole', async () => {
    const fits = await environmentWith({ request: { target: `/${'x'.repeat(32_767)}` } })
    expect(fits.get('WEBHOOK_TARGET')).toHaveLength(32_768)
    expect(fits.has('WEBHOOK_TARGET_TRUNCATED')).toBe(false)
    const over = await environmentWith({ request: { target: `/${'x'.repeat(32_768)}` } })
    expect(over.has('WEBHOOK_TARGET')).toBe(false)
    expect(over.get('WEBHOOK_TARGET_TRUNCATED')).toBe('1')
    expect(over.get('WEBHOOK_METHOD')).toBe('POST')
  })
})
