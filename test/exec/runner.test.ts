import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { CommandOutcome } from '../../src/core/delivery.ts'
import type { Executor } from '../../src/core/ports.ts'
import { invocationOf } from '../../src/exec/invocation.ts'
import { execution, executor, hurried, inParallel, processesWith } from './runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'webhook-exec-'))
afterAll(() => rmSync(folder, { recursive: true }))
const WITHIN = { timeoutMs: 20_000 }
const BODY = Buffer.alloc(200_000, 'b')

async function outcomeOf(runner: Executor, line: string, timeoutMs = 20_000): Promise<CommandOutcome> {
  const { outcome } = await runner.run(execution({ command: [line], shell: true }), { timeoutMs })
  return outcome
}

test('the body is on stdin, both streams are kept, and the status is the command’s own', async () => {
  const { outcome, startedAt, durationMs } = await executor().run(
    execution({ command: ['sh', '-c', 'wc -c; echo oops >&2; exit 7'], request: { body: BODY } }),
    WITHIN,
  )
  expect(outcome).toMatchObject({ kind: 'exit', status: 7, timedOut: false, outputSize: 12 })
  expect(Buffer.from(outcome.output).toString()).toBe('200000\noops\n')
  expect(startedAt).toBeGreaterThan(Date.UTC(2026))
  expect(durationMs).toBeGreaterThan(0)
})

describe('R-EXE-3: the whole process group ends', () => {
  /** A number of seconds that no other process sleeps: its own, and recognisable. */
  const asleep = (n: number): string => `${100_000 + n}.${process.pid}`

  test.each([
    ['two at once', 0, (sleep: string) => `sleep ${sleep} & sleep ${sleep}`],
    [
      'deaf to SIGTERM',
      1,
      (sleep: string) => `trap '' TERM; sleep ${sleep} & sleep ${sleep}; sleep ${sleep}`,
    ],
    ['with a shell within a shell', 2, (sleep: string) => `sh -c "sh -c 'sleep ${sleep}; :' & wait"`],
  ])('when its time is up: %s', async (_, n, line) => {
    const sleep = asleep(n)
    const runner = executor(hurried(10))
    const running = outcomeOf(runner, line(sleep), 10_000)
    await expect.poll(() => processesWith(sleep).length).toBeGreaterThan(0)
    expect(await running).toMatchObject({ status: n === 1 ? 'SIGKILL' : 'SIGTERM', timedOut: true })
    await expect.poll(() => processesWith(sleep)).toEqual([])
  })

  test('when it leaves some behind, which may hold its streams or not', async () => {
    const sleep = asleep(3)
    const runner = executor(hurried(10))
    const line = `sleep ${sleep} & sleep ${sleep} >/dev/null 2>&1 & exit 0`
    expect(await outcomeOf(runner, line)).toMatchObject({ status: 0, timedOut: false })
    await expect.poll(() => processesWith(sleep)).toEqual([])
  })

  test('what ends a little later than the command is heard to its end', async () => {
    const outcome = await outcomeOf(executor(), '(read line; echo late) & exit 0')
    expect(Buffer.from(outcome.output).toString()).toBe('late\n')
  })

  test('when one signal stops forty', async () => {
    const sleep = asleep(4)
    const stop = new AbortController()
    const warnings: string[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', onWarning)
    const runner = executor()
    const all = inParallel(40, 40, () =>
      runner.run(execution({ command: ['sleep', sleep] }), { ...WITHIN, signal: stop.signal }),
    )
    await expect.poll(() => processesWith(sleep).length, { timeout: 10_000 }).toBe(40)
    stop.abort()
    const statuses = (await all).map(({ outcome }) => outcome.status)
    expect(new Set(statuses)).toEqual(new Set(['SIGTERM']))
    expect(processesWith(sleep)).toEqual([])
    const late = await runner.run(execution({}), { ...WITHIN, signal: stop.signal })
    expect(late.outcome).toMatchObject({ status: 'INTERRUPTED', timedOut: false })
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    console.log('R-EXE-3: 5 kinds of groups ended, 0 processes left; 40 stopped by one signal')
  })

  test('a command that answers the end of its time with status 0 has not done its work', async () => {
    const outcome = await outcomeOf(
      executor(hurried(10)),
      "trap 'exit 0' TERM; while :; do sleep 0.01; done",
      5000,
    )
    expect(outcome).toMatchObject({ status: 'SIGTERM', timedOut: true })
  })
})

describe('R-EXE-4: misbehaving commands are results like others', () => {
  const locked = join(folder, 'locked')
  writeFileSync(locked, '#!/bin/sh\n')
  chmodSync(locked, 0o644)

  const MISBEHAVIOUR: Readonly<Record<string, readonly [command: readonly string[], expected: object]>> = {
    'ends without reading its stdin': [['true'], { status: 0 }],
    fails: [['false'], { status: 1 }],
    'closes its stdin and goes on': [['sh', '-c', 'exec <&-; exit 3'], { status: 3 }],
    'closes all its streams': [['sh', '-c', 'exec <&- >&- 2>&-; exit 4'], { status: 4 }],
    'writes more than is kept': [
      ['head', '-c', '1100000', '/dev/zero'],
      { status: 0, outputSize: 1_100_000 },
    ],
    'writes without end': [['cat', '/dev/zero'], { status: 'SIGTERM', timedOut: true }],
    'never ends': [['sleep', '1000'], { status: 'SIGTERM', timedOut: true }],
    // On a busy machine its time is up before it has shut its ears.
    'is deaf to SIGTERM': [
      ['sh', '-c', 'trap "" TERM; sleep 1000; :'],
      { status: expect.stringMatching(/^SIG(?:KILL|TERM)$/), timedOut: true },
    ],
    'kills itself': [['sh', '-c', 'kill -9 $$'], { status: 'SIGKILL', timedOut: false }],
    crashes: [['sh', '-c', 'ulimit -c 0; kill -SEGV $$'], { status: 'SIGSEGV' }],
    'does not exist': [['./no-such-command'], { status: 'ENOENT' }],
    'may not be run': [[locked], { status: 'EACCES' }],
    'has a NUL in its name': [['tr\0ue'], { status: 'ERR_INVALID_ARG_VALUE' }],
  }

  test('thirteen of them, 200 events each way', { timeout: 120_000 }, async () => {
    const runner = executor(hurried(10))
    const kinds = Object.entries(MISBEHAVIOUR)
    const began = performance.now()
    const before = process.memoryUsage().rss
    await inParallel(kinds.length * 200, 24, async (i) => {
      const [name, [command, expected]] = kinds[i % kinds.length] ?? ['', [[], {}]]
      const timeoutMs = 'timedOut' in expected && expected.timedOut === true ? 500 : 500_000
      const { outcome } = await runner.run(execution({ command, request: { body: BODY } }), { timeoutMs })
      const { output, ...others } = outcome
      expect({ name, ...others }).toMatchObject({ name, kind: 'exit', ...expected })
      expect(output.byteLength).toBe(Math.min(outcome.outputSize, 1_048_576))
    })
    const seconds = (performance.now() - began) / 1000
    const grown = (process.memoryUsage().rss - before) / 1e6
    console.log(
      `R-EXE-4: ${kinds.length} misbehaving commands x 200 events in ${seconds.toFixed(1)} s, RSS +${grown.toFixed(0)} MB`,
    )
    expect(grown).toBeLessThan(150)
    expect((await runner.run(execution({}), WITHIN)).outcome.status).toBe(0)
  })

  test('without file descriptors, and again with them', () => {
    const script = join(import.meta.dirname, 'descriptors.mjs')
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `ulimit -n 64; exec "${process.execPath}" "${script}"`],
      {
        encoding: 'utf8',
      },
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('without: EMFILE x 200; with: 0 x 200\n')
    console.log(`R-EXE-4: ${stdout.trim()}`)
  })
})

describe('R-EXE-6: how a command is started', () => {
  test.each(['build.bat', 'C:\\x\\BUILD.CMD', 'a.cmd.', 'a.bat  ', 'a.bat. .', 'a.bat::$DATA'])(
    'on Windows the batch file %j needs a shell',
    (file) => {
      expect(invocationOf([file, 'a & calc'], false, 'win32', {})).toBe('NEEDS_SHELL')
      expect(invocationOf([file], false, 'linux', {})).toEqual({ file, args: [], verbatim: false })
    },
  )

  test.each(['node', 'node.exe', 'a.bat.exe', 'cmd', 'bat', 'x.command'])(
    'on Windows %j does not',
    (file) => {
      expect(invocationOf([file, '%PATH%'], false, 'win32', {})).toEqual({
        file,
        args: ['%PATH%'],
        verbatim: false,
      })
    },
  )

  test('a line for the shell is one argument of the system’s own', () => {
    const line = 'npm run build && echo "ok"'
    expect(invocationOf([line], true, 'linux', {})).toEqual({
      file: '/bin/sh',
      args: ['-c', line],
      verbatim: false,
    })
    expect(invocationOf([line], true, 'win32', { ComSpec: 'C:\\cmd.exe' })).toEqual({
      file: 'C:\\cmd.exe',
      args: ['/d', '/s', '/c', `"${line}"`],
      verbatim: true,
    })
  })

  test('a batch file is recorded, and nothing is started', async () => {
    const { openExecutor } = await import('../../src/exec/runner.ts')
    const { systemClock } = await import('../../src/ui/io.ts')
    const runner = openExecutor({
      clock: systemClock,
      platform: 'win32',
      cwd: folder,
      env: {},
      kill: () => {},
      groups: new Set(),
    })
    const { outcome } = await runner.run(execution({ command: ['build.bat'] }), WITHIN)
    expect(outcome).toMatchObject({ status: 'NEEDS_SHELL', outputSize: 0 })
  })
})
