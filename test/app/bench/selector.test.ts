import { describe, expect, test } from 'vitest'
import { parseSelector, select } from '../../../src/app/bench/selector.ts'
import { fill, fillRequest, placesOf } from '../../../src/app/bench/template.ts'

function found(text: string, body: string, headers: readonly (readonly [string, string])[] = []): string[] {
  const selector = parseSelector(text)
  if (selector === undefined) throw new Error(`no selector: ${text}`)
  return select(selector, headers, Buffer.from(body))
}

describe('where an id stands', () => {
  test.each([
    ['/id', '{"id":"a"}', ['a']],
    ['/items/*/id', '{"items":[{"id":1},{"id":"b"},{"no":0}]}', ['1', 'b']],
    ['/*/target/digest', '[{"target":{"digest":"x"}},null,3]', ['x']],
    ['/a~1b/~0', '{"a/b":{"~":"c"}}', ['c']],
    ['/items/1', '{"items":["a","b"]}', ['b']],
    ['regex:/"ref":"(\\w+)"/', '{"ref":"a"} {"ref":"b"}', ['a', 'b']],
    ['regex:/E\\d/i', 'e1 E2', ['e1', 'E2']],
  ])('%s in %s', (selector, body, ids) => {
    expect(found(selector, body)).toEqual(ids)
  })

  test('in a header, whatever its case', () => {
    expect(
      found('header:X-Id', '', [
        ['x-id', 'a'],
        ['X-ID', 'b'],
      ]),
    ).toEqual(['a', 'b'])
  })

  test.each(['', 'id', '/a~2', 'header:', 'header:a b', 'regex:/(/', 'regex://'])('no selector: %j', (text) =>
    expect(parseSelector(text)).toBeUndefined(),
  )

  test.each([
    ['/id', 'not JSON'],
    ['/id', '{"id":{"deep":1}}'],
    ['/__proto__/x', '{}'],
    ['/constructor/name', '{}'],
    ['/length', '"text"'],
    ['/*', '12'],
    ['/id', ''],
  ])('%s in %s: nothing, and no error', (selector, body) => {
    expect(found(selector, body)).toEqual([])
  })
})

describe('requests with places to fill', () => {
  test('in one pass: a value brings no place of its own', () => {
    expect(fill('{id} {seq} {other} {"a":{}}', { id: '{seq}', seq: '1' })).toBe('{seq} 1 {other} {"a":{}}')
  })

  test('in URL, headers and body; inherited names are no places', () => {
    const template = {
      method: 'PUT',
      url: 'http://x.test/{id}',
      headers: [['X-Id', '{id}']],
      body: '{toString}{/id}',
    } as const
    expect([...placesOf(template)]).toEqual(['id', 'toString', '/id'])
    const filled = fillRequest(template, { id: 'a', '/id': 'b' })
    expect([filled.url, filled.headers, Buffer.from(filled.body).toString()]).toEqual([
      'http://x.test/a',
      [['X-Id', 'a']],
      '{toString}b',
    ])
  })
})
