import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { exchange, post } from '../helpers/post.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

const JSON_TYPE = ['Content-Type', 'application/json']

/** Captures by the real way in: a listener, a socket, the store. */
async function capture(send: (port: number) => Promise<unknown>): Promise<void> {
  const session = bench.start(['listen', '--port', '0', '--json'])
  const text = await session.stdout.until(/"type":"ready"/)
  await send(Number(/:(\d+)\//.exec(text)?.[1]))
  session.interrupt()
  await session.status
}

const columnOf = (stdout: string, column: number): string[] =>
  stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t')[column] ?? '')

describe('list', () => {
  test('an empty store is no failure and says what to type', async () => {
    const { status, stdout, stderr } = await bench.run(['list'], { columns: 80, env: { NO_COLOR: '1' } })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toMatch(/nothing captured yet\n {2}\$ webhook-cli listen\n/)
  })

  test('a table on a terminal, with the next commands below on stderr', async () => {
    await capture(async (port) => {
      await post(port, { path: '/a', body: '{"type":"charge.succeeded"}', headers: JSON_TYPE })
      await post(port, { path: '/b' })
    })
    const { stdout, stderr } = await bench.run(['ls'], { columns: 100, env: { NO_COLOR: '1' } })
    const [head, first, second] = stdout.split('\n')
    expect(head).toMatch(/^ID +WHEN +METHOD +PATH +EVENT +SIZE$/)
    expect(first).toMatch(/^[a-z2-9]{4} +just now +POST +\/b +0 B$/)
    expect(second).toMatch(/^[a-z2-9]{4} +just now +POST +\/a +charge\.succeeded +27 B$/)
    expect(stderr).toMatch(/^2 of 2 +one: webhook-cli show [a-z2-9]{4}\n$/)
  })

  test('the line below the table breaks where the terminal has no room for it', async () => {
    const args = ['send', 'stripe', 'charge.succeeded', '--count', '3', '--to']
    await capture((port) => bench.run([...args, `${port}/hooks`]))
    for (const [columns, lines] of [
      [120, 1],
      [100, 4],
    ] as const) {
      const { stderr } = await bench.run(['list', '-n', '2'], { columns, env: { NO_COLOR: '1' } })
      expect(stderr.trimEnd().split('\n')).toHaveLength(lines)
    }
  })

  test.each([60, 100])(
    'an arrow tells what was sent from what was captured, at %i columns',
    async (columns) => {
      await capture((port) =>
        bench.run(['send', 'stripe', 'charge.succeeded', '--to', `${port}/hooks`], {
          env: { STRIPE_WEBHOOK_SECRET: '' },
        }),
      )
      const { stdout, stderr } = await bench.run(['list'], { columns, env: { NO_COLOR: '1' } })
      expect(
        stdout
          .match(/POST +(?:→ )?\/hooks/g)
          ?.map((text) => text.includes('→'))
          .toSorted(),
      ).toEqual([false, true])
      expect(stderr).toContain('→ sent from here')
    },
  )

  test.each([60, 48])('cards at %i columns, nothing wider', async (columns) => {
    await capture(async (port) => {
      await post(port, {
        path: `/${'p'.repeat(200)}`,
        body: `{"type":"${'t'.repeat(100)}"}`,
        headers: JSON_TYPE,
      })
    })
    const { stdout } = await bench.run(['list'], { columns, env: { NO_COLOR: '1' } })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  })

  test.each([72, 80, 120])('a table at %i columns, nothing wider', async (columns) => {
    await capture(async (port) => {
      await post(port, {
        path: `/${'p'.repeat(200)}`,
        body: `{"type":"${'t'.repeat(100)}"}`,
        headers: JSON_TYPE,
      })
    })
    const { stdout } = await bench.run(['list'], { columns, env: { NO_COLOR: '1' } })
    expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual([])
  })

  test('every filter chooses, and filters combine', async () => {
    await capture(async (port) => {
      await post(port, { path: '/hooks/a', body: '{"type":"invoice.paid","amount":5}', headers: JSON_TYPE })
      await post(port, {
        path: '/hooks/b',
        body: '{"type":"invoice.failed","amount":500}',
        headers: JSON_TYPE,
      })
      await post(port, {
        path: '/github',
        body: '{}',
        headers: [
          'X-GitHub-Event',
          'push',
          'X-Hub-Signature-256',
          `sha256=${'0'.repeat(64)}`,
          'X-GitHub-Delivery',
          'd',
        ],
      })
      await post(port, { method: 'PUT', path: '/other?x=1', body: 'needle in a haystack' })
    })
    const paths = async (...args: string[]): Promise<string[]> =>
      columnOf((await bench.run(['list', ...args])).stdout, 3)
    expect(await paths()).toEqual(['/other?x=1', '/github', '/hooks/b', '/hooks/a'])
    expect(await paths('--event', 'invoice.*')).toEqual(['/hooks/b', '/hooks/a'])
    expect(await paths('--event', 'push,invoice.paid')).toEqual(['/github', '/hooks/a'])
    expect(await paths('--event', 'push', '--event', 'invoice.failed')).toEqual(['/github', '/hooks/b'])
    expect(await paths('--provider', 'github')).toEqual(['/github'])
    expect(await paths('--provider', 'GitHub')).toEqual(['/github'])
    for (const columns of [100, undefined]) {
      const misspelt = ['list', '--provider', 'gihub']
      const { stderr } = await bench.run(misspelt, columns === undefined ? {} : { columns })
      expect(stderr).toMatch(/there is no provider "gihub"; close: github\b.*\n$/)
    }
    expect(await paths('--path', '/hooks/*')).toEqual(['/hooks/b', '/hooks/a'])
    expect(await paths('--method', 'put')).toEqual(['/other?x=1'])
    expect(await paths('--grep', 'needle')).toEqual(['/other?x=1'])
    expect(await paths('--since', '1h', '-n', '1')).toEqual(['/other?x=1'])
    expect(await paths('--since', '2999-01-01')).toEqual([])
    expect(await paths('--where', 'request.body.amount > 100')).toEqual(['/hooks/b'])
    expect(await paths('--where', 'request.query.x == "1"')).toEqual(['/other?x=1'])
    expect(await paths('--where', 'request.headers["x-github-event"] == "push"')).toEqual(['/github'])
    expect(await paths('--where', 'request.method == "PUT" && request.size == 20')).toEqual(['/other?x=1'])
    expect(await paths('--event', 'invoice.*', '--where', 'request.body.amount == 5')).toEqual(['/hooks/a'])
    expect(await paths('--before', 'last~1')).toEqual(['/hooks/b', '/hooks/a'])
  })

  test('--json is a line an object, bodies only when asked for', async () => {
    await capture((port) => post(port, { path: '/j', body: 'x' }))
    const without = JSON.parse((await bench.run(['list', '--json'])).stdout) as Record<string, unknown>
    expect(without).toMatchObject({ v: 1, type: 'request', target: '/j', body: { size: 1 } })
    expect(without['headers']).toBeUndefined()
    const withBodies = JSON.parse((await bench.run(['list', '--json', '--bodies'])).stdout) as Record<
      string,
      unknown
    >
    expect(withBodies).toMatchObject({ target: '/j', body: { size: 1, data: 'x' } })
  })
})

describe('show', () => {
  const BODY = Buffer.from([0xff, 0x00, 0x7b, 0xc3, 0x28])

  test('odd bytes, duplicate headers and an odd target come back identical', async () => {
    await capture((port) =>
      exchange(
        port,
        Buffer.concat([
          Buffer.from(
            'POST //evil.test/%zz?a=1&a=2&%00 HTTP/1.1\r\nhOsT: x\r\nX-Dup: 1\r\nx-dup: two\r\nX-Dup: \xe9\r\nConnection: close\r\nContent-Length: 5\r\n\r\n',
            'latin1',
          ),
          BODY,
        ]),
      ),
    )
    const shown = JSON.parse((await bench.run(['show', 'last', '--json'])).stdout) as Record<string, unknown>
    expect(shown).toMatchObject({
      method: 'POST',
      target: '//evil.test/%zz?a=1&a=2&%00',
      httpVersion: '1.1',
      headers: [
        ['hOsT', 'x'],
        ['X-Dup', '1'],
        ['x-dup', 'two'],
        ['X-Dup', 'é'],
        ['Connection', 'close'],
        ['Content-Length', '5'],
      ],
      body: { size: 5, encoding: 'base64', data: BODY.toString('base64') },
    })
    expect((await bench.run(['show', 'last', '--raw'])).bytes).toEqual(BODY)
  })

  test('--raw refuses to throw binary at a terminal and says what to type', async () => {
    await capture((port) => post(port, { body: BODY }))
    const { status, stdout, stderr } = await bench.run(['show', 'last', '--raw'], {
      columns: 80,
      env: { NO_COLOR: '1' },
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(
      /binary body, 5 B: redirect it or use --hex\n {2}\$ webhook-cli show [a-z2-9]{4} --raw > body\.bin/,
    )
    const hex = await bench.run(['show', 'last', '--hex'], { columns: 80 })
    expect(hex.stdout).toContain('ff00 7bc3 28')
  })

  test('on a terminal: head, headers, body as sent, next commands; nothing a stranger wrote is an escape', async () => {
    await capture((port) =>
      post(port, {
        path: '/hooks/x',
        headers: [...JSON_TYPE, 'X-Evil', 'a\x9bb'],
        body: '{"b":1.0,"a":12345678901234567890,"a":"\\u001b]0;x \\u009b2J \x9b\u202e"}',
      }),
    )
    const { stdout } = await bench.run(['show', 'last'], { columns: 100, env: { NO_COLOR: '1' } })
    expect(stdout).toMatch(/^POST \/hooks\/x HTTP\/1\.1\n[a-z2-9]{8} /)
    expect(stdout).toContain('12345678901234567890')
    expect(stdout).toContain('"b": 1.0')
    expect(stdout).not.toMatch(/[\x1b\x9b\x07]/)
    expect(stdout).toMatch(/Next +webhook-cli show [a-z2-9]{4} --curl/)
  })

  test('--headers are the lines in the order in which they came', async () => {
    await capture((port) => post(port, { path: '/h?x', headers: ['X-b', '2', 'X-A', '1'] }))
    const { stdout } = await bench.run(['show', 'last', '--headers'])
    expect(stdout).toMatch(/^POST \/h\?x HTTP\/1\.1\nHost: .*\nX-b: 2\nX-A: 1\nContent-Length: 0\n/)
  })

  test('--curl sends to this machine, whatever host a stranger named', async () => {
    await capture((port) =>
      exchange(
        port,
        'POST /a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      ),
    )
    const { stdout } = await bench.run(['show', 'last', '--curl'])
    expect(stdout).toMatch(/^curl /)
    expect(stdout).toContain('http://localhost:8484/a')
  })

  describe('R-SEC-1: credentials', () => {
    const SECRET = 'SEKRIT-5f0d2c1e'
    const CANARIES = [
      ['Authorization', `Bearer ${SECRET}`],
      ['Proxy-Authorization', `Basic ${SECRET}`],
      ['Cookie', `a=${SECRET}`],
      ['Set-Cookie', `a=${SECRET}`],
      ['X-Api-Key', SECRET],
      ['X-Auth-Token', SECRET],
      ['X-Amz-Security-Token', SECRET],
      ['X-Gitlab-Token', SECRET],
      ['X-Hook-Secret', SECRET],
      ['Referer', `https://user:${SECRET}@a.test/?token=${SECRET}`],
      ['X-Note', `the settings name ${SECRET}`],
    ]
    const env = { WEBHOOK_CLI_SECRET: SECRET, NO_COLOR: '1' }
    beforeEach(() =>
      capture((port) =>
        post(port, {
          path: `/h?access_token=${SECRET}&sig=${SECRET}&page=2`,
          headers: CANARIES.flat(),
          body: `{"secret":"${SECRET}"}`,
        }),
      ),
    )

    test.each([
      ['on a terminal', [], { columns: 100 }],
      ['on a narrow one', [], { columns: 60 }],
      ['in a pipe', [], {}],
      ['as headers', ['--headers'], {}],
      ['as a curl command', ['--curl'], { columns: 100 }],
      ['as an HTTPie command', ['--httpie'], {}],
    ])('%s none is shown, and --show-secrets shows them', async (_where, form, terminal) => {
      const shown = await bench.run(['show', 'last', ...form], { ...terminal, env })
      expect(shown.status).toBe(0)
      expect(shown.stdout + shown.stderr).not.toContain('SEKRIT')
      expect(shown.stdout).toContain('page=2')
      expect(shown.stderr).toMatch(/^note: redacted \S.*; --show-secrets keeps them\n$/)
      const whole = await bench.run(['show', 'last', ...form, '--show-secrets'], { ...terminal, env })
      expect(whole.stdout.split('SEKRIT').length).toBeGreaterThan(CANARIES.length)
      expect(whole.stderr).toBe('')
    })

    test('how many characters were hidden is told, and the way of authorising', async () => {
      const { stdout } = await bench.run(['show', 'last', '--headers'], { env })
      expect(stdout).toContain(`Authorization: Bearer ‹redacted ${SECRET.length}›\n`)
      expect(stdout).toContain(`/h?access_token=‹redacted ${SECRET.length}›&sig=‹redacted`)
      const ascii = await bench.run(['show', 'last', '--headers'], { env: { ...env, LANG: 'C' } })
      expect(ascii.stdout).toContain(`X-Api-Key: <redacted ${SECRET.length}>\n`)
    })

    test('of bytes that were asked for, and of what programs read, nothing is hidden', async () => {
      const [raw, json] = [
        await bench.run(['show', 'last', '--raw'], { env }),
        await bench.run(['show', 'last', '--json'], { env }),
      ]
      expect(raw.stdout).toBe(`{"secret":"${SECRET}"}`)
      expect(JSON.parse(json.stdout)).toMatchObject({ headers: expect.arrayContaining(CANARIES) })
      expect(raw.stderr + json.stderr).toBe('')
    })

    test('a secret that cannot be read keeps no other one from being hidden', async () => {
      writeFileSync(
        join(bench.home, 'webhook-cli.json'),
        JSON.stringify({ secrets: { github: 'file:./not-there', stripe: 'env:NOT_SET', gitlab: 'env:S' } }),
      )
      for (const words of [
        ['show', 'last'],
        ['export', 'last'],
      ]) {
        const { status, stdout, stderr } = await bench.run(words, { env: { S: SECRET } })
        expect({ status, stderr }, words[0]).toMatchObject({
          status: 0,
          stderr: expect.stringMatching(/^note: redacted .*\n$/),
        })
        expect(stdout).not.toContain('SEKRIT')
      }
    })
  })

  test('a file in the place of a ref: how files are written is told', async () => {
    for (const file of ['./saved/push.json', 'push.json', '/tmp/push.http']) {
      const { status, stderr } = await bench.run(['verify', file])
      expect(status).toBe(1)
      expect(stderr).toContain(`  $ webhook-cli verify @${file}\n`)
    }
    expect((await bench.run(['show', './push.json'])).stderr).not.toContain('@')
  })

  test('before anything was captured every ref is answered with how to begin', async () => {
    for (const words of [
      ['show', 'last'],
      ['verify', 'b3xq'],
      ['replay', 'last~1'],
      ['export', 'b3xq..last'],
    ]) {
      const { status, stdout, stderr } = await bench.run(words)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toBe('error: nothing captured yet\n  $ webhook-cli listen\n')
    }
  })

  test('refs: a start of an id, last~N; unknown ones name the closest', async () => {
    await capture(async (port) => {
      await post(port, { path: '/one' })
      await post(port, { path: '/two' })
    })
    const [two, one] = columnOf((await bench.run(['list'])).stdout, 0)
    expect((await bench.run(['show', one?.slice(0, 4) ?? '', '--headers'])).stdout).toContain('/one')
    expect((await bench.run(['show', two?.toUpperCase() ?? '', '--headers'])).stdout).toContain('/two')
    expect((await bench.run(['show', 'last~1', '--headers'])).stdout).toContain('/one')
    const missing = await bench.run(['show', 'last~2'])
    expect(missing.status).toBe(1)
    expect(missing.stderr).toContain('no captured request is "last~2"')
    const completed = await bench.run(['__complete', '--', 'show', one?.slice(0, 3) ?? ''])
    expect(completed.stdout.trim().split('\n')).toContain(one?.slice(0, 4))
  })
})

describe('clear', () => {
  const count = async (): Promise<number> => columnOf((await bench.run(['list'])).stdout, 0).length

  test('asks on a terminal, and n leaves everything', async () => {
    await capture((port) => post(port))
    const no = await bench.run(['clear'], { columns: 80, type: 'n' })
    expect({ status: no.status, kept: await count() }).toEqual({ status: 0, kept: 1 })
    const yes = await bench.run(['clear'], { columns: 80, type: 'y' })
    expect({ status: yes.status, kept: await count() }).toEqual({ status: 0, kept: 0 })
  })

  test('in a pipe it needs --yes, and says how many', async () => {
    await capture((port) => post(port))
    const { status, stderr } = await bench.run(['clear'])
    expect(status).toBe(2)
    expect(stderr).toContain('this would delete 1 captured request')
    expect((await bench.run(['clear', '--dry-run'])).stderr).toContain('would delete 1 captured request')
    expect(await count()).toBe(1)
    expect((await bench.run(['clear', '--yes'])).stderr).toContain('deleted 1 captured request')
    expect(await count()).toBe(0)
  })

  test('with a filter only these go', async () => {
    await capture(async (port) => {
      await post(port, { path: '/a' })
      await post(port, { path: '/b' })
    })
    expect((await bench.run(['clear', '--path', '/a', '--yes', '--json'])).stdout).toContain('"removed":1')
    expect(columnOf((await bench.run(['list'])).stdout, 3)).toEqual(['/b'])
  })
})

test('a second terminal lists, shows and clears while listen runs', async () => {
  const session = bench.start(['listen', '--port', '0', '--json'])
  const port = Number(/:(\d+)\//.exec(await session.stdout.until(/"type":"ready"/))?.[1])
  await post(port, { path: '/one' })
  expect(columnOf((await bench.run(['list'])).stdout, 3)).toEqual(['/one'])
  expect((await bench.run(['show', 'last', '--headers'])).stdout).toContain('/one')
  expect((await bench.run(['clear', '--yes'])).stderr).toContain('deleted 1')
  expect((await post(port, { path: '/two' })).status).toBe(200)
  expect(columnOf((await bench.run(['list'])).stdout, 3)).toEqual(['/two'])
  session.interrupt()
  await session.status
})

describe('colour', () => {
  const shown = async (args: string[], options: Parameters<Bench['run']>[1]): Promise<string> => {
    const { stdout, stderr } = await bench.run(args, options)
    return stdout + stderr
  }
  beforeEach(() => capture((port) => post(port, { path: '/c' })))

  test.each([
    ['NO_COLOR=1', ['list'], { columns: 100, env: { NO_COLOR: '1' } }],
    ['--no-color', ['list', '--no-color'], { columns: 100 }],
    ['a pipe', ['list'], {}],
    ['TERM=dumb', ['list'], { columns: 100, env: { TERM: 'dumb' } }],
    ['show in a pipe', ['show', 'last'], {}],
    ['show with NO_COLOR', ['show', 'last'], { columns: 100, env: { NO_COLOR: '1' } }],
    ['an error with --no-color', ['show', 'nope', '--no-color'], { columns: 100 }],
  ])('%s: no escape anywhere', async (_name, args, options) => {
    expect(await shown(args, options)).not.toContain('\x1b')
  })

  test.each([
    ['FORCE_COLOR=1 in a pipe', ['show', 'last'], { env: { FORCE_COLOR: '1' } }],
    ['--color in a pipe', ['show', 'last', '--color'], {}],
    ['a terminal', ['list'], { columns: 100 }],
    ['an empty NO_COLOR', ['list'], { columns: 100, env: { NO_COLOR: '' } }],
  ])('%s: colours', async (_name, args, options) => {
    expect(await shown(args, options)).toContain('\x1b[')
  })
})

test('project settings are found from a folder below', async () => {
  mkdirSync(join(bench.home, 'app', 'deep'), { recursive: true })
  writeFileSync(join(bench.home, 'app', 'webhook-cli.json'), JSON.stringify({ respond: 202 }))
  const session = bench.start(['listen', '--port', '0', '--json'], { cwd: join(bench.home, 'app', 'deep') })
  const port = Number(/:(\d+)\//.exec(await session.stdout.until(/"type":"ready"/))?.[1])
  expect((await post(port)).status).toBe(202)
  session.interrupt()
  await session.status
})
