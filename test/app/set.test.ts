import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyAssignments, parseAssignment } from '../../src/app/set.ts'
import { isAppError } from '../../src/core/errors.ts'

function set(body: string, ...texts: string[]): string {
  const assignments = texts.map((text) => parseAssignment(text))
  return Buffer.from(applyAssignments(Buffer.from(body), assignments)).toString('utf8')
}

const pretty = (text: string): string => JSON.stringify(JSON.parse(text), null, 2)

/** The same done to the parsed value; false where something else is in the way. */
function put(parent: unknown, [step = '', ...rest]: readonly string[], value: unknown): boolean {
  if (typeof parent !== 'object' || parent === null) return false
  if (Array.isArray(parent) && !/^\d+$/.test(step)) return false
  const fields = parent as Record<string, unknown>
  if (rest.length > 0 && !Object.hasOwn(fields, step)) fields[step] = /^\d+$/.test(rest[0] ?? '') ? [] : {}
  if (rest.length > 0) return put(fields[step], rest, value)
  fields[step] = value
  return true
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

  test.each([
    [
      '{"id":12345678901234567890,"p":1.0,"e":1e400,"u":"\\/\\u00e9é","k":1,"k":2,"a":1, "z" : [ ] }',
      'a:=2',
      '{"id":12345678901234567890,"p":1.0,"e":1e400,"u":"\\/\\u00e9é","k":1,"k":2,"a":2, "z" : [ ] }',
    ],
    ['{"a":-0}', 'b:=12345678901234567890', '{"a":-0,"b":12345678901234567890}'],
    ['{"k":1,"k":{"x":1},"j":1}', 'k.x:=2', '{"k":1,"k":{"x":2},"j":1}'],
    ['{"k":{"x":1},"k":{"y":1.0}}', 'k.x:=2', '{"k":{"x":1},"k":{"y":1.0,"x":2}}'],
    ['{"k":{"x":1},"k":3}', 'k:=2', '{"k":{"x":1},"k":2}'],
    ['{\n  "a": {\n    "b": 1.0\n  }\n}\n', 'a.c=x', '{\n  "a": {\n    "b": 1.0,\n    "c": "x"\n  }\n}\n'],
    ['{\n  "a": [\n    1.0\n  ]\n}', 'a.3:=2', '{\n  "a": [\n    1.0,\n    null,\n    null,\n    2\n  ]\n}'],
    ['{ }', 'é.0=ü', '{"é":["ü"]}'],
    ['{"a":{"b":[1.0,{}]}}', 'a:= [1,\t2.0] ', '{"a":[1,\t2.0]}'],
    ['{"a":{"a":1,"b":{"a":2}}}', 'a.b.a:=3', '{"a":{"a":1,"b":{"a":3}}}'],
    [' 1.0 ', '0=1', ''],
    ['[1.0]', '01=1', ''],
  ])('every other byte stays as it was: %s with %s', (body, text, expected) => {
    if (expected === '') expect(() => set(body, text)).toThrow(/bad-value/)
    else expect(set(body, text)).toBe(expected)
  })

  test('whatever the body, what is set is there, and the rest means what it meant', () => {
    const path = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'toString', 'é'), fc.nat(3).map(String)), {
      minLength: 1,
      maxLength: 4,
    })
    const body = fc.json({ maxDepth: 4 }).chain((text) => fc.constantFrom(text, pretty(text), `[${text}]`))
    let made = 0
    fc.assert(
      fc.property(body, path, fc.json({ maxDepth: 2 }), (text, steps, value) => {
        const expected = structuredClone(JSON.parse(text))
        const isPossible = put(expected, steps, JSON.parse(value))
        const assignment = `${steps.map((step) => `["${step}"]`).join('')}:=${value}`
        if (!isPossible) {
          expect(() => set(text, assignment)).toThrow(/bad-value/)
          return
        }
        expect(JSON.parse(set(text, assignment))).toEqual(JSON.parse(JSON.stringify(expected)))
        made++
      }),
      { numRuns: 2000, seed: 11 },
    )
    expect(made).toBeGreaterThan(300)
  })

  test('many spaces within a body take no longer than other bytes', () => {
    const spaces = ' '.repeat(300_000)
    // At 28 s for a third of them, each was looked at from all before it.
    expect(set(`{"a":1,${spaces}"b":2} \n`, 'a:=3') === `{"a":3,${spaces}"b":2} \n`).toBe(true)
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
