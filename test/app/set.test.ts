import { describe, expect, test } from 'vitest'
import { applyAssignments, parseAssignment } from '../../src/app/set.ts'
import { isAppError } from '../../src/core/errors.ts'

function set(body: string, ...texts: string[]): string {
  const assignments = texts.map((text) => parseAssignment(text))
  return Buffer.from(applyAssignments(Buffer.from(body), assignments)).toString('utf8')
}

describe('--set', () => {
  test.each([
    ['{"a":1}', ['a=2'], '{"a":"2"}'],
    ['{"a":1}', ['a:=2'], '{"a":2}'],
    ['{"a":{"b":[{"c":1}]}}', ['a.b.0.c:=true'], '{"a":{"b":[{"c":true}]}}'],
    ['{"a":[1]}', ['a[1]:=2'], '{"a":[1,2]}'],
    ['{}', ['a.b.c=deep', 'a.b.d:=null'], '{"a":{"b":{"c":"deep","d":null}}}'],
    ['{}', ['list.0.x=1'], '{"list":[{"x":"1"}]}'],
    ['{}', ['["a.b"].c=1'], '{"a.b":{"c":"1"}}'],
    ['{}', ['a=b=c'], '{"a":"b=c"}'],
    ['{}', ['a:={"x":[1,"y"]}'], '{"a":{"x":[1,"y"]}}'],
    ['{"toString":1}', ['toString.call=x'], ''],
    ['{}', ['toString.call=x'], '{"toString":{"call":"x"}}'],
    ['[{"a":1}]', ['0.a:=2'], '[{"a":2}]'],
  ])('%s with %j is %s', (body, texts, expected) => {
    if (expected === '') expect(() => set(body, ...texts)).toThrow(/bad-value/)
    else expect(set(body, ...texts)).toBe(expected)
  })

  test('many spaces within a body take no longer than other bytes', () => {
    // At 28 s for a third of them, each was looked at from all before it.
    expect(set(`{"a":1,${' '.repeat(300_000)}"b":2} \n`, 'a:=3')).toBe('{"a":3,"b":2} \n')
  })

  test('an indented body stays indented, its last line break stays', () => {
    expect(set('{\n  "a": 1\n}\n', 'a:=2')).toBe('{\n  "a": 2\n}\n')
  })

  test('without any, a body stays byte for byte', () => {
    const body = Buffer.from([0xff, 0x00])
    expect(applyAssignments(body, [])).toBe(body)
  })

  test.each([
    'a',
    '=1',
    '.a=1',
    'a.=1',
    'a..b=1',
    'a[=1',
    'a["x]=1',
    'a:=nope',
    `${'a.'.repeat(100)}b=1`,
    '',
  ])('%j is refused', (text) => expect(() => parseAssignment(text)).toThrow(/bad-value/))

  test.each([
    ['hello', 'a=1'],
    ['{"a":"text"}', 'a.b=1'],
    ['[1]', 'x=1'],
    ['[]', '999999=1'],
    ['3', 'a=1'],
  ])('%j has no place for %j', (body, text) => expect(() => set(body, text)).toThrow(/bad-value/))
})

describe('R-SET-1: no path leads out of the body', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    '["__proto__"]',
    '["\\u005f_proto__"]',
    '["cons\\u0074ructor"]',
    '＿_proto__',
    '["__proto\\u005f_"]',
  ]
  const paths = names.flatMap((name) => {
    const next = name.startsWith('[') ? name : `.${name}`
    return [
      name,
      `${name}.x`,
      `a${next}`,
      `a${next}.x`,
      `a.b${next}.x`,
      `a[0]${next}.x`,
      `${name}.prototype.x`,
    ]
  })

  test(`${paths.length} paths are refused, and what all objects share is as before`, () => {
    const before = Reflect.ownKeys(Object.prototype)
    for (const path of paths) {
      let code = ''
      try {
        set('{"a":{"b":{}}}', `${path}=polluted`)
      } catch (error) {
        code = isAppError(error) ? error.code : String(error)
      }
      expect([path, code]).toEqual([path, 'bad-value'])
    }
    set('{"__proto__":{"x":1}}', 'a:={"__proto__":{"polluted":1}}', 'hasOwnProperty=x', 'toString.call=x')
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
    expect('polluted' in {}).toBe(false)
    expect(paths.length).toBeGreaterThanOrEqual(50)
  })
})
