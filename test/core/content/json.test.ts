import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLines } from '../../../src/core/content/json-lines.ts'
import type { JsonOptions } from '../../../src/core/content/json.ts'
import { checkJson, jsonTokens } from '../../../src/core/content/json.ts'

function tokensOf(text: string, options: JsonOptions = {}): string[] {
  return Array.from(jsonTokens(text, options), ({ start, end }) => text.slice(start, end))
}

function layOut(text: string, options: JsonOptions = {}): string {
  return Array.from(
    jsonLines(text, options),
    ({ depth, pieces }) => '  '.repeat(depth) + pieces.map((piece) => piece.text).join(''),
  ).join('\n')
}

const accepts = (text: string): boolean => checkJson(text).ok

function acceptedByNode(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('jsonTokens', () => {
  test('keeps every token as it was sent', () => {
    const text = String.raw`{"b":10000000000000000999,"a":1.0,"a":-0,"2":1e5,"1":"A\/\ud800"}`
    expect(tokensOf(text)).toEqual([
      '{',
      '"b"',
      ':',
      '10000000000000000999',
      ',',
      '"a"',
      ':',
      '1.0',
      ',',
      '"a"',
      ':',
      '-0',
      ',',
      '"2"',
      ':',
      '1e5',
      ',',
      '"1"',
      ':',
      String.raw`"A\/\ud800"`,
      '}',
    ])
  })

  test('accepts what JSON.parse accepts, and nothing else', () => {
    const fragment = fc.constantFrom(
      ...Array.from('{}[]:,"\\ \n\t0123-+.eE'),
      'true',
      'false',
      'null',
      'tru',
      '"a"',
      '"\\u00e9"',
      '"\\u12',
      '01',
      '1.',
      '.5',
      '\u0001',
      '\ufeff',
      'NaN',
      '/',
      "'a'",
    )
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fragment, fc.nat({ max: 3 }))
      .map(([text, at, insert, drop]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + insert + text.slice(place + drop)
      })
    const mixed = fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(damaged, mixed, fc.json()), (text) => {
        expect(accepts(text)).toBe(acceptedByNode(text))
      }),
      { numRuns: 20_000, seed: 3 },
    )
  })

  test.each([
    ['', 0],
    ['{', 1],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1 2]', 3],
    ['[01]', 2],
    ['"a\nb"', 2],
    ['"a\u001fb"', 2],
    [String.raw`"a\x"`, 2],
    [String.raw`"\u12g4"`, 1],
    ['"abc', 4],
    ['nul', 0],
    ['{} x', 3],
    ['[1}', 2],
    ['{1:2}', 1],
  ])('finds the fault in %j at offset %i', (text, offset) => {
    expect(checkJson(text)).toEqual({ ok: false, code: 'syntax', offset })
  })

  test('goes 256 levels deep and no deeper', () => {
    expect(accepts('['.repeat(256) + ']'.repeat(256))).toBe(true)
    expect(checkJson('['.repeat(257))).toEqual({ ok: false, code: 'too-deep', offset: 256 })
    expect(checkJson('{"a":'.repeat(100_000))).toMatchObject({ code: 'too-deep' })
  })

  test('takes any start of a valid text for cut, not for faulty', () => {
    const text = String.raw`{"key": ["te\u00e9xt\\", -12.5e+3, true, null], "é": {}} `
    for (let end = 0; end < text.length - 2; end++) {
      expect(checkJson(text.slice(0, end), { cut: true }), text.slice(0, end)).toMatchObject({ code: 'cut' })
    }
    expect(checkJson('{"a": 1 b', { cut: true })).toMatchObject({ ok: false })
    expect(checkJson('{"a": } ', { cut: true })).toMatchObject({ code: 'syntax' })
  })

  test('yields the start of a string that is cut', () => {
    expect(tokensOf('{"a":"long str', { cut: true }).at(-1)).toBe('"long str')
  })

  test('reads a sequence of values, one text or many', () => {
    expect(checkJson('{"a":1}\n{"a":2}\n3', { sequence: true })).toEqual({ ok: true })
    expect(checkJson('{"a":1}\n{"a":2}')).toMatchObject({ code: 'syntax', offset: 8 })
    expect(checkJson(' \n', { sequence: true })).toMatchObject({ ok: false })
    expect(checkJson('{}\n{', { sequence: true })).toMatchObject({ code: 'syntax', offset: 4 })
  })

  test.each([
    ['opening brackets', '['],
    ['numbers', '1,'],
    ['quotes', '"'],
    ['backslashes', '"\\\\'],
    ['spaces', ' '],
    ['digits', '1'],
    ['escapes', String.raw`"\u0041`],
  ])('takes time in proportion to the length, also for a million %s', (_name, unit) => {
    const take = (count: number): number => {
      const text = `[${unit.repeat(count)}`
      let best = Number.POSITIVE_INFINITY
      for (let i = 0; i < 3; i++) {
        const start = performance.now()
        checkJson(text)
        best = Math.min(best, performance.now() - start)
      }
      return best
    }
    // Eight times the length in at most forty times the time: quadratic would be sixty-four.
    expect(take(800_000)).toBeLessThan(Math.max(take(100_000) * 40, 40))
  })
})

describe('jsonLines', () => {
  test('puts one member or element on a line', () => {
    expect(layOut('{"a":{"b":[1,2.0,"x"]},"c":[],"d":{ },"e":null}')).toBe(
      `{
  "a": {
    "b": [
      1,
      2.0,
      "x"
    ]
  },
  "c": [],
  "d": {},
  "e": null
}`,
    )
  })

  test.each(['1', '"a"', 'true', '[]', '{}', '[[]]'])('lays out %s alone', (text) => {
    expect(tokensOf(layOut(text))).toEqual(tokensOf(text))
  })

  test('starts each value of a sequence on a line of its own', () => {
    expect(layOut('1 2\n{"a":1}[]"x"', { sequence: true })).toBe('1\n2\n{\n  "a": 1\n}\n[]\n"x"')
  })

  test('agrees with JSON.stringify on what JSON.stringify made', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(layOut(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2))
      }),
      { numRuns: 2000, seed: 5 },
    )
  })

  test('shows what there is of a text that is cut', () => {
    expect(layOut('{"a":[1,"tex', { cut: true })).toBe('{\n  "a": [\n    1,\n    "tex')
  })
})
