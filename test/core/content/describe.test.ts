import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContentView, DescribeOptions } from '../../../src/core/content/describe.ts'
import { describeContent } from '../../../src/core/content/describe.ts'

function view(
  type: string | undefined,
  body: string | Uint8Array,
  options: DescribeOptions = {},
): ContentView {
  return describeContent(
    { headers: type === undefined ? [] : [['content-type', type]], body: Buffer.from(body) },
    options,
  )
}

function coded(body: Buffer, coding: string): ContentView {
  return describeContent({
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Encoding', coding],
    ],
    body,
  })
}

describe('describeContent', () => {
  test.each<[string | undefined, string | Uint8Array, ContentView['kind']]>([
    ['application/json', '{"a":1}', 'json'],
    ['application/json', '"text"', 'json'],
    ['application/problem+json; charset=utf-8', '{}', 'json'],
    ['application/x-ndjson', '{"a":1}\n{"a":2}\n', 'json'],
    ['text/plain', '{"Type":"Notification"}', 'json'],
    [undefined, ' [1]', 'json'],
    ['application/octet-stream', '{"a":1}', 'json'],
    ['application/x-www-form-urlencoded', '{"a":1}', 'json'],
    ['application/x-www-form-urlencoded', 'payload={"a":1}', 'form'],
    // `curl --data-binary @program` says so of a program too.
    ['application/x-www-form-urlencoded', '\x7fELF\0\x01\x02=\0', 'binary'],
    ['multipart/form-data; boundary=B', '--B\r\n\r\nx\r\n--B--', 'multipart'],
    ['text/xml', '<a/>', 'xml'],
    ['application/soap+xml', '<a>x</a>', 'xml'],
    ['text/html', '<p>hello', 'text'],
    ['text/plain', '{not json}', 'text'],
    ['text/plain', 'caf\xe9', 'text'],
    [undefined, 'hello', 'text'],
    [undefined, '42', 'text'],
    ['image/png', 'text after all', 'text'],
    [undefined, Uint8Array.from([0xff, 0, 0x7b, 0xc3, 0x28]), 'binary'],
    [undefined, Uint8Array.from([0x7b, 0xff, 0x7d]), 'binary'],
    ['image/png', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'binary'],
    ['application/json', Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), 'binary'],
    ['application/json', '', 'empty'],
    [undefined, '', 'empty'],
    ['nonsense', '{}', 'json'],
  ])('%s %j is %s', (type, body, kind) => {
    expect(view(type, body).kind).toBe(kind)
  })

  test('tells where JSON is broken, and shows it as text', () => {
    expect(view('application/json', '{\n  "a": 1,\n  "b": tru\n}')).toMatchObject({
      kind: 'text',
      notes: [{ code: 'syntax', syntax: 'json', line: 3, column: 8 }],
    })
    expect(view('application/xml', '<a>\n<b></a>')).toMatchObject({
      kind: 'text',
      notes: [{ code: 'syntax', syntax: 'xml', line: 2, column: 4 }],
    })
    expect(view('application/json', '['.repeat(500) + ']'.repeat(500))).toMatchObject({
      kind: 'text',
      notes: [{ code: 'too-deep', syntax: 'json', depth: 256 }],
    })
  })

  test('tells that it is JSON under another name, and only then', () => {
    expect(view('application/x-www-form-urlencoded', '{"a":1}').notes).toEqual([
      { code: 'is-json', declared: 'application/x-www-form-urlencoded' },
    ])
    expect(view(undefined, '{"a":1}').notes).toEqual([])
    expect(view('text/plain', '{"a":1').notes).toEqual([])
  })

  test('tells of charsets', () => {
    expect(view('text/plain; charset=koi8-r', 'x').notes).toEqual([
      { code: 'charset-unknown', charset: 'koi8-r' },
    ])
    expect(view('application/json', Uint8Array.from([0x22, 0xff, 0x22]))).toMatchObject({
      kind: 'json',
      notes: [{ code: 'not-utf8', bytes: 1 }],
    })
    expect(view('application/json', Buffer.from('\ufeff{"a":1}', 'utf16le'))).toMatchObject({
      kind: 'json',
      text: '{"a":1}',
      charset: 'utf-16le',
    })
    expect(view('application/json; charset=latin1', Buffer.from('"é"', 'latin1'))).toMatchObject({
      text: '"é"',
    })
  })

  test('tells what is wrong with a boundary, and shows the rest as text', () => {
    const code = (type: string): unknown => view(type, '--B\r\n\r\nx\r\n--B--').notes
    expect(code('multipart/form-data')).toEqual([{ code: 'boundary-missing' }])
    expect(code('multipart/form-data; boundary=""')).toEqual([{ code: 'boundary-invalid' }])
    expect(code(`multipart/form-data; boundary=${'x'.repeat(100)}`)).toEqual([{ code: 'boundary-invalid' }])
    expect(code('multipart/form-data; boundary=C')).toEqual([{ code: 'boundary-not-found' }])
    expect(view('multipart/form-data', '--B\r\n\r\nx\r\n--B--').kind).toBe('text')
  })

  test('decodes for display, and shows what came where it cannot', () => {
    expect(coded(gzipSync('{"a":1}'), 'gzip')).toMatchObject({
      kind: 'json',
      size: 7,
      decodedFrom: ['gzip'],
      notes: [],
    })
    expect(coded(Buffer.from('{"a":1}'), 'gzip')).toMatchObject({
      kind: 'json',
      decodedFrom: [],
      notes: [{ code: 'not-decoded', reason: 'malformed', coding: 'gzip' }],
    })
    expect(coded(gzipSync('{}').subarray(0, -4), 'gzip')).toMatchObject({
      kind: 'binary',
      notes: [{ code: 'not-decoded', reason: 'truncated' }, { code: 'syntax' }],
    })
    expect(coded(gzipSync(''), 'gzip')).toMatchObject({ kind: 'empty', decodedFrom: ['gzip'] })
  })

  test('reads the start of what is long, and takes a cut for no fault', () => {
    const long = `{"list":[${'{"a":1.0},'.repeat(200_000)}1]}`
    expect(view('application/json', long)).toMatchObject({
      kind: 'json',
      complete: false,
      size: long.length,
      notes: [],
    })
    expect(view('application/json', long, { maxBytes: Number.POSITIVE_INFINITY })).toMatchObject({
      complete: true,
    })
    for (let maxBytes = 20; maxBytes < 60; maxBytes++) {
      expect(
        view('application/json', '{"e":"é\\u00e9👍",  "n":[-1.5e+7,true,null]}  ', { maxBytes }).kind,
      ).toBe('json')
    }
  })

  test('takes any headers and any bytes without an exception', () => {
    const type = fc.oneof(
      fc.constantFrom(
        'application/json',
        'text/xml',
        'multipart/form-data; boundary=B',
        'application/x-www-form-urlencoded',
        'text/plain; charset=utf-16le',
      ),
      fc.string({ unit: 'binary' }),
    )
    const coding = fc.constantFrom('', 'gzip', 'br', 'deflate', 'gzip, gzip', '__proto__', ',')
    fc.assert(
      fc.property(type, coding, fc.uint8Array({ maxLength: 64 }), (contentType, contentEncoding, body) => {
        describeContent({
          headers: [
            ['Content-Type', contentType],
            ['Content-Encoding', contentEncoding],
          ],
          body,
        })
      }),
      { numRuns: 5000, seed: 13 },
    )
  })
})
