import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bench, Session } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { exchange, post } from '../helpers/post.ts'
import { FORBIDDEN } from '../ui/hostile.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

async function listening(
  args: readonly string[] = [],
  options: Parameters<Bench['start']>[1] = {},
): Promise<Session & { readonly port: number }> {
  const session = bench.start(['listen', '--port', '0', ...args], options)
  const text = args.includes('--json')
    ? await session.stdout.until(/"type":"ready"/)
    : await session.stderr.until(/https?:\/\/[^\s]+:\d+\//)
  return { ...session, port: Number(/https?:\/\/[^\s"]+:(\d+)\//.exec(text)?.[1]) }
}

async function ended(session: Session): Promise<number> {
  session.interrupt()
  return session.status
}

/** Newest first. */
async function listedPaths(): Promise<(string | undefined)[]> {
  const { stdout } = await bench.run(['list'])
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[3])
}

describe('on a terminal', () => {
  test('the banner tells where, and the summary what; data alone is on stdout', async () => {
    const session = await listening([], { columns: 100, env: { NO_COLOR: '1' } })
    const { stderr } = session
    expect(stderr.text()).toMatch(/webhook-cli 0\.0\.0-test {3}ready in \d/)
    expect(stderr.text()).toMatch(/➜ {2}Endpoint +http:\/\/localhost:\d+\/ +any path, any method\n/)
    expect(stderr.text()).toMatch(/➜ {2}Store +~\/\.local\/state\/webhook-cli\/requests\.db +0 kept\n/)
    expect(session.stdout.text()).toBe('')

    await post(session.port, {
      path: '/hooks',
      headers: ['Content-Type', 'application/json'],
      body: '{"event":"user_registered"}',
    })
    await session.stdout.until(/user_registered/)
    expect(await ended(session)).toBe(130)
    expect(stderr.text()).toMatch(/stopped after .* 1 captured/)
    expect(session.stdout.text().trim().split('\n')).toHaveLength(1)
  })

  test('q and Enter ends it with 0; s shows the last request', async () => {
    const session = await listening([], { columns: 80 })
    await post(session.port, { path: '/first', body: 'hello' })
    await session.stdout.until(/first/)
    session.type('s')
    await session.stdout.until(/Body[\s\S]*hello/)
    session.type('q')
    expect(await session.status).toBe(0)
  })

  test.each([100, 80, 60, 40])('at %i columns no line is wider than the terminal', async (columns) => {
    const session = await listening([], { columns, env: { NO_COLOR: '1' } })
    await post(session.port, {
      path: `/a/${'long/'.repeat(60)}`,
      body: JSON.stringify({ event: `e${'x'.repeat(200)}` }),
      headers: ['Content-Type', 'application/json'],
    })
    await session.stdout.until(/\/a\/[\s\S]*\n$/)
    await ended(session)
    const lines = session.stdout.text().split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(session.stdout.text()).not.toContain('\x1b')
  })

  test('where the locale is not UTF-8, what we say is ASCII', async () => {
    const session = await listening([], { columns: 100, env: { NO_COLOR: '1', LANG: 'C' } })
    await session.stderr.until(/Keys .*\n/)
    await ended(session)
    expect(session.stderr.text()).toMatch(/Keys {6}r Enter replay last - s Enter/)
    expect(session.stderr.text()).toMatch(/^[\x20-\x7e\n]*$/)
  })
})

describe('in a pipe', () => {
  test('each request is one line of tab-separated facts, nothing cut', async () => {
    const session = await listening()
    const path = `/a/${'long/'.repeat(60)}?q=1`
    await post(session.port, { method: 'PUT', path, body: '12345' })
    const text = await session.stdout.until(/\n/)
    const [id, at, method, target, event, size, verdict] = text.trim().split('\t')
    expect(id).toMatch(/^[a-z2-9]{8}$/)
    expect(new Date(at ?? '').toISOString()).toBe(at)
    expect([method, target, event, size, verdict]).toEqual(['PUT', path, '', '5', 'unsigned'])
    await ended(session)
  })

  test('R-TTY-1: --json has nothing that acts on a terminal, and means what was sent', async () => {
    const hostile = 'a\x7f\x9b2J\u202e\u2028b'
    const session = await listening(['--json'])
    await post(session.port, { headers: ['X-Evil', '\x9b31m'], body: hostile })
    await session.stdout.until(/"type":"request"/)
    await ended(session)
    const listed = await bench.run(['list', '--json', '--bodies'])
    const shown = await bench.run(['show', 'last', '--json'])
    const texts = [session.stdout.text().split('\n')[1] ?? '', listed.stdout, shown.stdout]
    for (const text of texts) {
      expect(text).not.toMatch(FORBIDDEN)
      const { headers, body } = JSON.parse(text) as { headers: string[][]; body: { data: string } }
      expect(body.data).toBe(hostile)
      expect(headers).toContainEqual(['X-Evil', '\x9b31m'])
    }
  })

  test('--json begins with ready, ends with stopped, and has the body in between', async () => {
    const session = await listening(['--json'])
    await post(session.port, { path: '/x', body: Buffer.from([0xff, 0x00, 0x7b, 0xc3, 0x28]) })
    await session.stdout.until(/"type":"request"/)
    await ended(session)
    const [ready, request, stopped] = session.stdout
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(ready).toMatchObject({ v: 1, type: 'ready', endpoint: `http://localhost:${session.port}/` })
    expect(request).toMatchObject({
      v: 1,
      type: 'request',
      target: '/x',
      body: { size: 5, encoding: 'base64', data: '/wB7wyg=' },
    })
    expect(stopped).toMatchObject({ v: 1, type: 'stopped', captured: 1, invalid: 0 })
    expect(session.stderr.text()).toBe('')
  })

  test('-q prints neither banner nor requests that went well', async () => {
    const session = bench.start(['listen', '--port', '0', '-q', '--ready-file', 'ready.json'])
    const port = await portFrom(join(bench.home, 'ready.json'))
    await post(port)
    await ended(session)
    expect(session.stdout.text() + session.stderr.text()).toBe('')
  })
})

/** Waits for the file by asking for it again: there is no event for another task's file. */
async function portFrom(path: string): Promise<number> {
  while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve))
  const { endpoint } = JSON.parse(readFileSync(path, 'utf8')) as { endpoint: string }
  return Number(new URL(endpoint).port)
}

describe('answers', () => {
  test('200 and {"ok":true} as JSON unless told otherwise', async () => {
    const session = await listening()
    const reply = await post(session.port)
    expect(reply).toMatchObject({ status: 200, body: '{"ok":true}' })
    expect(reply.headers['content-type']).toBe('application/json')
    await ended(session)
  })

  test('--respond, --respond-body and --respond-header make the answer', async () => {
    writeFileSync(join(bench.home, 'answer.xml'), '<ok/>')
    const session = await listening([
      '--respond',
      '503',
      '--respond-body',
      '@answer.xml',
      '--respond-header',
      'Content-Type: text/xml',
      '--respond-header',
      'Retry-After: 7',
    ])
    const reply = await post(session.port)
    expect(reply).toMatchObject({ status: 503, body: '<ok/>' })
    expect(reply.headers).toMatchObject({ 'content-type': 'text/xml', 'retry-after': '7' })
    await ended(session)
  })

  test('204 has no body', async () => {
    const session = await listening(['--respond', '204'])
    const reply = await post(session.port)
    expect(reply).toMatchObject({ status: 204, body: '' })
    expect(reply.headers['content-length']).toBeUndefined()
    await ended(session)
  })

  test('--path: others get 404 and are not kept', async () => {
    const session = await listening(['--path', '/hooks/*'])
    expect((await post(session.port, { path: '/other' })).status).toBe(404)
    expect((await post(session.port, { path: '/hooks/a?b=1' })).status).toBe(200)
    expect((await post(session.port, { path: '/hooks/a/b' })).status).toBe(404)
    await ended(session)
    expect(await listedPaths()).toEqual(['/hooks/a?b=1'])
  })

  test('--max-body: larger ones get 413', async () => {
    const session = await listening(['--max-body', '1kb'])
    expect((await post(session.port, { body: Buffer.alloc(1024) })).status).toBe(200)
    expect((await post(session.port, { body: Buffer.alloc(1025) })).status).toBe(413)
    await session.stderr.until(/body over --max-body, answered 413/)
    await ended(session)
  })
})

describe('ending by itself', () => {
  test('--count ends with 0 after so many, all answered', async () => {
    const session = await listening(['--count', '3'])
    for (let i = 0; i < 3; i++) expect((await post(session.port)).status).toBe(200)
    expect(await session.status).toBe(0)
    expect(session.stdout.text().trim().split('\n')).toHaveLength(3)
  })

  test('--count counts what the filter shows, and all is kept', async () => {
    const session = await listening(['--count', '1', '--event', 'invoice.*'])
    const json = ['Content-Type', 'application/json']
    await post(session.port, { body: '{"type":"charge.failed"}', headers: json })
    await post(session.port, { body: '{"type":"invoice.paid"}', headers: json })
    expect(await session.status).toBe(0)
    expect(session.stdout.text()).toContain('invoice.paid')
    expect(session.stdout.text()).not.toContain('charge.failed')
    expect((await bench.run(['list'])).stdout.trim().split('\n')).toHaveLength(2)
  })

  test('--until ends with the first request for which the condition holds', async () => {
    const session = await listening(['--until', 'request.body.amount > 100'])
    const json = ['Content-Type', 'application/json']
    await post(session.port, { body: '{"amount":100}', headers: json })
    await post(session.port, { body: 'no json at all' })
    await post(session.port, { body: '{"amount":101}', headers: json })
    expect(await session.status).toBe(0)
    expect(session.stdout.text().trim().split('\n')).toHaveLength(3)
  })

  test('--for ends with 0 when the time is over', async () => {
    const session = await listening(['--for', '50ms'])
    expect(await session.status).toBe(0)
  })
})

describe('files', () => {
  test('--ready-file is there while it listens and gone afterwards', async () => {
    const session = bench.start(['listen', '--port', '0', '--ready-file', 'ready.json'])
    const path = join(bench.home, 'ready.json')
    const port = await portFrom(path)
    expect((await post(port)).status).toBe(200)
    await ended(session)
    expect(existsSync(path)).toBe(false)
  })

  test('a second listener for which the port is taken leaves the file of the first', async () => {
    const first = bench.start(['listen', '--port', '0', '--ready-file', 'ready.json'])
    const path = join(bench.home, 'ready.json')
    const port = await portFrom(path)
    const second = await bench.run(['listen', '--port', String(port), '--ready-file', 'ready.json'])
    expect(second.status).toBe(1)
    expect(existsSync(path)).toBe(true)
    await ended(first)
    expect(existsSync(path)).toBe(false)
  })

  test('--no-store leaves nothing on disk', async () => {
    const session = await listening(['--no-store'])
    await post(session.port)
    await ended(session)
    expect(session.stdout.text()).not.toBe('')
    expect(existsSync(join(bench.home, '.local'))).toBe(false)
  })

  test('a busy port is exit 1, names what holds it and creates no file', async () => {
    const session = await listening(['--no-store'])
    const { status, stdout, stderr } = await bench.run(['listen', '--port', String(session.port)])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(`error: port ${session.port} is already in use`)
    expect(stderr).toContain(`(pid ${process.pid}) is listening on 127.0.0.1:${session.port}`)
    expect(stderr).toContain(`$ webhook-cli listen --port ${session.port + 1}`)
    expect(existsSync(join(bench.home, '.local'))).toBe(false)
    await ended(session)
  })

  test('--keep-size: beyond it the oldest go; a size that is none is told', async () => {
    const session = await listening(['--keep-size', '600kb'])
    for (let nth = 0; nth < 10; nth++)
      await post(session.port, { path: `/${nth}`, body: Buffer.alloc(100_000) })
    await ended(session)
    const kept = await listedPaths()
    expect(kept.length).toBeLessThan(6)
    expect(kept).toEqual(['/9', '/8', '/7', '/6', '/5'].slice(0, kept.length))
    const { status, stderr } = await bench.run(['listen', '--keep-size', 'much'])
    expect(status).toBe(2)
    expect(stderr).toContain('a size such as 500mb or 2gb (0 keeps all)')
  })

  test('--keep: the oldest go', async () => {
    const session = await listening(['--keep', '3'])
    for (let i = 0; i < 8; i++) await post(session.port, { path: `/${i}` })
    await ended(session)
    expect(await listedPaths()).toEqual(['/7', '/6', '/5'])
  })

  test('--since shows what came before, then what comes', async () => {
    const first = await listening()
    await post(first.port, { path: '/before' })
    await ended(first)
    const second = await listening(['--since', '1h', '--count', '1'])
    await post(second.port, { path: '/after' })
    await second.status
    expect(second.stdout.text()).toMatch(/\/before[\s\S]*\/after/)
  })
})

test('a wider host says who can send', async () => {
  const session = await listening(['--host', '0.0.0.0'])
  expect(session.stderr.text()).toMatch(
    /anyone who can reach this machine can send requests here \(--host 0\.0\.0\.0\)/,
  )
  await ended(session)
})

test('--tls: a certificate of our own, made once, private, and really used', async () => {
  const { request } = await import('node:https')
  const first = await listening(['--tls'])
  const folder = join(bench.home, '.local/state/webhook-cli/tls')
  const ca = readFileSync(join(folder, 'localhost.crt'))
  expect(statSync(join(folder, 'localhost.key')).mode & 0o777).toBe(0o600)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ host: 'localhost', port: first.port, ca, method: 'POST', agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end('secret')
  })
  expect(status).toBe(200)
  await ended(first)
  const second = await listening(['--tls'])
  expect(readFileSync(join(folder, 'localhost.crt'))).toEqual(ca)
  await ended(second)
})

test('what is refused is told once on stderr, and the listener goes on', async () => {
  const session = await listening()
  await exchange(session.port, 'NONSENSE\r\n\r\n')
  await exchange(session.port, 'NONSENSE\r\n\r\n')
  await session.stderr.until(/not HTTP as it should be/)
  expect((await post(session.port)).status).toBe(200)
  await ended(session)
  expect(session.stderr.text().match(/not HTTP as it should be/g)).toHaveLength(1)
  expect(session.stderr.text()).toMatch(/1 captured · .*2 refused/)
})
