import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { benchWithApps } from '../helpers/bench-with-apps.ts'
import { arrivedAt, freePort, jsonLines } from '../helpers/listening.ts'
import { deferred } from '../helpers/test-receiver.ts'
import { post } from '../helpers/post.ts'

const { app, bench, listening } = benchWithApps()

const TTY = { columns: 100, env: { NO_COLOR: '1' } }
const json = { headers: ['Content-Type', 'application/json'] }

describe('where to', () => {
  test.each([
    ['3000', (port: number) => String(port), '/a/b?q=1'],
    ['3000/hooks', (port: number) => `${port}/hooks`, '/hooks?q=1'],
    ['3000/hooks/', (port: number) => `${port}/hooks/`, '/hooks/a/b?q=1'],
    ['host:3000', (port: number) => `localhost:${port}`, '/a/b?q=1'],
    ['a URL', (port: number) => `http://127.0.0.1:${port}/x?y=2`, '/x?y=2'],
    ['{path} and {query}', (port: number) => `${port}/v2/{path}?{query}`, '/v2/a/b?q=1'],
  ])('%s', async (_form, target, expected) => {
    const { port, received } = await app()
    const session = await listening([target(port), '--no-store'])
    expect((await post(session.port, { path: '/a/b?q=1', body: 'x' })).status).toBe(200)
    expect(received.map(({ url }) => url)).toEqual([expected])
    await session.end()
  })

  test('the first target answers, every --forward gets it too', async () => {
    const first = await app(() => ({ status: 201, body: 'from the first' }))
    const second = await app(() => ({ status: 500 }))
    const session = await listening([String(first.port), '--forward', String(second.port)])
    const reply = await post(session.port, { path: '/x', body: 'hello' })
    expect(reply).toMatchObject({ status: 201, body: 'from the first' })
    expect((await arrivedAt(second, 1))[0]?.body.toString()).toBe('hello')
    await session.end()
  })

  test('what a further target refuses is tried again, as no sender is told of it; what the first refuses is not', async () => {
    const [first, route] = [await app(() => ({ status: 500 })), await app(() => ({ status: 500 }))]
    const second = await app(() => ({ status: second.received.length === 1 ? 500 : 200 }))
    const session = await listening([
      String(first.port),
      '--forward',
      String(second.port),
      '--route',
      `path:/route -> ${route.port}`,
      '--json',
    ])
    await post(session.port, { path: '/route' })
    await post(session.port, { path: '/x' })
    await arrivedAt(second, 2)
    await session.stdout.until(/"attempt":2/)
    await session.end()
    expect([first.received.length, second.received.length, route.received.length]).toEqual([1, 2, 1])
    expect(second.received[1]?.headers['webhook-cli-attempt']).toBe('2')
    expect(jsonLines(session).at(-1)).toMatchObject({ undelivered: 2 })
  })

  test('--retries 0 tries every target once', async () => {
    const [first, second] = [await app(), await app(() => ({ status: 500 }))]
    const session = await listening([
      String(first.port),
      '--forward',
      String(second.port),
      '--retries',
      '0',
      '--json',
    ])
    await post(session.port)
    await session.stdout.until(/"status":500/)
    await session.end()
    const shown = await bench.run(['show', 'last'], TTY)
    expect(shown.stdout).toMatch(/given up after 1 attempt/)
  })

  test('the first route that matches takes it; what none takes goes to the target', async () => {
    const [billing, big, rest] = [await app(), await app(), await app()]
    const session = await listening([
      String(rest.port),
      '--no-store',
      '--route',
      `event:invoice.* -> ${billing.port}/billing`,
      '--route',
      `path:/github/** method:PUT -> ${billing.port}/put`,
      '--route',
      `where:request.body.amount > 100 && request.path != "->" -> ${big.port}`,
    ])
    const send = (path: string, body: object, method = 'POST') =>
      post(session.port, { ...json, path, method, body: JSON.stringify(body) })
    await send('/a', { type: 'invoice.paid', amount: 500 })
    await send('/github/x/y', {}, 'PUT')
    await send('/github/x/y', { amount: 101 })
    await send('/github/x/y', { amount: 100 })
    expect(billing.received.map(({ url }) => url)).toEqual(['/billing', '/put'])
    expect(big.received.map(({ url }) => url)).toEqual(['/github/x/y'])
    expect(rest.received.map(({ url }) => url)).toEqual(['/github/x/y'])
    await session.end()
  })

  test('* takes what is left, and hides what comes after it', async () => {
    const [star, after] = [await app(), await app()]
    const session = await listening([
      '--no-store',
      '--route',
      `* -> ${star.port}`,
      '--route',
      `* -> ${after.port}`,
    ])
    await post(session.port, { path: '/x' })
    await session.end()
    expect([star.received.length, after.received.length]).toEqual([1, 0])
  })

  test('a cloud’s metadata service is never asked, not even where it is typed', async () => {
    const session = await listening(['http://169.254.169.254/latest/', '--no-store'], TTY)
    expect(session.stderr.text()).toMatch(/Passes to .*latest\/\s+not sent: .*metadata/)
    expect(await post(session.port)).toMatchObject({
      status: 502,
      body: expect.stringContaining('METADATA_ADDRESS') as string,
    })
    expect(await session.stderr.until(/✗/)).toMatch(/169\.254\.169\.254: .*metadata/)
    await session.end()
  })

  test('with routes alone, what none takes is kept and answered by us', async () => {
    const billing = await app(() => ({ status: 418 }))
    const session = await listening(['--route', `event:invoice.* -> ${billing.port}`])
    expect((await post(session.port, { ...json, body: '{"type":"ping"}' })).status).toBe(200)
    expect((await post(session.port, { ...json, body: '{"type":"invoice.paid"}' })).status).toBe(418)
    await session.end()
    const { stdout } = await bench.run(['list', '--json'])
    expect(stdout.trim().split('\n')).toHaveLength(2)
  })

  test.each([
    [['--route', 'event:a'], /--route.*event:a.*condition and a target/s],
    [['--route', 'evnt:a -> 3000'], /--route.*evnt:a.*event:GLOB/s],
    [['--route', '-> 3000'], /--route/],
    [['--route', 'where:request. -> 3000'], /--route: .*"request\."[\s\S]*listen --route 'where:/],
    [['--until', 'request.'], /--until: .*"request\."[\s\S]*listen --until '/],
    [['--notify', 'where:request.'], /--notify: .*"request\."[\s\S]*listen --notify 'where:/],
    [['--route', 'event:a -> not a url'], /--route.*port, host:port or http URL/s],
    [['3000', '--backoff', 'sometimes'], /--backoff.*exponential, fixed/s],
    [['3000', '--retries', '-1'], /--retries/],
    [['3000', '--concurrency', '0'], /--concurrency.*whole number/s],
    [['3000', '--host-header', 'mine'], /--host-header.*keep/s],
    [['3000', '--header', 'a b: c'], /--header/],
    [['3000', '--exec-concurrency', '65', '--exec', 'true'], /--exec-concurrency.*at most 64/s],
    [['3000', '--order-by', 'path', '--retries', '2'], /--respond 202 --order-by path/],
    [['3000', '--order-by', 'request.', '--respond', '202'], /--order-by: [\s\S]*--order-by request\.body/],
    [['--retries', '3'], /no target is given/],
    [['ftp://localhost/'], /target.*http URL/s],
    [['http://user:pw@localhost:3000'], /^(?!.*:pw).*target: a user and a password/s],
  ])('refused before anything is opened: %j', async (args, words) => {
    const { status, stdout, stderr } = await bench.run(['listen', '--port', '0', ...args])
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\bat .*\.ts|undefined|\[object/)
  })

  test('its own port is refused', async () => {
    const port = await freePort()
    for (const target of [
      String(port),
      `127.0.0.1:${port}`,
      `[::1]:${port}/x`,
      `http://a.localhost:${port}`,
    ]) {
      const { status, stderr } = await bench.run(['listen', '--port', String(port), target])
      expect(status, target).toBe(2)
      expect(stderr, target).toContain('this listener itself')
    }
  })
})

describe('from a settings file', () => {
  const setUp = (settings: object): void => {
    mkdirSync(bench.home, { recursive: true })
    writeFileSync(join(bench.home, 'webhook-cli.json'), JSON.stringify(settings))
  }

  test('target, routes and headers of the run as on the command line', async () => {
    const [billing, rest] = [await app(), await app(() => ({ status: 202 }))]
    setUp({ target: String(rest.port), route: [`event:invoice.* -> ${billing.port}/b`], retries: 0 })
    const session = await listening([])
    expect((await post(session.port, { ...json, body: '{"type":"x"}' })).status).toBe(202)
    await post(session.port, { ...json, body: '{"type":"invoice.paid"}' })
    expect(billing.received.map(({ url }) => url)).toEqual(['/b'])
    await session.end()
  })

  test('other machines are not reached without --allow-remote, whatever name leads to them', async () => {
    setUp({ target: 'http://192.0.2.1:9' })
    const session = await listening(['--json'])
    expect((await post(session.port, { body: 'x' })).status).toBe(502)
    const text = await session.stdout.until(/"type":"delivery"/)
    expect(text).toContain('NOT_LOOPBACK')
    await session.end()
    const shown = await listening([], TTY)
    await post(shown.port, { body: 'x' })
    await shown.stderr.until(/✗ 192\.0\.2\.1:9: .*--allow-remote/)
    await shown.end()
  })

  test('a variable is the user’s own word', async () => {
    const { port } = await app(() => ({ status: 299 }))
    const session = await listening([], { env: { WEBHOOK_CLI_TARGET: String(port) } })
    expect((await post(session.port)).status).toBe(299)
    await session.end()
  })

  test('variables hold several targets and routes, one a line', async () => {
    const [a, b, c] = [await app(), await app(), await app()]
    const session = await listening([], {
      env: {
        WEBHOOK_CLI_FORWARD: `${a.port}\n${b.port}/b`,
        WEBHOOK_CLI_ROUTE: `method:PUT -> ${c.port}\nevent:never -> 1`,
      },
    })
    await post(session.port, { path: '/x' })
    await post(session.port, { path: '/put', method: 'PUT' })
    await arrivedAt(b, 1)
    await session.end()
    expect([a, b, c].map(({ received }) => received.map(({ url }) => url))).toEqual([
      ['/x'],
      ['/b'],
      ['/put'],
    ])
  })

  test('a command line is no setting', async () => {
    setUp({ exec: 'touch stolen' })
    const { status, stderr } = await bench.run(['listen', '--port', '0'])
    expect(status).not.toBe(0)
    expect(stderr).toContain('unknown setting "exec"')
  })
})

describe('what the sender is told', () => {
  test('the app’s own status, headers and body; what concerns one connection stays behind', async () => {
    const { port } = await app(() => ({
      status: 422,
      headers: {
        'X-Reason': 'no such order',
        'Set-Cookie': 'a=1',
        'Content-Type': 'text/x-reason',
        Connection: 'close',
      },
      body: 'no such order\n',
    }))
    const session = await listening([String(port), '--no-store'])
    const reply = await post(session.port, { body: 'x' })
    expect(reply).toMatchObject({ status: 422, body: 'no such order\n' })
    expect(reply.headers).toMatchObject({
      'x-reason': 'no such order',
      'set-cookie': ['a=1'],
      'content-type': 'text/x-reason',
    })
    await session.end()
  })

  test('target down: 502, said once for ten, and a replay works once it is back', async () => {
    const port = await freePort()
    const session = await listening([String(port)], TTY)
    expect(session.stderr.text()).toMatch(/Passes to +http:\/\/localhost:\d+\/? +not reachable yet/)
    for (let i = 0; i < 10; i++)
      expect(await post(session.port, { path: `/${i}`, body: 'x' })).toMatchObject({
        status: 502,
        body: '{"error":"the app cannot be reached","code":"ECONNREFUSED"}',
      })
    await session.end()
    const told = session.stderr.text()
    expect(told.match(/refused the connection/g)).toHaveLength(1)
    expect(told).toMatch(/refused the connection, answered 502\. Is the app running\?/)
    expect(told).toMatch(/10 captured · 10 not delivered +\$ webhook-cli list --undelivered/)

    const listed = await bench.run(['list', '--undelivered', '--json'])
    expect(listed.stdout.trim().split('\n')).toHaveLength(10)
    const shown = await bench.run(['show', 'last'], TTY)
    expect(shown.stdout).toMatch(/Owed to[\s\S]*localhost:\d+/)

    const back = await app()
    const replayed = await bench.run(['replay', 'last', '--to', String(back.port)])
    expect(replayed.status).toBe(0)
    expect(back.received.map(({ url }) => url)).toEqual(['/9'])
    expect((await bench.run(['list', '--undelivered', '--json'])).stdout.trim().split('\n')).toHaveLength(9)
  })

  test('without a store nobody is sent to look there', async () => {
    const session = await listening([String(await freePort()), '--no-store'], TTY)
    await post(session.port)
    await session.end()
    expect(session.stderr.text()).toMatch(/1 captured · 1 not delivered\n$/)
  })

  test('target slow: 504 after --timeout, and the delivery is recorded as unknown', async () => {
    const { port } = await app(() => new Promise(() => {}))
    const session = await listening([String(port), '--timeout', '150ms', '--json'])
    const begun = performance.now()
    expect(await post(session.port, { body: 'x' })).toMatchObject({
      status: 504,
      body: '{"error":"the app did not answer in time","code":"ETIMEDOUT"}',
    })
    expect(performance.now() - begun).toBeLessThan(2000)
    await session.stdout.until(/"type":"delivery"/)
    await session.end()
    expect(jsonLines(session).find(({ type }) => type === 'delivery')).toMatchObject({
      outcome: { kind: 'unknown', code: 'ETIMEDOUT' },
      attempt: 1,
    })
  })

  test('ended by --count it waits for the app, and nobody is told to press Ctrl-C again', async () => {
    const answer = deferred<void>()
    const { port } = await app(() => answer.promise.then(() => ({ status: 200 })))
    const session = await listening([String(port), '--count', '1'], TTY)
    const reply = post(session.port, { body: 'x' })
    expect(await session.stderr.until(/finishing.*\n/)).toMatch(/ {2}finishing 1 in flight…\n$/)
    answer.resolve(undefined)
    expect((await reply).status).toBe(200)
    expect(await session.status).toBe(0)
  })

  test('where the app answers again, it is said', async () => {
    const port = await freePort()
    const session = await listening([String(port)], TTY)
    await post(session.port)
    await app(undefined, port)
    expect((await post(session.port)).status).toBe(200)
    expect(await session.stderr.until(/answers again/)).toMatch(/✓ localhost:\d+ answers again/)
    await session.end()
  })

  test('with two targets the one whose answer the sender got is the one that is said to be', async () => {
    const answered = deferred<{ status: number }>()
    const first = await app(() => answered.promise)
    const down = await freePort()
    const session = await listening([String(first.port), '--forward', String(down)], TTY)
    const reply = post(session.port, { body: 'x' })
    const told = await session.stderr.until(/refused the connection/)
    expect(told).not.toContain('answered 502')
    answered.resolve({ status: 200 })
    expect((await reply).status).toBe(200)
    await session.end()
  })

  test('a challenge goes to the app, which answers it; with --handshake auto we do', async () => {
    const challenge = { ...json, body: '{"type":"url_verification","challenge":"c","token":"t"}' }
    const slack = await app(() => ({ status: 200, body: 'the app' }))
    const passing = await listening([String(slack.port), '--no-store'])
    expect((await post(passing.port, challenge)).body).toBe('the app')
    await passing.end()
    const answering = await listening([String(slack.port), '--no-store', '--handshake', 'auto'])
    expect((await post(answering.port, challenge)).body).toContain('c')
    await answering.end()
    expect(slack.received).toHaveLength(1)
  })

  test('--on-invalid reject: 401, kept, and not passed on', async () => {
    const { port, received } = await app()
    const session = await listening([String(port), '--secret', 'github=abc', '--on-invalid', 'reject'])
    const headers = ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`]
    expect((await post(session.port, { headers, body: '{}' })).status).toBe(401)
    await session.end()
    expect(received).toEqual([])
    expect((await bench.run(['list', '--json'])).stdout).toContain('"invalid"')
  })

  test('bytes ff 00 7b c3 28, header order, case and duplicates: captured, passed on and replayed as they came', async () => {
    const { port, received } = await app()
    const body = Buffer.from([0xff, 0x00, 0x7b, 0xc3, 0x28])
    const headers = ['X-b', '1', 'x-A', '2', 'X-B', '3', 'x-b', '']
    const session = await listening([String(port)])
    await post(session.port, { method: 'PUT', path: '/a%2Fb?x=1&x=%20', headers, body })
    await session.end()
    expect((await bench.run(['show', 'last', '--raw'])).bytes).toEqual(body)
    await bench.run(['replay', 'last'])
    expect(received).toHaveLength(2)
    for (const { method, url, rawHeaders, body: got } of received) {
      expect([method, url]).toEqual(['PUT', '/a%2Fb?x=1&x=%20'])
      expect(got).toEqual(body)
      const at = rawHeaders.indexOf('X-b')
      expect(rawHeaders.slice(at, at + 8)).toEqual(headers)
    }
  })
})
