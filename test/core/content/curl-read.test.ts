import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toCurl } from '../../../src/core/content/copy-as.ts'
import { isCurl, requestFromCurl } from '../../../src/core/content/curl-read.ts'
import { readShell } from '../../../src/core/content/shell-read.ts'
import { endToEndHeaders } from '../../../src/core/headers.ts'
import type { NewRequest } from '../../../src/core/request.ts'
import type { WireRecorder } from '../../helpers/wire-recorder.ts'
import { startWireRecorder } from '../../helpers/wire-recorder.ts'
import { wireRequest } from '../../helpers/wire-samples.ts'

let recorder: WireRecorder
let dir = ''
beforeAll(async () => {
  recorder = await startWireRecorder()
  dir = mkdtempSync(join(tmpdir(), 'curl-read-'))
  writeFileSync(join(dir, 'body.txt'), Buffer.from('a\r\nb\nc \xff', 'latin1'))
  writeFileSync(join(dir, 'body.bin'), Buffer.from('a\r\nb\n\0c \xff', 'latin1'))
})
afterAll(async () => {
  await recorder.close()
  rmSync(dir, { recursive: true, force: true })
})

function run(command: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: dir, LC_ALL: 'C' }
    const shell = execFile('bash', ['-s'], { cwd: dir, env, timeout: 20_000 }, (error) => resolve(error))
    shell.stdin?.end(command)
  })
}

function read(command: string, options: { files?: boolean } = {}): ReturnType<typeof requestFromCurl> {
  const { commands, faults } = readShell(Buffer.from(command))
  const [first] = commands
  if (first === undefined) return { ok: false, problem: faults[0]?.problem ?? '' }
  return requestFromCurl(first, {
    receivedAt: 0,
    ...(options.files === true && { readFile: (path: string) => readFileSync(join(dir, path)) }),
  })
}

function only(result: ReturnType<typeof requestFromCurl>): NewRequest {
  if (!result.ok) throw new Error(result.problem)
  const [request] = result.requests
  if (request === undefined || result.requests.length !== 1) throw new Error('not one request')
  return request
}

/** Our reader knows no version of curl. */
const withoutAgent = (headers: readonly (readonly [string, string])[]): (readonly [string, string])[] =>
  headers.filter(([name, value]) => !(name === 'User-Agent' && value.startsWith('curl/')))

const JSON_HEADER = `-H 'Content-Type: application/json'`

describe('requestFromCurl', () => {
  test.each([
    `curl ORIGIN`,
    `curl ORIGIN/a/../b/./c?x=../y#fragment`,
    `curl --path-as-is ORIGIN/a/../b/./c`,
    `curl -d a=1 -d b=2 ORIGIN/p`,
    `curl ORIGIN/p -d 'a=1' --data-raw '@b' --data-binary $'c\\n'`,
    `curl -d @body.txt ORIGIN`,
    `curl --data-binary @body.bin ORIGIN`,
    `curl --data-urlencode 'a=b c&d' --data-urlencode '=é' --data-urlencode 'x y' --data-urlencode 'f@body.bin' ORIGIN`,
    `curl -G -d a=1 --data-urlencode 'b=c d' 'ORIGIN/p?x=1'`,
    `curl -G -d a=1 ORIGIN/p`,
    `curl --json '{"a":1}' --json '{"b":2}' ORIGIN`,
    `curl --json '{}' -H 'accept: text/plain' -H 'X: 1' ORIGIN`,
    `curl -X PUT ${JSON_HEADER} -d '{"a":"it'\\''s"}' ORIGIN/p`,
    `curl -XDELETE -sSi ORIGIN/p`,
    `curl -I ORIGIN/p`,
    `curl -u me:pass:word ORIGIN`,
    `curl -u me: ORIGIN`,
    `curl -b 'a=b; c=d' -b e=f ORIGIN`,
    `curl -A 'my agent' -e http://from.test/ ORIGIN`,
    `curl -H 'A: 1' -H 'a:  2  ' -H 'Empty;' -H 'Accept:' -H 'User-Agent:' -d x ORIGIN`,
    `curl -H 'Host: other.test' -H 'Z: 1' ORIGIN`,
    `curl -H 'Content-Type:' -d x ORIGIN`,
    `curl -H 'Content-Length: 1' -d x ORIGIN`,
    `curl -0 -d x ORIGIN`,
    `curl --request-target '*' -X OPTIONS ORIGIN`,
    `curl -g 'ORIGIN/[1-2]{a,b}'`,
    `curl --url ORIGIN/u -o /dev/null -w '%{http_code}' --max-time 5`,
    `curl -d '' ORIGIN`,
    `curl -H $'X-Bytes: \\xe9\\xa0' ORIGIN`,
    `printf 'a\\000b' | curl --data-binary @- ORIGIN`,
    `curl --oauth2-bearer tok ORIGIN`,
  ])('%s is what curl sends', async (template) => {
    const command = template.replaceAll('ORIGIN', recorder.origin)
    recorder.recorded.length = 0
    expect(await run(command)).toBe(null)
    const sent = recorder.recorded[0]
    const request = only(read(command, { files: true }))
    expect(`${request.method} ${request.target} HTTP/${request.httpVersion}`).toBe(sent?.line)
    expect(request.headers).toEqual(withoutAgent(sent?.headers ?? []))
    expect(Buffer.from(request.body)).toEqual(sent?.body)
  })

  test('what we write for a request is read as that request', () => {
    fc.assert(
      fc.property(wireRequest, (sample) => {
        const request = only(read(toCurl(sample, 'http://localhost:3000')))
        expect([request.method, request.target, request.httpVersion]).toEqual([
          sample.method,
          sample.target,
          sample.httpVersion,
        ])
        const framing = /^(?:host|content-length)$/i
        expect(request.headers.filter(([name]) => !framing.test(name))).toEqual(
          endToEndHeaders(sample.headers).filter(([name]) => !framing.test(name)),
        )
        expect(Buffer.from(request.body)).toEqual(Buffer.from(sample.body))
      }),
      { numRuns: 1000, seed: 7 },
    )
  })

  test('several URLs are several requests', () => {
    const result = read('curl -d x http://a.test/1 http://b.test:81/2')
    expect(result.ok && result.requests.map(({ target, headers }) => [target, headers[0]?.[1]])).toEqual([
      ['/1', 'a.test'],
      ['/2', 'b.test:81'],
    ])
  })

  test('a password in the URL becomes a header, and default ports go', () => {
    const { headers } = only(read('curl https://u%40x:p@a.test:443/'))
    expect(headers.slice(0, 2)).toEqual([
      ['Host', 'a.test'],
      ['Authorization', `Basic ${Buffer.from('u@x:p').toString('base64')}`],
    ])
  })

  test.each([
    ['curl', 'it has no URL'],
    ['curl -d @/etc/passwd a.test', 'its body is in a file; --read-files reads what commands name'],
    [
      'curl --data-urlencode x@/etc/passwd a.test',
      'its body is in a file; --read-files reads what commands name',
    ],
    ['curl -H @/etc/passwd a.test', 'it takes its headers from a file'],
    ['curl -b cookies.txt a.test', 'it takes its cookies from a file'],
    ['curl -F a=@x a.test', 'the option -F is not read'],
    ['curl -T x a.test', 'the option -T is not read'],
    ['curl -K config a.test', 'the option -K is not read'],
    ['curl --config x a.test', 'the option --config is not read'],
    ['curl --next a.test', 'the option --next is not read'],
    ['curl -H nonsense a.test', 'a header has no colon'],
    ['curl ftp://a.test/x', 'its URL is not one of http'],
    ['curl file:///etc/passwd', 'its URL is not one of http'],
    ["curl 'a.test/[1-3]'", 'its URL stands for several (-g takes it as it is)'],
    ['cat /etc/passwd | curl --data-binary @- a.test', 'its body comes from another command'],
    ['curl --data-binary @- a.test', 'its body comes from another command'],
  ])('%s: %s', (command, problem) => {
    expect(read(command)).toEqual({ ok: false, problem })
  })

  test('no file is left behind, whatever is read', () => {
    expect(readdirSync(dir)).toEqual(['body.bin', 'body.txt'])
  })

  test.each(['curl', '/usr/bin/curl', 'curl.exe', 'CURL'])('%s is curl', (word) => {
    expect(isCurl({ line: 1, words: [word] })).toBe(true)
  })
  test.each(['curlie', 'mycurl', '', 'wget'])('%s is not', (word) => {
    expect(isCurl({ line: 1, words: [word] })).toBe(false)
  })
})
