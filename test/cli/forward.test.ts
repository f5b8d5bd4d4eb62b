import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AppServer } from '../helpers/app-server.ts'
import { benchWithApps } from '../helpers/bench-with-apps.ts'
import { arrivedAt, freePort, jsonLines } from '../helpers/listening.ts'
import { post } from '../helpers/post.ts'
import { deferred } from '../helpers/test-receiver.ts'

const { app, bench, listening } = benchWithApps()
/** Captures requests with a listener that passes nothing on, or to a target that is given. */
async function captured(paths: readonly string[], args: readonly string[] = []): Promise<void> {
  const session = await listening([...args, '--json'])
  for (const path of paths) await post(session.port, { path, body: `body of ${path}` })
  await session.end()
}

const TTY = { columns: 100, env: { NO_COLOR: '1' } }
const urls = ({ received }: AppServer): string[] => received.map(({ url }) => url)
const undelivered = async (): Promise<string[]> => {
  const { stdout } = await bench.run(['list', '--undelivered', '--json'])
  return stdout.split('\n').filter(Boolean)
}

describe('--once', () => {
  test('delivers what was captured without a target, in order, and ends with 0', async () => {
    await captured(['/1', '/2?a=1', '/3'])
    const target = await app()
    const { status, stdout, stderr } = await bench.run([
      'forward',
      `${target.port}/in/`,
      '--once',
      '--concurrency',
      '1',
    ])
    expect(status).toBe(0)
    expect(urls(target)).toEqual(['/in/1', '/in/2?a=1', '/in/3'])
    expect(target.received[1]?.body.toString()).toBe('body of /2?a=1')
    expect(stdout.trim().split('\n')).toHaveLength(3)
    expect(stderr).toMatch(/3 delivered\n$/)
    expect(await undelivered()).toEqual([])
  })

  test('a second time there is nothing left to do', async () => {
    await captured(['/1'])
    const target = await app()
    for (const expected of [1, 0]) {
      const { status, stderr } = await bench.run(['forward', String(target.port), '--once'])
      expect([status, stderr]).toEqual([0, expect.stringMatching(`${expected} delivered\n$`)])
    }
    expect(urls(target)).toEqual(['/1'])
  })

  test('what is owed to a command that was typed otherwise before is told', async () => {
    await captured(['/1', '/2'])
    expect((await bench.run(['forward', '--exec', 'false wrong', '--once'])).status).toBe(5)
    const { status, stderr } = await bench.run(['forward', '--exec', 'true right', '--once'], TTY)
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^.*0 delivered +2 owed to other destinations/m),
    ])
    expect(stderr).toContain('$ webhook-cli list --undelivered')
  })

  test('a command that has given up is run again by the same command, and then nothing is owed', async () => {
    await captured(['/1', '/2'])
    const forward = ['forward', '--exec', 'sh -c "echo >> runs; test -e mended"', '--once']
    for (const runs of [2, 4]) {
      expect((await bench.run(forward)).status).toBe(5)
      expect(readFileSync(join(bench.home, 'runs'), 'utf8')).toHaveLength(runs)
    }
    writeFileSync(join(bench.home, 'mended'), '')
    for (const delivered of [2, 0]) {
      const { status, stderr } = await bench.run(forward)
      expect([status, stderr]).toEqual([0, expect.stringContaining(`\n${delivered} delivered\n`)])
    }
  })

  test('that nothing is left is said by list too, and where there is a filter only of what passes it', async () => {
    await captured(['/1'])
    const words = async (...flags: string[]): Promise<string> => {
      const { status, stdout, stderr } = await bench.run(['list', '--undelivered', ...flags], TTY)
      expect([status, stdout]).toEqual([0, ''])
      return stderr
    }
    expect(await words('--event', 'x')).toBe('none of 1 matches\n')
    await bench.run(['forward', String((await app()).port), '--once'])
    expect(await words()).toBe('nothing is left to deliver among the 1 kept\n')
    expect(await words('-n', '5')).toBe('nothing is left to deliver among the 1 kept\n')
    expect(await words('--event', 'x')).toBe('none of 1 matches\n')
  })

  test('what the app refuses is given up, listed, and ends it with 5', async () => {
    await captured(['/good', '/bad'])
    const target = await app(({ url }) => ({ status: url === '/bad' ? 500 : 200, body: 'TypeError: x\n' }))
    const run = await bench.run(['forward', String(target.port), '--once', '--backoff', '5ms,5ms'], TTY)
    expect(run.status).toBe(5)
    expect(urls(target).filter((url) => url === '/bad')).toHaveLength(3)
    expect(run.stdout).toMatch(/→ \w{4} +POST localhost:\d+\/bad +500 \d+ ms {2}given up \(attempt 3\)/)
    expect(run.stdout).toMatch(/TypeError: x/)
    expect(run.stderr).toMatch(/1 delivered +1 not delivered +\$ webhook-cli list --undelivered/)
    expect(await undelivered()).toHaveLength(1)
    // Asked for once more it is tried once more.
    const again = await app()
    expect((await bench.run(['forward', String(again.port), '--once'])).status).toBe(0)
    expect(urls(again)).toEqual(['/bad'])
  })

  test('a target that is down is told once, and ends it with 5', async () => {
    await captured(['/1', '/2', '/3'])
    const port = await freePort()
    const { status, stderr } = await bench.run(['forward', String(port), '--once', '--retries', '0'], TTY)
    expect(status).toBe(5)
    expect(stderr.match(/refused the connection\. Is the app running\?/g)).toHaveLength(1)
    expect(stderr).toMatch(/0 delivered +3 not delivered.*\n3 given up: localhost:\d+ stayed down\./)
    expect(await undelivered()).toHaveLength(3)
  })

  test('a target that stays down: what was given up, what is left for another time, and what to do is said', async () => {
    await captured(Array.from({ length: 20 }, (_, i) => `/${i}`))
    const port = await freePort()
    const args = [
      'forward',
      String(port),
      '--once',
      '--retries',
      '1',
      '--backoff',
      '1ms',
      '--concurrency',
      '1',
    ]
    const { status, stdout, stderr } = await bench.run(args, TTY)
    expect(status).toBe(5)
    expect(stdout.match(/✗ refused/g)).toHaveLength(2)
    expect(stderr).toMatch(/0 delivered +20 not delivered +\$ webhook-cli list --undelivered\n/)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `20 left for another time: localhost:${port} stayed down. Once it runs, the same command tries them again.`,
    )
    expect(stderr.split('\n').filter((line) => line.length > 100)).toEqual([])
    const target = await app(undefined, port)
    const again = await bench.run(args, TTY)
    expect(again.status).toBe(0)
    expect(again.stderr).toMatch(/20 delivered\n$/)
    expect(target.received).toHaveLength(20)
  })

  test('what a listener could not deliver goes where we say now', async () => {
    const down = await freePort()
    await captured(['/1', '/2'], [String(down)])
    const target = await app()
    expect((await bench.run(['forward', String(target.port), '--once'])).status).toBe(0)
    expect(urls(target).toSorted()).toEqual(['/1', '/2'])
  })

  test('what the app had accepted is not delivered again, whoever captured it', async () => {
    const first = await app()
    await captured(['/1'], [String(first.port)])
    const second = await app()
    expect((await bench.run(['forward', String(second.port), '--once'])).status).toBe(0)
    expect(urls(second)).toEqual([])
  })

  test('--json: a line for each attempt, and nothing else anywhere', async () => {
    await captured(['/1'])
    const target = await app()
    const { stdout, stderr } = await bench.run(['forward', String(target.port), '--once', '--json'])
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      type: 'delivery',
      cause: 'forward',
      target: `http://localhost:${target.port}/1`,
      attempt: 1,
      outcome: { kind: 'response', status: 200 },
    })
    expect(stderr).toBe('')
  })

  test('-q tells only what failed', async () => {
    await captured(['/good', '/bad'])
    const target = await app(({ url }) => ({ status: url === '/bad' ? 400 : 200 }))
    const { stdout } = await bench.run(['forward', String(target.port), '--once', '-q', '--retries', '0'])
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stdout).toContain('/bad\t400\t')
  })

  test('--on-invalid reject leaves bad signatures where they are', async () => {
    const session = await listening(['--secret', 'github=abc', '--json'])
    const headers = ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`]
    await post(session.port, { path: '/forged', headers, body: '{}' })
    await post(session.port, { path: '/plain', body: '{}' })
    await session.end()
    const target = await app()
    await bench.run(['forward', String(target.port), '--once', '--on-invalid', 'reject'])
    expect(urls(target)).toEqual(['/plain'])
  })

  test('routes decide here too', async () => {
    await captured(['/a/1', '/b/1', '/c/1'])
    const [a, rest] = [await app(), await app()]
    const { status } = await bench.run([
      'forward',
      '--route',
      `path:/a/** -> ${a.port}`,
      '--route',
      `where:request.path == "/b/1" -> ${rest.port}/from-b`,
      '--once',
    ])
    expect(status).toBe(0)
    expect([urls(a), urls(rest)]).toEqual([['/a/1'], ['/from-b']])
    expect(await undelivered()).toHaveLength(1)
  })

  test('without a target: 2, and how it is used', async () => {
    const { status, stderr } = await bench.run(['forward', '--once'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/forward where to\?[\s\S]*webhook-cli forward 3000/)
  })

  test.each([100, 60])('at %i columns no line is wider than the terminal', async (columns) => {
    await captured(['/good', `/bad/${'long/'.repeat(40)}`])
    const target = await app(({ url }) => ({
      status: url.startsWith('/bad') ? 500 : 200,
      body: `\x1b[31m${'broken '.repeat(60)}`,
    }))
    const { stdout, stderr } = await bench.run(
      ['forward', String(target.port), '--once', '--backoff', '5ms', '--exec', 'true'],
      { columns, env: { NO_COLOR: '1' } },
    )
    const lines = `${stdout}${stderr}`.split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(stdout + stderr).not.toContain('\x1b')
  })
})

describe('as a worker', () => {
  test('follows a listener: delivers what is captured while it runs, and dies by its interrupt', async () => {
    const target = await app()
    const listener = await listening(['--json'])
    await post(listener.port, { path: '/before' })
    const worker = bench.start(['forward', String(target.port)], TTY)
    await arrivedAt(target, 1)
    await post(listener.port, { path: '/while' })
    await arrivedAt(target, 2)
    await worker.stdout.until(/while/)
    worker.interrupt()
    expect(await worker.status).toBe(130)
    expect(worker.stderr.text()).toMatch(/➜ {2}http:\/\/localhost:\d+\/ +from ~\/.*requests\.db\n/)
    expect(worker.stderr.text()).toMatch(/ {2}2 delivered\n$/)
    await listener.end()
    expect(urls(target)).toEqual(['/before', '/while'])
  })

  test('two of them and a listener share the work: every request arrives once', async () => {
    const paths = Array.from({ length: 60 }, (_, i) => `/${i}`)
    await captured(paths)
    const target = await app()
    const one = bench.start(['forward', String(target.port), '--json', '--concurrency', '3'])
    const two = bench.start(['forward', String(target.port), '--json', '--concurrency', '3'])
    await arrivedAt(target, 60)
    while (jsonLines(one).length + jsonLines(two).length < 60)
      await new Promise((resolve) => setImmediate(resolve))
    for (const worker of [one, two]) {
      worker.interrupt()
      await worker.status
    }
    expect(urls(target).toSorted()).toEqual(paths.toSorted())
    expect(await undelivered()).toEqual([])
  })

  test('told to stop, it lets what is under way finish and leaves the rest as it was', async () => {
    await captured(['/1', '/2'])
    const held = deferred<{ status: number }>()
    const target = await app(() => held.promise)
    const worker = bench.start(['forward', String(target.port), '--concurrency', '1'], TTY)
    await arrivedAt(target, 1)
    worker.interrupt()
    expect(worker.stderr.text()).toMatch(/finishing 1 in flight. Ctrl-C again to stop at once\n$/)
    held.resolve({ status: 200 })
    expect(await worker.status).toBe(130)
    expect(urls(target)).toEqual(['/1'])
    expect(await undelivered()).toHaveLength(1)
  })

  test('where the target comes back it is said, and all is delivered', async () => {
    await captured(['/1', '/2', '/3'])
    const port = await freePort()
    const worker = bench.start(['forward', String(port), '--backoff', '20ms', '--retries', '1000'], TTY)
    await worker.stderr.until(/refused/)
    const target = await app(undefined, port)
    await arrivedAt(target, 3)
    await worker.stderr.until(/answers again/)
    await worker.stdout.until(/(?:200 [\s\S]*){3}/)
    worker.interrupt()
    await worker.status
    expect(worker.stderr.text()).toMatch(/3 delivered\n$/)
    expect(await undelivered()).toEqual([])
  })
})
