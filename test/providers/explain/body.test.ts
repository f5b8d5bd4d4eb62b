import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Cause } from '../../../src/providers/explain/types.ts'
import { explanationWords } from '../../../src/providers/explain/words.ts'
import { good, JSON_BODY, told, withBody, withHeader } from './cases.ts'

const TEXT = '{"note":"Zoë <b> & /path/","id":1}'
const ASCII = String.raw`{"note":"Zo\u00eb <b> & /path/","id":1}`
const PRETTY = '{\n  "id": "evt_1",\n  "type": "order.created",\n  "tags": [],\n  "none": {}\n}'
const COMPACT = '{"id":"evt_1","type":"order.created","tags":[],"none":{}}'
const FORM = 'text=hello+world&token=a%2Fb&user=U1'

/** What was signed, what came, and what is to be told. */
const CHANGES: readonly (readonly [
  name: string,
  signed: string | Uint8Array,
  came: string | Uint8Array,
  cause: Cause,
])[] = [
  ['a newline added', JSON_BODY, `${JSON_BODY}\n`, { code: 'body-newline-added', data: { bytes: 1 } }],
  ['CRLF added', JSON_BODY, `${JSON_BODY}\r\n`, { code: 'body-newline-added', data: { bytes: 2 } }],
  [
    'three newlines added',
    JSON_BODY,
    `${JSON_BODY}\n\n\n`,
    { code: 'body-newline-added', data: { bytes: 3 } },
  ],
  [
    'the newline removed',
    `${JSON_BODY}\n`,
    JSON_BODY,
    { code: 'body-newline-removed', data: { newline: 'lf' } },
  ],
  [
    'the CRLF removed',
    `${JSON_BODY}\r\n`,
    JSON_BODY,
    { code: 'body-newline-removed', data: { newline: 'crlf' } },
  ],
  ['LF to CRLF', PRETTY, PRETTY.replaceAll('\n', '\r\n'), { code: 'body-line-ends', data: { signed: 'lf' } }],
  [
    'CRLF to LF',
    PRETTY.replaceAll('\n', '\r\n'),
    PRETTY,
    { code: 'body-line-ends', data: { signed: 'crlf' } },
  ],
  [
    'a byte order mark added',
    JSON_BODY,
    `\uFEFF${JSON_BODY}`,
    { code: 'body-bom', data: { change: 'added' } },
  ],
  [
    'the byte order mark removed',
    `\uFEFF${JSON_BODY}`,
    JSON_BODY,
    { code: 'body-bom', data: { change: 'removed' } },
  ],

  ['compact JSON made pretty', COMPACT, PRETTY, { code: 'body-json', data: { layout: 'compact' } }],
  ['JSON of 2 spaces made compact', PRETTY, COMPACT, { code: 'body-json', data: { layout: 'indent-2' } }],
  [
    'JSON of 4 spaces made compact',
    PRETTY.replaceAll('  "', '    "'),
    COMPACT,
    { code: 'body-json', data: { layout: 'indent-4' } },
  ],
  [
    'JSON of tabs made compact',
    PRETTY.replaceAll('  "', '\t"'),
    COMPACT,
    { code: 'body-json', data: { layout: 'tabs' } },
  ],
  [
    "Python's JSON made compact",
    '{"a": 1, "b": [1, 2]}',
    '{"a":1,"b":[1,2]}',
    { code: 'body-json', data: { layout: 'spaced' } },
  ],
  [
    "Python's ASCII JSON made compact",
    String.raw`{"a": "Zo\u00eb", "b": 1}`,
    '{"a":"Zoë","b":1}',
    { code: 'body-json', data: { layout: 'spaced', escapes: ['ascii'] } },
  ],
  ['ASCII escapes lost', ASCII, TEXT, { code: 'body-json', data: { layout: 'compact', escapes: ['ascii'] } }],
  [
    'upper-case escapes lost',
    ASCII.replace('00eb', '00EB'),
    TEXT,
    { code: 'body-json', data: { layout: 'compact', escapes: ['ascii-upper'] } },
  ],
  ['ASCII escapes added', TEXT, ASCII, { code: 'body-json', data: { layout: 'compact', escapes: ['none'] } }],
  [
    'escaped slashes lost',
    TEXT.replaceAll('/', String.raw`\/`),
    TEXT,
    { code: 'body-json', data: { layout: 'compact', escapes: ['slashes'] } },
  ],
  [
    'HTML escapes lost',
    String.raw`{"note":"Zoë \u003cb\u003e \u0026 /path/","id":1}`,
    TEXT,
    { code: 'body-json', data: { layout: 'compact', escapes: ['html'] } },
  ],
  [
    "PHP's escapes lost",
    ASCII.replaceAll('/', String.raw`\/`),
    TEXT,
    { code: 'body-json', data: { layout: 'compact', escapes: ['slashes', 'ascii'] } },
  ],
  [
    'an emoji escaped as two halves',
    '{"a":"😀"}',
    String.raw`{"a": "\ud83d\ude00"}`,
    { code: 'body-json', data: { layout: 'compact', escapes: ['none'] } },
  ],
  [
    'numbers written anew',
    '{"a":1,"b":20.5,"c":1e+21}',
    '{"a": 1.0, "b": 20.50, "c": 1E+21}',
    { code: 'body-json-parsed', data: { layout: 'compact' } },
  ],

  [
    'the payload field unwrapped',
    `payload=${encodeURIComponent('{"a":"b c"}')}`,
    '{"a":"b c"}',
    { code: 'body-form-unwrapped', data: { field: 'payload' } },
  ],
  [
    'JSON wrapped into a payload field',
    '{"a":"b c"}',
    `payload=${encodeURIComponent('{"a":"b c"}')}`,
    { code: 'body-form-field', data: { field: 'payload' } },
  ],
  [
    'a form with its escapes, decoded when signed',
    'text=hello world&token=a/b',
    'text=hello+world&token=a%2Fb',
    { code: 'body-form-decoded', data: {} },
  ],
  [
    'spaces of a form changed to %20',
    FORM,
    FORM.replace('+', '%20'),
    { code: 'body-form-reencoded', data: { space: '+' } },
  ],
  [
    'spaces of a form changed to +',
    FORM.replace('+', '%20'),
    FORM,
    { code: 'body-form-reencoded', data: { space: '%20' } },
  ],
  [
    'a form parsed into JSON',
    FORM,
    '{"text":"hello world","token":"a/b","user":"U1"}',
    { code: 'body-form-parsed', data: {} },
  ],

  [
    'UTF-8 read as Latin-1',
    'name=Zoë',
    Buffer.from('name=Zoë').toString('latin1'),
    { code: 'body-charset', data: { change: 'latin1-to-utf8' } },
  ],
  [
    'UTF-8 written as Latin-1',
    'name=Zoë',
    Buffer.from('name=Zoë', 'latin1'),
    { code: 'body-charset', data: { change: 'utf8-to-latin1' } },
  ],
]

describe.for(['stripe', 'github', 'shopify', 'slack'])('the body of %s', (provider) => {
  test.for(CHANGES)('%s', ([, signed, came, cause]) => {
    const request = withBody(good({ provider, body: signed }), came)
    const explanation = told({ request, provider })
    expect(explanation).toEqual({ ...cause, provider })
    expect(explanationWords(explanation).hints?.express).toContain("express.raw({ type: '*/*' })")
  })
})

describe('compressed bodies', () => {
  test.for([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('%s on, signed without', ([coding, compress]) => {
    const request = withHeader(good({ provider: 'github' }), 'Content-Encoding', coding)
    expect(told({ request: withBody(request, compress(JSON_BODY)) })).toMatchObject({
      code: 'body-compressed',
      data: { coding },
    })
  })

  test('compressed without a word of it in the headers', () => {
    const request = withBody(good({ provider: 'github' }), gzipSync(JSON_BODY))
    expect(told({ request })).toMatchObject({ code: 'body-compressed', data: { coding: 'gzip' } })
  })

  test.for([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('%s taken off, signed with it', ([coding, compress]) => {
    const request = good({
      provider: 'github',
      body: compress(JSON_BODY),
      headers: [['Content-Encoding', coding]],
    })
    expect(told({ request: withBody(request, JSON_BODY) })).toMatchObject({
      code: 'body-decompressed',
      data: { coding },
    })
  })

  test("taken off and not to be made again: another program's gzip", () => {
    const body = gzipSync(JSON_BODY, { level: 4, memLevel: 1 })
    body[9] = 0xff
    const request = good({ provider: 'github', body, headers: [['Content-Encoding', 'gzip']] })
    expect(told({ request: withBody(request, JSON_BODY) })).toMatchObject({
      code: 'coding-mismatch',
      data: { coding: 'gzip' },
    })
  })
})

describe('bodies of another length', () => {
  test('cut: Content-Length says more', () => {
    const request = withHeader(good({ provider: 'stripe' }), 'Content-Length', String(JSON_BODY.length))
    expect(told({ request: withBody(request, JSON_BODY.slice(0, 40)) })).toMatchObject({
      code: 'truncated',
      data: { size: 40, expected: JSON_BODY.length },
    })
  })

  test('cut: the JSON ends in the middle', () => {
    const request = withBody(good({ provider: 'stripe' }), JSON_BODY.slice(0, 40))
    expect(told({ request })).toMatchObject({ code: 'truncated', data: { size: 40 } })
  })

  test('longer than Content-Length says', () => {
    const request = withHeader(good({ provider: 'stripe' }), 'Content-Length', String(JSON_BODY.length))
    expect(told({ request: withBody(request, `${JSON_BODY}<!-- -->`) })).toMatchObject({
      code: 'body-appended',
      data: { bytes: 8 },
    })
  })

  test('characters lost to U+FFFD', () => {
    const request = good({ provider: 'stripe', body: Buffer.from('{"name":"Zo\xeb"}', 'latin1') })
    expect(told({ request: withBody(request, '{"name":"Zo\uFFFD"}') })).toMatchObject({
      code: 'characters-replaced',
      data: { count: 1 },
    })
  })

  test('a value changed: nothing explains it', () => {
    const request = withBody(good({ provider: 'stripe' }), JSON_BODY.replace('20.50', '99.50'))
    const explanation = told({ request })
    expect(explanation).toMatchObject({ code: 'nothing-found', data: { complete: true } })
    expect(explanationWords(explanation).text).toMatch(
      /^None of \d+ changes to secret, body and signature makes it right/,
    )
  })
})
