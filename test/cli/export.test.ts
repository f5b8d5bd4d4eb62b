import { execFile } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { post } from '../helpers/post.ts'
import { exchange } from '../helpers/raw-http.ts'
import { startWireRecorder } from '../helpers/wire-recorder.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

/** Captures by the real way in: a listener, a socket, the store. */
async function capture(send: (port: number) => Promise<unknown>): Promise<void> {
  const session = bench.start(['listen', '--port', '0', '--json'])
  const text = await session.stdout.until(/"type":"ready"/)
  await send(Number(/:(\d+)\//.exec(text)?.[1]))
  session.interrupt()
  await session.status
}

const three = (): Promise<void> =>
  capture(async (port) => {
    for (const path of ['/a', '/b', '/c'])
      await post(port, {
        path,
        body: `{"type":"event${path}"}`,
        headers: ['Content-Type', 'application/json'],
      })
  })

const lines = (stdout: string): { id: string; target: string }[] =>
  stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; target: string })
const targets = (stdout: string): string[] => lines(stdout).map(({ target }) => target)

describe('which requests', () => {
  test('all of them, the oldest first; those of refs in their order; of ranges as they were captured, each once', async () => {
    await three()
    const { stdout, stderr, status } = await bench.run(['export'])
    expect({ targets: targets(stdout), stderr, status }).toEqual({
      targets: ['/a', '/b', '/c'],
      stderr: '',
      status: 0,
    })
    const run = async (...args: string[]): Promise<string[]> =>
      targets((await bench.run(['export', ...args])).stdout)
    expect(await run('last', 'last~2')).toEqual(['/c', '/a'])
    expect(await run('last~2..last~1')).toEqual(['/a', '/b'])
    expect(await run('last..last~1', 'last')).toEqual(['/b', '/c'])
    expect(await run('--path', '/b')).toEqual(['/b'])
    expect(await run('last~2..last', '--event', 'event/c')).toEqual(['/c'])
    const [{ id } = { id: '' }] = lines(stdout)
    expect(await run(`${id}..last~1`)).toEqual(['/a', '/b'])
  })

  test('a ref that names nothing is told before anything is written', async () => {
    await three()
    const { status, stdout, stderr } = await bench.run(['export', 'last', 'last~9', '--out', 'out'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('no captured request is "last~9"')
    expect(readdirSync(join(bench.home, 'out'))).toEqual([])
  })

  test('nothing that matches is no failure, and still a document', async () => {
    expect((await bench.run(['export'])).stderr).toBe('nothing captured yet\n')
    await three()
    const { status, stdout, stderr } = await bench.run(['export', '--path', '/x', '--format', 'har'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ log: { entries: [] } })
    expect(stderr).toBe('none of 3 captured requests matches\n')
  })

  test('the shell completes refs, ranges and formats', async () => {
    await three()
    const complete = async (...words: string[]): Promise<string[]> =>
      (await bench.run(['__complete', '--', ...words])).stdout.trim().split('\n')
    const [{ id } = { id: '' }] = lines((await bench.run(['export', 'last'])).stdout)
    expect(await complete('export', id.slice(0, 3))).toEqual([id.slice(0, 4)])
    expect(await complete('export', `last~2..${id.slice(0, 3)}`)).toEqual([`last~2..${id.slice(0, 4)}`])
    expect(await complete('export', '--format', 'h')).toEqual(['har', 'httpie', 'http'])
    expect(await complete('import', '--format', 'w')).toEqual(['webhook-site'])
  })
})

describe('formats', () => {
  test('an unknown one is told with those that are', async () => {
    const { status, stderr } = await bench.run(['export', '--format', 'yaml'])
    expect(status).toBe(2)
    expect(stderr).toContain(
      '--format: "yaml" is not ndjson, json, har, curl, httpie, http, fetch, or vitest',
    )
  })

  test('json is one document, ndjson a line each', async () => {
    await three()
    const { stdout } = await bench.run(['export', '--format', 'json'])
    expect((JSON.parse(stdout) as { target: string }[]).map(({ target }) => target)).toEqual([
      '/a',
      '/b',
      '/c',
    ])
    expect((await bench.run(['export', '--json'])).stdout.split('\n').length).toBe(4)
  })

  test('a test file stands alone: several need a folder', async () => {
    await three()
    const { status, stdout, stderr } = await bench.run(['export', '--format', 'vitest'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('--format vitest makes a file for each request: say where with --out')
  })

  test('commands go to this machine, or where --to says; never where a stranger said', async () => {
    await capture((port) =>
      exchange(port, 'POST /hook?a=1 HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 2\r\n\r\nhi'),
    )
    for (const format of ['curl', 'httpie', 'http', 'fetch', 'vitest']) {
      const run = async (...to: string[]): Promise<string> =>
        (await bench.run(['export', 'last', '--format', format, ...to])).stdout
      expect(await run(), format).toContain('localhost:8484')
      expect(await run('--to', '3000'), format).toContain('localhost:3000')
      expect(await run('--to', 'http://app.test/in/'), format).toMatch(
        /app\.test[^]*\/in\/hook\?a=1|\/in\/hook\?a=1[^]*app\.test/,
      )
      expect((await run()) + (await run('--to', '3000')), format).not.toContain('evil.test')
    }
  })

  test('an HTTP message, piped into a connection, is the request; one after another', async () => {
    await capture(async (port) => {
      await exchange(
        port,
        'PUT /1 HTTP/1.1\r\nhOST: x\r\nX-a: 1\r\nx-A: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\r\n\r\n0\r\n\r\n',
      )
      await exchange(port, 'POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n\xff')
    })
    const { bytes } = await bench.run(['export', '--format', 'http', '--to', '3000'])
    expect(bytes.toString('latin1')).toBe(
      'PUT /1 HTTP/1.1\r\nhOST: localhost:3000\r\nX-a: 1\r\nx-A: 2\r\nContent-Length: 3\r\n\r\na\r\n' +
        'POST /2 HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: 1\r\n\r\n\xff',
    )
  })

  test('what fetch sends is the request, as far as fetch can', async () => {
    const recorder = await startWireRecorder()
    await capture((port) =>
      exchange(
        port,
        Buffer.from(
          "PATCH /a%2Fb?c=%00 HTTP/1.1\r\nHost: x\r\nX-Byte: \xe9\r\nContent-Length: 3\r\n\r\n\xff\0'",
          'latin1',
        ),
      ),
    )
    const { stdout } = await bench.run(['export', 'last', '--format', 'fetch', '--to', recorder.origin])
    const { code, output } = await runNode(['--input-type=module', '-e', stdout])
    await recorder.close()
    expect(stdout).toContain(
      '// not exact: fetch adds Accept, Accept-Language, Sec-Fetch-Mode, User-Agent, Accept-Encoding',
    )
    expect(code, output).toBe(0)
    const [sent] = recorder.recorded
    expect(sent?.line).toBe('PATCH /a%2Fb?c=%00 HTTP/1.1')
    expect(sent?.headers).toContainEqual(['X-Byte', '\xe9'])
    expect(sent?.headers.map(([name]) => name)).not.toContain('content-type')
    expect(sent?.body).toEqual(Buffer.from("\xff\0'", 'latin1'))
  })
})

test('the answer of the last delivery is in the HAR, and is what a test expects', async () => {
  const app = await startApp(() => ({ status: 202, body: 'queued', headers: { 'Set-Cookie': 'sid=SEKRIT' } }))
  const to = `http://127.0.0.1:${app.port}/hooks`
  await bench.run(['send', 'github', 'push', '--to', to, '--secret', 'env:S'], {
    env: { S: 'it is a secret' },
  })
  await app.close()
  const { stdout } = await bench.run(['export', 'last', '--format', 'har'])
  const { log } = JSON.parse(stdout) as { log: { entries: { response: object }[] } }
  expect(log.entries[0]?.response).toMatchObject({ status: 202, content: { size: 6, text: 'queued' } })
  expect(stdout).not.toContain('SEKRIT')
  const file = (await bench.run(['export', 'last', '--format', 'vitest', '--to', to])).stdout
  expect(file).toContain('expect(response.status, await response.text()).toBe(202)')
  expect(file).toContain("fetch(origin + '/hooks', {")
})

/** Node in a process of its own; a server in this one can answer it. */
function runNode(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...args],
      { timeout: 60_000, ...options, env: { PATH: process.env['PATH'], ...options.env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
}

describe('what stays at home', () => {
  const secretly = (): Promise<void> =>
    capture((port) =>
      exchange(
        port,
        [
          'POST /hook?token=SEKRIT-1 HTTP/1.1',
          'Host: x',
          'Authorization: Bearer SEKRIT-2',
          'Cookie: a=SEKRIT-3',
          'X-Api-Key: SEKRIT-4',
          'X-Gitlab-Token: SEKRIT-5',
          'X-Gitlab-Event: Push Hook',
          'Set-Cookie: b=SEKRIT-6',
          'X-Note: whsec_SEKRIT-7',
          'Content-Length: 30',
          '',
          '{"note":"whsec_SEKRIT-7 here"}',
        ].join('\r\n'),
      ),
    )

  test.each(['ndjson', 'json', 'har', 'curl', 'httpie', 'http', 'fetch', 'vitest'])(
    'R-SEC-1: %s has no credential, and stderr says what was left out',
    async (format) => {
      await secretly()
      writeFileSync(join(bench.home, 'webhook-cli.json'), '{"secrets":{"stripe":"env:MINE"}}')
      const env = { MINE: 'whsec_SEKRIT-7' }
      const { stdout, stderr } = await bench.run(['export', '--format', format], { env })
      expect(stdout).not.toContain('SEKRIT')
      expect(stderr).toMatch(
        /^note: redacted \?token, Authorization, Cookie, X-Api-Key, X-Gitlab-Token, Set-Cookie and 2 more; --show-secrets keeps them\n$/,
      )
      const shown = await bench.run(['export', '--format', format, '--show-secrets'], { env })
      expect(shown.stderr).toBe('')
      expect(shown.stdout.match(/SEKRIT-\d/g)?.length).toBeGreaterThanOrEqual(7)
    },
  )

  test('a test file takes the secret from the environment, also with --show-secrets', async () => {
    await secretly()
    const { stdout } = await bench.run(['export', '--format', 'vitest', '--show-secrets'])
    expect(stdout).toContain("process.env['GITLAB_WEBHOOK_SECRET']")
    expect(stdout).toContain("['X-Gitlab-Token', secret],")
    expect(stdout).not.toContain('SEKRIT-5')
  })
})

describe('--out', () => {
  const HOSTILE = [
    'POST /../../../../etc/passwd HTTP/1.1',
    'POST /C:\\x\\..\\con HTTP/1.1',
    'POST /%00%2e%2e%2fnul.sh HTTP/1.1',
    'POST /aux HTTP/1.1',
  ]
  const hostile = (): Promise<void> =>
    capture(async (port) => {
      for (const line of HOSTILE)
        await exchange(
          port,
          `${line}\r\nHost: ../../x\r\nX-GitHub-Delivery: ../../../owned\r\nX-GitHub-Event: ../con\r\nContent-Length: 17\r\n\r\n{"id":"../../id"}`,
        )
    })
  const everyFile = (): string[] =>
    readdirSync(bench.home, { recursive: true, encoding: 'utf8' }).filter((name) =>
      lstatSync(join(bench.home, name)).isFile(),
    )

  test('R-EXP-1, R-STO-1: files only in the folder, named by ids, for their owner alone, whatever the umask', async () => {
    await hostile()
    const before = everyFile()
    for (const umask of [0, 0o022, 0o077]) {
      const old = process.umask(umask)
      try {
        for (const format of ['ndjson', 'json', 'har', 'curl', 'httpie', 'http', 'fetch', 'vitest']) {
          const { status, stderr } = await bench.run([
            'export',
            '--format',
            format,
            '--out',
            `out/${umask}/${format}`,
          ])
          expect(status, stderr).toBe(0)
          expect(stderr).toContain(`exported 4 requests as ${format}`)
        }
      } finally {
        process.umask(old)
      }
    }
    const created = everyFile().filter((name) => !before.includes(name))
    for (const name of created) {
      expect(name).toMatch(/^out\/\d+\/[a-z]+\/[0-9a-z]{8}\.(?:ndjson|json|har|sh|http|mjs|test\.ts)$/)
      expect(statSync(join(bench.home, name)).mode & 0o777).toBe(0o600)
    }
    for (const folder of ['out', 'out/0', 'out/0/har'])
      expect(statSync(join(bench.home, folder)).mode & 0o777).toBe(0o700)
    expect(created.length).toBe(3 * 8 * HOSTILE.length)
    console.log(
      `R-EXP-1: ${created.length} files of requests that name ../, C:\\, NUL and devices: all in --out, 0 elsewhere, all 0600`,
    )
  })

  test('paths are printed, and with --json told', async () => {
    await hostile()
    const { stdout } = await bench.run(['export', 'last', '--format', 'har', '--out', 'out'])
    expect(stdout).toMatch(/^out\/[0-9a-z]{8}\.har\n$/)
    const told = await bench.run(['export', 'last', '--format', 'har', '--out', 'out', '--json', '--force'])
    expect(JSON.parse(told.stdout)).toEqual({
      v: 1,
      type: 'exported',
      id: stdout.slice(4, 12),
      path: join(bench.home, stdout.trim()),
    })
  })

  test('a file that exists is left as it is, unless --force', async () => {
    await hostile()
    const { stdout } = await bench.run(['export', 'last', '--out', 'out'])
    const path = join(bench.home, stdout.trim())
    writeFileSync(path, 'mine')
    const { status, stderr } = await bench.run(['export', 'last', '--out', 'out'])
    expect(status).toBe(1)
    expect(stderr).toContain('it exists; --force replaces it')
    expect(readFileSync(path, 'utf8')).toBe('mine')
    chmodSync(path, 0o644)
    expect((await bench.run(['export', 'last', '--out', 'out', '--force'])).status).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain('"v":1')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('R-STO-2: no link is followed, neither as the folder nor as a file', async () => {
    await hostile()
    const victim = join(bench.home, 'victim')
    mkdirSync(victim)
    symlinkSync(victim, join(bench.home, 'link'))
    for (const path of ['link', 'link/']) {
      const { status, stderr } = await bench.run(['export', 'last', '--out', path])
      expect({ status, found: stderr.includes('it is a symbolic link') }).toEqual({ status: 1, found: true })
    }
    const { stdout } = await bench.run(['export', 'last', '--out', 'out'])
    const name = stdout.trim().slice(4)
    mkdirSync(join(bench.home, 'trap'))
    writeFileSync(join(victim, 'file'), 'unchanged')
    symlinkSync(join(victim, 'file'), join(bench.home, 'trap', name))
    expect((await bench.run(['export', 'last', '--out', 'trap'])).status).toBe(1)
    expect((await bench.run(['export', 'last', '--out', 'trap', '--force'])).status).toBe(0)
    expect(readFileSync(join(victim, 'file'), 'utf8')).toBe('unchanged')
    expect(readdirSync(victim)).toEqual(['file'])
    expect(lstatSync(join(bench.home, 'trap', name)).isFile()).toBe(true)
  })

  test('what is no folder is told', async () => {
    await hostile()
    writeFileSync(join(bench.home, 'file'), '')
    for (const path of ['file', 'file/below']) {
      const { status, stderr } = await bench.run(['export', '--out', path])
      expect({ status, found: stderr.includes('it is no folder') }).toEqual({ status: 1, found: true })
    }
  })
})

describe('on a terminal', () => {
  test.each([100, 60])(
    'R-TTY-1: nothing of a stranger acts on one of %i columns, in any format',
    async (columns) => {
      await capture((port) =>
        exchange(
          port,
          'POST /x HTTP/1.1\r\nHost: x\r\nX-A: \x9b2J\xc2\x85\r\nContent-Length: 11\r\n\r\n\x1b]0;x\x07\x1b[2J\xff',
        ),
      )
      for (const format of ['ndjson', 'json', 'har', 'curl', 'httpie', 'http', 'fetch', 'vitest']) {
        const { stdout, status } = await bench.run(['export', '--format', format], {
          columns,
          env: { NO_COLOR: '1' },
        })
        expect(status, format).toBe(0)
        // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
        expect(stdout, format).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)
        if (format === 'ndjson' || format === 'json' || format === 'har')
          expect(() => JSON.parse(stdout) as unknown).not.toThrow()
      }
    },
  )
})
