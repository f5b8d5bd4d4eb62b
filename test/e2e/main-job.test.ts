import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exchange, post } from '../helpers/post.ts'
import { BIN, createHome, NODE, runCli, spawnCli, startListen } from '../helpers/spawn.ts'

let home: string
let remove: () => void
beforeEach(() => {
  ;({ home, remove } = createHome())
})
afterEach(() => remove())

const lines = (bytes: Buffer): Record<string, unknown>[] =>
  bytes
    .toString('utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('from an empty HOME: a binary body, duplicate headers and an odd target come back identical', async () => {
  const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const listening = await startListen([], { home })
  const head = `POST //evil.test/a%2Fb?x=1&x=2 HTTP/1.1\r\nHOST: odd\r\nX-One: 1\r\nx-one: two\r\nX-Obs: \xff\xfe\r\nConnection: close\r\nContent-Length: 256\r\n\r\n`
  const answer = await exchange(listening.port, Buffer.concat([Buffer.from(head, 'latin1'), body]))
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"ok":true\}$/)
  listening.child.kill('SIGTERM')
  expect(await listening.ended).toEqual({ code: 0, signal: null })

  const [shown] = lines((await runCli(['show', 'last', '--json'], { home })).stdout)
  expect(shown).toMatchObject({
    target: '//evil.test/a%2Fb?x=1&x=2',
    headers: [
      ['HOST', 'odd'],
      ['X-One', '1'],
      ['x-one', 'two'],
      ['X-Obs', 'ÿþ'],
      ['Connection', 'close'],
      ['Content-Length', '256'],
    ],
    body: { size: 256, encoding: 'base64', data: body.toString('base64') },
  })
  expect((await runCli(['show', 'last', '--raw'], { home })).stdout).toEqual(body)

  const folder = join(home, '.local/state/webhook-cli')
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder))
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600])
  expect((await runCli(['help', 'paths'], { home })).stdout.toString()).toContain(join(folder, 'requests.db'))
})

describe('signals', () => {
  test('SIGINT drains what is in flight, tells the summary and dies by SIGINT', async () => {
    const listening = await startListen([], { home })
    const body = 'x'.repeat(1000)
    const late = slowly(listening.port, body)
    await late.begun
    listening.child.kill('SIGINT')
    late.finish()
    expect(await late.answer).toMatch(/^HTTP\/1\.1 200/)
    expect(await listening.ended).toEqual({ code: null, signal: 'SIGINT' })
    const last = lines(listening.stdout()).at(-1)
    expect(last).toMatchObject({ type: 'stopped', captured: 1 })
  })

  test('a second SIGINT ends it at once', async () => {
    const listening = spawnCli(['listen', '--port', '0'], { home })
    const banner = await listening.until('stderr', /http:\/\/localhost:\d+\//)
    const late = slowly(Number(/localhost:(\d+)/.exec(banner)?.[1]), 'never finished')
    await late.begun
    listening.child.kill('SIGINT')
    await listening.until('stderr', /finishing 1 in flight. Ctrl-C again to stop at once/)
    // One that comes within a tenth of a second is a copy of the first.
    const presses = setInterval(() => listening.child.kill('SIGINT'), 50)
    void listening.ended.then(() => clearInterval(presses))
    expect(await listening.ended).toEqual({ code: null, signal: 'SIGINT' })
    await late.answer.catch(() => {})
  })

  test('SIGTERM drains and ends with 0', async () => {
    const listening = await startListen([], { home })
    expect((await post(listening.port)).status).toBe(200)
    listening.child.kill('SIGTERM')
    expect(await listening.ended).toEqual({ code: 0, signal: null })
  })
})

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** A request whose head and first half are on the wire; `finish` sends the rest. */
function slowly(
  port: number,
  body: string,
): { begun: Promise<void>; answer: Promise<string>; finish(): void } {
  const half = Math.floor(body.length / 2)
  let begin: () => void
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  let finish: () => void = () => {}
  const answer = new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      // `100 Continue` tells that the head has been read, so the request is in flight by then.
      socket.write(
        `POST /slow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
      )
    })
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!text.startsWith(CONTINUE)) return
      text = text.slice(CONTINUE.length)
      socket.write(body.slice(0, half), () => begin())
    })
    finish = () => socket.write(body.slice(half))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
  return { begun, answer, finish: () => finish() }
}

describe('pipes', () => {
  test('list | head -1 ends with 0 and no stack', async () => {
    const listening = await startListen([], { home })
    for (let i = 0; i < 50; i++) await post(listening.port, { path: `/${'x'.repeat(3000)}` })
    listening.child.kill('SIGTERM')
    await listening.ended
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', `"$1" "$2" list -n 50 | head -1; echo "status \${PIPESTATUS[0]}"`, 'bash', NODE, BIN],
      {
        env: { HOME: home, PATH: process.env['PATH'] ?? '' },
        encoding: 'utf8',
      },
    )
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toHaveLength(2)
    expect(stdout).toContain('status 0')
  })

  test('listen --json first prints ready', async () => {
    const listening = await startListen(['--count', '1'], { home })
    await post(listening.port)
    await listening.ended
    expect(lines(listening.stdout()).map(({ type }) => type)).toEqual(['ready', 'request', 'stopped'])
  })
})

test('a second listener on the port is exit 1 with its holder named', async () => {
  const first = await startListen([], { home })
  const second = await runCli(['listen', '--port', String(first.port)], { home })
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`port ${first.port} is already in use`)
  if (process.platform === 'linux') expect(second.stderr).toContain(`(pid ${first.child.pid})`)
  first.child.kill('SIGTERM')
  await first.ended
})

test('help, version, usage errors and an empty list from the real executable', async () => {
  for (const args of [[], ['-h'], ['--help'], ['help'], ['help', 'listen'], ['listen', '-h']]) {
    const { code, stdout, stderr } = await runCli(args, { home })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(
      stdout
        .toString()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([])
  }
  expect((await runCli(['--version'], { home })).stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(await runCli(['lisen'], { home })).toMatchObject({ code: 2, stdout: Buffer.alloc(0) })
  expect(await runCli(['list'], { home })).toMatchObject({ code: 0, stderr: 'nothing captured yet\n' })
})

test('bad flags and a busy port leave no file behind', async () => {
  expect((await runCli(['listen', '--port', 'x'], { home })).code).toBe(2)
  expect(existsSync(join(home, '.local'))).toBe(false)
})

test('bodies of all sizes come back with the same sha256', async () => {
  const listening = await startListen([], { home })
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const sent: string[] = []
  for (const size of [0, 1, 1023, 65_536, 1_000_003, 26_214_400]) {
    const body = Buffer.alloc(size, `${size}-\u0000-ÿ`)
    sent.unshift(hash(body))
    expect((await post(listening.port, { body })).status).toBe(200)
  }
  listening.child.kill('SIGTERM')
  await listening.ended
  for (const [back, expected] of sent.entries()) {
    expect(hash((await runCli(['show', `last~${back}`, '--raw'], { home })).stdout)).toBe(expected)
  }
})
