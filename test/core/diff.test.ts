import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { replaceScalar } from '../../src/core/content/json-place.ts'
import type { Delivery, DeliveryOutcome } from '../../src/core/delivery.ts'
import type { DiffIgnore } from '../../src/core/diff.ts'
import { diffAnswers, recordedAnswer } from '../../src/core/diff.ts'
import { VOLATILE_HEADERS } from '../../src/core/diff-headers.ts'
import { jsonLeaves, pointerSteps } from '../../src/core/diff-json.ts'
import type { RawHeaders } from '../../src/core/request.ts'

const IGNORE: DiffIgnore = { headers: new Set(VOLATILE_HEADERS), pointers: [] }

function answer(status: number, body: string | Uint8Array = '', headers: RawHeaders = []): DeliveryOutcome {
  const bytes = Buffer.from(body)
  return { kind: 'response', status, headers, body: bytes, bodySize: bytes.byteLength }
}

function delivery(outcome: Delivery['outcome'], cause: Delivery['cause'] = 'forward'): Delivery {
  return { requestId: 'aaaaaaaa', cause, target: 'http://x/', startedAt: 0, durationMs: 4, outcome }
}

function diff(before: DeliveryOutcome, after: DeliveryOutcome, ignore: Partial<DiffIgnore> = {}) {
  const attempt = { startedAt: 1, durationMs: 5, outcome: after }
  return diffAnswers(delivery(before), attempt, { ...IGNORE, ...ignore })
}

describe('the verdict', () => {
  const refused: DeliveryOutcome = { kind: 'not-sent', code: 'ECONNREFUSED' }
  test.each([
    [answer(200, 'a'), answer(200, 'a'), 'same'],
    [answer(200, 'a'), answer(200, 'b'), 'changed'],
    [answer(200), answer(201), 'changed'],
    [answer(500), answer(200), 'fixed'],
    [answer(302), answer(200), 'fixed'],
    [refused, answer(204), 'fixed'],
    [answer(200), answer(404), 'regressed'],
    [answer(200), refused, 'regressed'],
    [answer(500), answer(500), 'same'],
    [answer(500), refused, 'changed'],
    [refused, refused, 'same'],
  ])('%# %o', (before, after, verdict) => {
    expect(diff(before, after).verdict).toBe(verdict)
  })

  test('without an earlier answer there is nothing to compare with', () => {
    const attempt = { startedAt: 1, durationMs: 5, outcome: answer(200) }
    expect(diffAnswers(undefined, attempt, IGNORE).verdict).toBe('new')
  })

  test('how long it took is told and decides nothing', () => {
    expect(diff(answer(200), answer(200))).toEqual({ verdict: 'same', differences: [], beforeMs: 4 })
  })
})

describe('which answer is compared with', () => {
  const [first, failed] = [delivery(answer(200)), delivery({ kind: 'not-sent', code: 'X' })]
  const replayed = delivery(answer(500), 'replay')
  const ran = delivery(
    { kind: 'exit', status: 0, timedOut: false, output: Buffer.alloc(0), outputSize: 0 },
    'exec',
  )
  test.each([
    [[first, replayed], first],
    [[first, failed, replayed, ran], first],
    [[failed, replayed], replayed],
    [[failed], failed],
    [[ran], undefined],
    [[], undefined],
  ])('%#', (deliveries, expected) => {
    expect(recordedAnswer(deliveries)).toBe(expected)
  })
})

describe('headers', () => {
  test('names in any case and order; values of one name in their order', () => {
    const before = [
      ['A', '1'],
      ['b', '2'],
      ['Set-Cookie', 'x'],
      ['set-cookie', 'y'],
    ] as const
    const after = [
      ['Set-Cookie', 'x'],
      ['SET-COOKIE', 'y'],
      ['B', '2'],
      ['a', '1'],
    ] as const
    expect(diff(answer(200, '', before), answer(200, '', after)).differences).toEqual([])
    const turned = [
      ['Set-Cookie', 'y'],
      ['Set-Cookie', 'x'],
      ['B', '2'],
      ['a', '1'],
    ] as const
    expect(diff(answer(200, '', before), answer(200, '', turned)).differences).toEqual([
      { where: 'header', name: 'set-cookie', before: 'x, y', after: 'y, x' },
    ])
  })

  test('one that came or went', () => {
    expect(diff(answer(200, '', [['X-A', '1']]), answer(200, '', [['X-B', '2']])).differences).toEqual([
      { where: 'header', name: 'x-a', before: '1' },
      { where: 'header', name: 'x-b', after: '2' },
    ])
  })

  test('those of the moment and of the connection are left out, others where the user says so', () => {
    const before = [
      ['Date', 'a'],
      ['Connection', 'close'],
      ['Keep-Alive', '1'],
      ['X-Id', '1'],
    ] as const
    const after = [
      ['Date', 'b'],
      ['Transfer-Encoding', 'chunked'],
      ['X-Id', '2'],
    ] as const
    const headers = new Set([...VOLATILE_HEADERS, 'x-id'])
    expect(diff(answer(200, '', before), answer(200, '', after), { headers }).verdict).toBe('same')
    expect(diff(answer(200, '', before), answer(200, '', after)).differences).toHaveLength(1)
  })

  test('of ids, times and counters that are another with each answer, only that they are there', () => {
    const named = (value: string) =>
      ['X-Request-Id', 'traceparent', 'CF-Ray', 'Age', 'Last-Modified', 'X-RateLimit-Remaining'].map(
        (name): readonly [string, string] => [name, value],
      )
    expect(diff(answer(200, '', named('1')), answer(200, '', named('2'))).verdict).toBe('same')
    expect(diff(answer(200, '', named('1')), answer(200, '', named('2').slice(1))).differences).toEqual([
      { where: 'header', name: 'x-request-id', before: '…' },
    ])
  })

  test('of a cookie its value and when it ends are another each time; that it is one for HTTP only is not', () => {
    const cookie = (text: string) => answer(200, '', [['Set-Cookie', text]])
    const before = cookie('sid=a1; Expires=Sat, 21 Nov 2026 20:00:00 GMT; HttpOnly')
    expect(diff(before, cookie('sid=b=2; Expires=Sun, 22 Nov 2026 20:00:00 GMT; HttpOnly')).verdict).toBe(
      'same',
    )
    expect(diff(before, cookie('sid=b2; Expires=Sun, 22 Nov 2026 20:00:00 GMT')).differences).toEqual([
      {
        where: 'header',
        name: 'set-cookie',
        before: 'sid=…; Expires=…; HttpOnly',
        after: 'sid=…; Expires=…',
      },
    ])
    expect(diff(before, cookie('uid=a1; Expires=1; HttpOnly')).verdict).toBe('changed')
  })

  test.each(['Content-Length', 'ETag', 'Content-Digest'])(
    '%s differs with the body, and by itself only where the body is the same',
    (name) => {
      const [short, long] = [[[name, '2']], [[name, '3']]] as const
      expect(diff(answer(200, '{}', short), answer(200, '{ }', long)).verdict).toBe('same')
      expect(diff(answer(200, '{}', short), answer(200, '{}', [])).differences).toEqual([
        { where: 'header', name: name.toLowerCase(), before: '2' },
      ])
    },
  )
})

describe('JSON bodies', () => {
  test('path by path, whatever the order of keys, spaces and escapes', () => {
    const before = '{"a":{"b":[1,2,{"c":"é"}]},"d":null}'
    expect(
      diff(answer(200, before), answer(200, '{ "d":null,"a":{"b":[1,2,{"c":"\\u00e9"}]} }')).verdict,
    ).toBe('same')
    expect(
      diff(answer(200, before), answer(200, '{"a":{"b":[1,3]},"d":[],"x/~y":true}')).differences,
    ).toEqual([
      { where: 'body', name: '/a/b/1', before: '2', after: '3' },
      { where: 'body', name: '/a/b/2/c', before: '"é"' },
      { where: 'body', name: '/d', before: 'null', after: '[]' },
      { where: 'body', name: '/x~1~0y', after: 'true' },
    ])
  })

  test.each([
    ['12345678901234567890', '12345678901234567891'],
    ['1.0', '1'],
    ['-0', '0'],
    ['1e2', '100'],
    ['"1"', '1'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['[1,2]', '[2,1]'],
    ['{}', '[]'],
  ])('%s is not %s', (before, after) => {
    expect(diff(answer(200, before), answer(200, after)).verdict).toBe('changed')
  })

  test('pointers are ignored with what lies below them, * for any step', () => {
    const before = '{"ts":1,"items":[{"id":1,"at":{"s":1}},{"id":2,"at":2}],"a/b":1}'
    const after = '{"ts":2,"items":[{"id":1,"at":{"s":9}},{"id":2,"at":[]}],"a/b":2}'
    const pointers = ['/ts', '/items/*/at', '/a~1b'].map((text) => pointerSteps(text) ?? [])
    expect(diff(answer(200, before), answer(200, after), { pointers }).verdict).toBe('same')
    expect(
      diff(answer(200, before), answer(200, after), { pointers: pointers.slice(1) }).differences,
    ).toEqual([{ where: 'body', name: '/ts', before: '1', after: '2' }])
  })

  test('a pointer is not the beginning of a longer name', () => {
    const pointers = [pointerSteps('/ts') ?? []]
    expect(diff(answer(200, '{"tsx":1}'), answer(200, '{"tsx":2}'), { pointers }).verdict).toBe('changed')
  })

  test.each(['', 'ts', '/a~2b', '/a~', 'header:date'])('%o is no pointer', (text) => {
    expect(pointerSteps(text)).toBeUndefined()
  })

  test('what hangs deep or is broken is compared as text', () => {
    const deep = '['.repeat(300) + ']'.repeat(300)
    expect(jsonLeaves(deep)).toBeUndefined()
    expect(diff(answer(200, deep), answer(200, `${deep} `)).differences).toHaveLength(1)
  })

  test('compressed answers are compared by what they say', () => {
    const gzip = [['Content-Encoding', 'gzip']] as const
    const packed = gzipSync('{"a":1}', { level: 9 })
    expect(diff(answer(200, packed, gzip), answer(200, gzipSync('{ "a":1 }'), gzip)).verdict).toBe('same')
    expect(diff(answer(200, packed, gzip), answer(200, gzipSync('{"a":2}'), gzip)).differences).toEqual([
      { where: 'body', name: '/a', before: '1', after: '2' },
    ])
  })

  test('a thousand differences are enough, of a body of fifty thousand', () => {
    const list = (value: number): string => JSON.stringify(Array.from({ length: 50_000 }, () => value))
    expect(diff(answer(200, list(1)), answer(200, list(2))).differences).toHaveLength(1000)
  })
})

describe('other bodies', () => {
  test('text: the first line that differs', () => {
    expect(diff(answer(200, 'a\nb\nc'), answer(200, 'a\nx\nc')).differences).toEqual([
      { where: 'body', name: 'line 2', before: 'b', after: 'x' },
    ])
    expect(diff(answer(200, 'a'), answer(200, 'a\nb')).differences).toEqual([
      { where: 'body', name: 'line 2', after: 'b' },
    ])
  })

  test('bytes: where they begin to differ', () => {
    expect(
      diff(answer(200, Buffer.from([255, 1, 2])), answer(200, Buffer.from([255, 9]))).differences,
    ).toEqual([{ where: 'body', name: 'byte 2', before: '3 bytes', after: '2 bytes' }])
  })

  test('of answers of which only the start was kept, the size counts too', () => {
    const cut = (bodySize: number): DeliveryOutcome => ({
      kind: 'response',
      status: 200,
      headers: [],
      body: Buffer.from('{"a":'),
      bodySize,
    })
    expect(diff(cut(100), cut(100)).verdict).toBe('same')
    expect(diff(cut(100), cut(101)).verdict).toBe('changed')
  })
})

describe('a scalar put into a JSON body', () => {
  test.each([
    [
      '{"a": {"t" : 1.50 },\n "n":12345678901234567890}',
      ['a', 't'],
      '2',
      '{"a": {"t" : 2 },\n "n":12345678901234567890}',
    ],
    ['[ 1, {"x":null} ]', ['1', 'x'], '"y"', '[ 1, {"x":"y"} ]'],
    ['{"a":1,"b":{"a":2},"a":3}', ['a'], '9', '{"a":1,"b":{"a":2},"a":9}'],
    ['{"\\u0061":1}', ['a'], '2', '{"\\u0061":2}'],
    ['{"é":"ü"}', ['é'], '"ä"', '{"é":"ä"}'],
  ])('%s', (body, path, token, expected) => {
    expect(Buffer.from(replaceScalar(Buffer.from(body), path, token) ?? []).toString()).toBe(expected)
  })

  test('bytes that are not UTF-8 stay what they are', () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0x80]), Buffer.from('","t":1}')])
    const replaced = Buffer.from(replaceScalar(body, ['t'], '22') ?? [])
    expect(replaced).toEqual(Buffer.concat([body.subarray(0, -2), Buffer.from('22}')]))
  })

  test.each([
    ['{"a":{}}', ['a']],
    ['{"a":1}', ['b']],
    ['{"a":1,"a":{"b":1}}', ['a']],
    ['{"a":1', ['a']],
    ['no', ['a']],
  ])('%s has no scalar at %o', (body, path) => {
    expect(replaceScalar(Buffer.from(body), path, '1')).toBeUndefined()
  })
})
