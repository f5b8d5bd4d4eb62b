import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startApp } from '../helpers/app-server.ts'
import type { Bench, BenchOptions, Session } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'

let bench: Bench
const running: Session[] = []

beforeEach(() => {
  bench = createBench()
})
afterEach(async () => {
  for (const session of running.splice(0)) {
    session.interrupt()
    await session.status
  }
  bench.remove()
})

/** Starts `serve` on a free port and resolves once it answers. */
async function serve(
  args: readonly string[],
  options: BenchOptions = {},
): Promise<{ session: Session; url: string }> {
  const session = bench.start(['serve', '--port', '0', ...args], options)
  running.push(session)
  const isJson = args.includes('--json')
  const text = isJson ? await session.stdout.until(/"ready".*\n/) : await session.stderr.until(/Be told/)
  return { session, url: `http://127.0.0.1:${/localhost:(\d+)/.exec(text)?.[1]}` }
}

const postJson = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const plain = (text: string): string => text.replaceAll(/\x1b\[\d+m/g, '')

const ADA = { name: 'Ada', email: 'ada@example.com' }

describe('what it shows', () => {
  test.each([100, 60])(
    'on a terminal of %i columns each request, event and delivery has a line that fits',
    async (columns) => {
      const app = await startApp(() => ({ status: 204 }))
      const { session, url } = await serve([], { columns })
      await postJson(`${url}/webhooks`, {
        url: `http://127.0.0.1:${app.port}/a/very/long/path/for/a/narrow/terminal`,
      })
      await postJson(`${url}/users`, ADA)
      await fetch(`${url}/orders?since=0&limit=100&wait=1ms`)
      const text = await session.stdout.until(/204/)
      await app.close()
      const lines = `${text}${session.stderr.text()}`.trimEnd().split('\n').map(plain)
      for (const line of lines) expect([line, line.length <= columns]).toEqual([line, true])
      expect(plain(text)).toMatch(/➜ +user_registered +#1/)
      expect(plain(session.stderr.text())).toMatch(/Data +memory +gone when/)
    },
  )

  test('in a pipe rows of tabs, with --json objects, with --quiet only failures', async () => {
    const app = await startApp(() => ({ status: 410 }))
    for (const [args, pattern] of [
      [[], /^event\t\S+Z\t1\tevt_\w+\tuser_registered\nrequest\t\S+Z\tPOST\t\/users\t201\t[\d.]+\n/m],
      [
        ['--json'],
        /^\{"v":1,"time":"[^"]+","type":"event","seq":1,"id":"evt_\w+","event":"user_registered"\}\n/m,
      ],
      [['--quiet', '--json'], /^\{.*"ready".*\n\{.*"type":"delivery",.*"attempt":1,.*"status":410\}\n/],
    ] as const) {
      const { session, url } = await serve(args)
      await postJson(`${url}/webhooks`, { url: `http://127.0.0.1:${app.port}/` })
      await postJson(`${url}/users`, ADA)
      expect(await session.stdout.until(/\b410\b/)).toMatch(pattern)
      expect(session.stdout.text()).not.toContain('\x1b')
      session.interrupt()
      expect(await session.status).toBe(130)
    }
    await app.close()
  })

  test('a hostile path never reaches the terminal as it is', async () => {
    const { session, url } = await serve([], { columns: 100 })
    await fetch(`${url}/%1b%5b2J`)
    const { rawClient } = await import('../helpers/raw-http.ts')
    const client = await rawClient({ port: Number(new URL(url).port) })
    void client.send('GET /\x9b2Jevil HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.answer().catch(() => undefined)
    client.socket.destroy()
    await postJson(`${url}/users`, ADA)
    const text = await session.stdout.until(/user_registered/)
    expect(text).not.toContain('\x9b')
  })

  test('at the end it tells what there was', async () => {
    const { session, url } = await serve(['--json'])
    await postJson(`${url}/users`, ADA)
    session.interrupt()
    await session.status
    expect(session.stdout.text()).toMatch(
      /\{"v":1,"type":"stopped","requests":1,"events":1,"deliveries":0,"durationMs":\d+\}\n$/,
    )
  })
})

describe('flags', () => {
  test('a port in use is told as listen tells it', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    const address = squatter.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { status, stderr } = await bench.run(['serve', '--port', port])
    squatter.close()
    expect([status, stderr]).toEqual([1, expect.stringContaining(`port ${port} is already in use`)])
    expect(stderr).toContain('webhook-cli serve --port')
  })

  test('--ready-file is there as long as it takes requests', async () => {
    const path = join(bench.home, 'ready.json')
    const { session, url } = await serve(['--ready-file', path])
    expect(JSON.parse(readFileSync(path, 'utf8')).endpoint).toContain(new URL(url).port)
    session.interrupt()
    await session.status
    expect(existsSync(path)).toBe(false)
  })

  test('a second one for which the port is taken leaves the file of the first', async () => {
    const path = join(bench.home, 'ready.json')
    const { url } = await serve(['--ready-file', path])
    const second = await bench.run(['serve', '--port', new URL(url).port, '--ready-file', path])
    expect([second.status, existsSync(path)]).toEqual([1, true])
  })

  test('--token from a variable or a file is needed then, and never shown', async () => {
    const file = join(bench.home, 'token')
    writeFileSync(file, 'tok_of_the_file_0123456789\n', { mode: 0o600 })
    for (const [flag, token] of [
      ['env:SERVE_TOKEN', 'tok_of_the_env_0123456789'],
      [`file:${file}`, 'tok_of_the_file_0123456789'],
    ] as const) {
      const { session, url } = await serve(['--token', flag], {
        env: { SERVE_TOKEN: 'tok_of_the_env_0123456789' },
      })
      expect((await fetch(`${url}/users`)).status).toBe(401)
      expect((await fetch(`${url}/users`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(
        200,
      )
      expect(session.stderr.text() + session.stdout.text()).not.toContain(token)
    }
  })

  test('others are let in only with a token', async () => {
    const { status, stderr } = await bench.run(['serve', '--host', '0.0.0.0'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('--token env:SERVE_TOKEN')])
  })

  test.each([
    [['--emit', 'often'], '--emit: "often" is not a rate'],
    [['--emit', '0/s'], '--emit: "0/s" is not a rate'],
    [['--seed', 'x'], '--seed is for the events of --emit'],
    [['--data', 'cloud'], '--data: "cloud" is not memory, file or file:PATH'],
    [['--port', '70000'], '--port: "70000" is not a port'],
    [['--token', 'env:NOT_SET'], '--token env:NOT_SET: that variable is not set'],
  ])('%j exits 2', async (args, words) => {
    const { status, stderr } = await bench.run(['serve', ...args])
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)])
  })

  test('a rate without a unit is per second, and is told with it', async () => {
    const { session } = await serve(['--emit', '7'])
    expect(session.stderr.text()).toContain('7/s by themselves')
  })

  test('--emit with a seed shows the seed and makes the same events', async () => {
    const names = async (): Promise<string[]> => {
      const { session } = await serve(['--json', '--emit', '500/s', '--seed', '7f3a'])
      const text = await session.stdout.until(/"seq":40,/)
      expect(text).toContain('"seed":"7f3a"')
      return [...text.matchAll(/"seq":\d+,"id":"evt_\w+","event":"[\w.]+"/g)]
        .slice(0, 40)
        .map(([match]) => match)
    }
    expect(await names()).toEqual(await names())
  })
})

describe('--data file', () => {
  test('everything is there after a restart: items, events, cursors, subscriptions and what they have not had', async () => {
    const path = join(bench.home, 'data', 'service.db')
    const args = ['--json', '--data', `file:${path}`]
    const first = await serve(args)
    const subscribed = await postJson(`${first.url}/webhooks`, { url: 'http://127.0.0.1:1/' })
    const { id } = (await subscribed.json()) as { id: string }
    await postJson(`${first.url}/users`, ADA)
    const before = await (await fetch(`${first.url}/users`)).json()
    await first.session.stdout.until(/ECONNREFUSED/)
    first.session.interrupt()
    await first.session.status
    expect(statSync(path).mode & 0o777).toBe(0o600)

    const second = await serve(args)
    expect(await (await fetch(`${second.url}/users`)).json()).toEqual(before)
    expect(await (await fetch(`${second.url}/events?since=0`)).json()).toMatchObject({ cursor: '1' })
    expect((await fetch(`${second.url}/webhooks/${id}`)).status).toBe(200)
    expect(await second.session.stdout.until(/ECONNREFUSED/)).toMatch(/"type":"delivery".*user_registered/)
    const created = await postJson(`${second.url}/users`, { name: 'Bob', email: 'bob@example.com' })
    expect(created.status).toBe(201)
    expect(await (await fetch(`${second.url}/events?since=1`)).json()).toMatchObject({ cursor: '2' })
  })

  test('a file that another one serves is refused', async () => {
    const args = ['--json', '--data', `file:${join(bench.home, 'service.db')}`]
    const { url } = await serve(args)
    await postJson(`${url}/users`, ADA)
    const { status, stderr } = await bench.run(['serve', '--port', '0', ...args])
    expect([status, stderr]).toEqual([1, expect.stringContaining('is held by another program')])
  })
})

test('listen shows what serve sends as verified', async () => {
  const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
  const listener = bench.start(
    ['listen', '--port', '0', '--no-store', '--count', '5', '--secret', 'standard-webhooks=env:S'],
    { env: { S: secret }, columns: 100 },
  )
  const banner = await listener.stderr.until(/localhost:\d+/)
  const target = `http://127.0.0.1:${/localhost:(\d+)/.exec(banner)?.[1]}/hooks`
  const { url } = await serve(['--emit', '50/s'])
  expect((await postJson(`${url}/webhooks`, { url: target, secret })).status).toBe(201)
  expect(await listener.status).toBe(0)
  const lines = listener.stdout.text().trim().split('\n').map(plain)
  expect(lines).toHaveLength(5)
  for (const line of lines) {
    expect(line).toMatch(/POST \/hooks +(?:user_|order\.|payment_)\w+ .*✓ standard-webhooks/)
  }
})
