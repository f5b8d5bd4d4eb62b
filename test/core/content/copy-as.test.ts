import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { validUtf8 } from '../../../src/core/content/charset.ts'
import { toCurl, toHttpie } from '../../../src/core/content/copy-as.ts'
import { endToEndHeaders } from '../../../src/core/headers.ts'
import type { WireRecord, WireRecorder } from '../../helpers/wire-recorder.ts'
import { startWireRecorder } from '../../helpers/wire-recorder.ts'
import type { WireSample as Sample } from '../../helpers/wire-samples.ts'
import { HOSTILE, sampleOf, wireRequest } from '../../helpers/wire-samples.ts'

let recorder: WireRecorder
let origin = ''
let dir = ''

beforeAll(async () => {
  recorder = await startWireRecorder()
  origin = recorder.origin
  dir = mkdtempSync(join(tmpdir(), 'copy-as-'))
})
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  await recorder.close()
})
beforeEach(() => {
  recorder.recorded.length = 0
})

/** A clean home: somebody's ~/.curlrc or proxy is not what is tested. As a script, which may be longer than an argument. */
function run(command: string): Promise<{ error: Error | null; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: dir, LC_ALL: 'C' }
    const shell = execFile('sh', ['-s'], { cwd: dir, env, timeout: 20_000 }, (error, _stdout, stderr) =>
      resolve({ error, stderr }),
    )
    shell.stdin?.end(command)
  })
}

const FRAMING = /^(?:host|content-length)$/i
const withoutFraming = (headers: Sample['headers']): Sample['headers'] =>
  headers.filter(([name]) => !FRAMING.test(name))

/** So many random requests, and so many of them in one script. */
const RUNS = 2000
const PER_SHELL = 100

function expectSame(got: WireRecord | undefined, sample: Sample): void {
  const command = toCurl(sample, origin)
  expect(got?.line, command).toBe(`${sample.method} ${sample.target} HTTP/${sample.httpVersion}`)
  expect(withoutFraming(got?.headers ?? []), command).toEqual(withoutFraming(endToEndHeaders(sample.headers)))
  expect(got?.body.equals(sample.body), command).toBe(true)
}

async function expectReproduced(sample: Sample): Promise<void> {
  recorder.recorded.length = 0
  const command = toCurl(sample, origin)
  const { error, stderr } = await run(command)
  expect(error, `${command}\n${stderr}`).toBe(null)
  expect(recorder.recorded.length).toBe(1)
  expectSame(recorder.recorded[0], sample)
  // oxlint-disable-next-line no-control-regex -- the command must not act on the terminal it is read on
  expect(command).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/)
}

describe('toCurl', () => {
  test('R-EXP-2: sends random requests again byte for byte, and no shell runs what they say', async () => {
    // A body on HEAD is tried on its own below: curl waits there for the server to close.
    const samples = fc
      .sample(wireRequest, { numRuns: RUNS, seed: 7 })
      .map((sample) => (sample.method === 'HEAD' ? { ...sample, body: Buffer.alloc(0) } : sample))
    for (let at = 0; at < samples.length; at += PER_SHELL) {
      const batch = samples.slice(at, at + PER_SHELL)
      recorder.recorded.length = 0
      const { error, stderr } = await run(batch.map((sample) => toCurl(sample, origin)).join('\n'))
      expect(error, stderr).toBe(null)
      expect(recorder.recorded.length).toBe(batch.length)
      for (const [index, sample] of batch.entries()) expectSame(recorder.recorded[index], sample)
    }
    expect(readdirSync(dir)).toEqual([])
    console.log(
      `R-EXP-2: ${samples.length} random requests run as curl commands in ${samples.length / PER_SHELL} shells: all identical at the recorder, 0 marker files`,
    )
  }, 180_000)

  test.each(HOSTILE)('takes %j for text in target, header and body', async (text) => {
    await expectReproduced(
      sampleOf({
        target: `/${encodeURI(text).replaceAll('%', '$')}`,
        headers: [['X-Text', text]],
        body: Buffer.from(text),
      }),
    )
    expect(readdirSync(dir)).toEqual([])
  })

  test('sends a body on GET and on HEAD', async () => {
    await expectReproduced(sampleOf({ method: 'GET' }))
    await expectReproduced(sampleOf({ method: 'HEAD', body: Buffer.from('unusual') }))
  })

  test('sends a length of 0 again where there was one, and none where there was none', async () => {
    await expectReproduced(sampleOf({ headers: [['Content-Length', '0']], body: Buffer.alloc(0) }))
    expect(recorder.recorded[0]?.headers).toContainEqual(['Content-Length', '0'])
    await expectReproduced(sampleOf({ headers: [], body: Buffer.alloc(0) }))
    expect(recorder.recorded[0]?.headers.map(([name]) => name)).toEqual(['Host'])
  })

  test('sends a body of 2 MiB without asking first', async () => {
    const body = Buffer.alloc(2 * 1024 * 1024, 'it’s big\n')
    await expectReproduced(sampleOf({ body }))
  })

  test('sends every byte there is, NUL included', async () => {
    await expectReproduced(sampleOf({ body: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) }))
  })

  test('shows readable text as it is', () => {
    expect(toCurl(sampleOf({ body: Buffer.from('{"name":"Ünal 日本 👍"}') }), 'http://localhost:3000')).toBe(
      [
        'curl --path-as-is \\',
        "  -H 'Content-Type: application/json' \\",
        '  -H User-Agent: \\',
        '  -H Accept: \\',
        `  --data-raw '{"name":"Ünal 日本 👍"}' \\`,
        '  http://localhost:3000/hook',
      ].join('\n'),
    )
  })

  test('writes line breaks and what hides as octal, so that no line of a stranger is one of ours', () => {
    const command = toCurl(
      sampleOf({ body: Buffer.from('a\n14:02:11  POST /fake\u202e') }),
      'http://localhost',
    )
    expect(command.split('\n')[0]).toBe(
      String.raw`printf 'a\n14:02:11  POST /fake\342\200\256' | curl --path-as-is \ `.trim(),
    )
  })
})

/** What a shell makes of a command, without running it. */
function argumentsOf(command: string): string[] {
  const script = `http() { printf '%s\\0' "$@"; }\n${command}`
  const { stdout } = spawnSync('sh', ['-c', script], {
    cwd: dir,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  })
  return stdout.toString('latin1').split('\0').slice(0, -1)
}

describe('toHttpie', () => {
  test('gives HTTPie each part of a random request as one argument', () => {
    fc.assert(
      fc.property(wireRequest, (sample) => {
        const command = toHttpie(sample, origin)
        const args = argumentsOf(command)
        expect(args).toContain(sample.method)
        expect(args).toContain(`${origin}${sample.target}`)
        for (const [name, value] of withoutFraming(endToEndHeaders(sample.headers))) {
          const utf8 = validUtf8(Buffer.from(value, 'latin1')) !== undefined
          const bytes = Buffer.from(value, utf8 ? 'latin1' : 'utf8').toString('latin1')
          expect(args).toContain(value === '' ? `${name};` : `${name}: ${bytes}`)
        }
        const raw = args.find((arg) => arg.startsWith('--raw='))?.slice('--raw='.length)
        if (raw !== undefined) expect(Buffer.from(raw, 'latin1').equals(sample.body)).toBe(true)
        else
          expect(
            sample.body.length === 0 ||
              / \| http /.test(command.split('\n').find((line) => line.includes('http --')) ?? ''),
          ).toBe(true)
      }),
      { numRuns: 100, seed: 7 },
    )
    expect(readdirSync(dir)).toEqual([])
  })

  test('says what HTTPie cannot send', () => {
    const headers = [
      ['X-Path', String.raw`C:\:x`],
      ['X-Latin', 'caf\xe9'],
    ] as const
    const command = toHttpie(sampleOf({ method: 'M-SEARCH', headers }), origin)
    expect(command.split('\n').slice(0, 3)).toEqual([
      '# not exact: HTTPie cannot send this method as it is',
      '# not exact: HTTPie cannot send this X-Path as it is',
      '# not exact: HTTPie cannot send this X-Latin as it is',
    ])
  })

  test.skipIf(spawnSync('http', ['--version']).error !== undefined)(
    'what HTTPie itself sends is the request, but for the order of headers and what it says of itself',
    async () => {
      const exact = fc
        .sample(wireRequest, { numRuns: 300, seed: 11 })
        .map((sample) => ({ ...sample, target: `/a%2Fb/../c,d;e?f=%20&g='${sample.headers.length}'` }))
        .filter((sample) => sample.method !== 'HEAD' && !toHttpie(sample, origin).startsWith('#'))
        .slice(0, 12)
      expect(exact.length).toBe(12)
      for (const sample of exact) {
        recorder.recorded.length = 0
        const command = toHttpie(sample, origin)
        const { error, stderr } = await run(command)
        expect(error, command + stderr).toBe(null)
        const [sent] = recorder.recorded
        expect(sent?.line, command).toBe(`${sample.method} ${sample.target} HTTP/1.1`)
        const lower = (headers: Sample['headers']): string[] =>
          withoutFraming(headers).map(([name, value]) => `${name.toLowerCase()}: ${value}`)
        expect(lower(sent?.headers ?? []), command).toEqual(
          expect.arrayContaining(lower(endToEndHeaders(sample.headers))),
        )
        expect(sent?.body.equals(sample.body), command).toBe(true)
      }
      expect(readdirSync(dir).filter((name) => !name.startsWith('.'))).toEqual([])
    },
    120_000,
  )
})
