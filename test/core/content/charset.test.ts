import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cutUtf8,
  decodeText,
  decodeUtf8,
  encodedLength,
  invalidBytes,
  validUtf8,
} from '../../../src/core/content/charset.ts'

const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)

/** Puts the bytes back that `decodeUtf8` wrote as lone surrogates. */
function encode(text: string): Buffer {
  return Buffer.concat(
    Array.from(text, (char) =>
      char >= '\udc80' && char <= '\udcff' ? Buffer.from([char.charCodeAt(0) - 0xdc00]) : Buffer.from(char),
    ),
  )
}

/** Fragments of UTF-8, whole and broken. */
const damaged = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 3 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc
        .constantFrom(
          [0xe2, 0x82],
          [0xf0, 0x9f, 0x91],
          [0xed, 0xa0, 0x80],
          [0xc0, 0xaf],
          [0xf4, 0x90, 0x80, 0x80],
          [0xef, 0xbf, 0xbd],
        )
        .map((bytes) => Uint8Array.from(bytes)),
    ),
    { maxLength: 8 },
  )
  .map((chunks) => Buffer.concat(chunks))

describe('decodeUtf8', () => {
  test('loses no byte, whatever the bytes', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        expect(encode(decodeUtf8(bytes)).equals(bytes)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  test('finds as many characters in damaged text as the standard decoder', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        const standard = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
        // The standard writes one U+FFFD for a broken sequence, we write each of its bytes.
        const ours = decodeUtf8(bytes).replaceAll(/[\udc80-\udcff]+/gu, '\ufffd')
        expect(ours.replaceAll(/\ufffd+/g, '\ufffd')).toBe(standard.replaceAll(/\ufffd+/g, '\ufffd'))
      }),
      { numRuns: 5000 },
    )
  })

  test('tells valid from invalid, a real U+FFFD and a byte order mark included', () => {
    expect(validUtf8(Buffer.from('\ufeffé\ufffd'))).toBe('\ufeffé\ufffd')
    expect(validUtf8(bytesOf(0xff))).toBe(undefined)
    expect(invalidBytes(decodeUtf8(bytesOf(0x61, 0xff, 0xfe, 0xc3, 0xa9)))).toBe(2)
  })
})

describe('decodeText', () => {
  test.each([
    [bytesOf(0xef, 0xbb, 0xbf, 0x61), 'latin1', { text: 'a', charset: 'utf-8', bom: 3 }],
    [bytesOf(0xff, 0xfe, 0x61, 0, 0xe9, 0), undefined, { text: 'aé', charset: 'utf-16le', bom: 2 }],
    [bytesOf(0xfe, 0xff, 0, 0x61, 0, 0xe9, 0x7f), undefined, { text: 'aé', charset: 'utf-16be', bom: 2 }],
    [bytesOf(0, 0x61), 'UTF-16BE', { text: 'a', charset: 'utf-16be', bom: 0 }],
    [bytesOf(0xe9), 'ISO-8859-1', { text: 'é', charset: 'latin1', bom: 0 }],
    [bytesOf(0xe9), 'koi8-r', { text: '\udce9', charset: 'utf-8', bom: 0, unknown: 'koi8-r' }],
    [bytesOf(0xc3, 0xa9), undefined, { text: 'é', charset: 'utf-8', bom: 0 }],
  ])('reads %s declared %s', (bytes, declared, expected) => {
    expect(decodeText(bytes, declared)).toEqual(expected)
  })

  test('does not change the bytes it reads', () => {
    const bytes = bytesOf(0xfe, 0xff, 0, 0x61)
    decodeText(bytes)
    expect(bytes).toEqual(bytesOf(0xfe, 0xff, 0, 0x61))
  })
})

describe('encodedLength', () => {
  test('counts the bytes that a text was', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        expect(encodedLength(decodeUtf8(bytes), 'utf-8')).toBe(bytes.byteLength)
      }),
    )
    expect(encodedLength('aé', 'latin1')).toBe(2)
    expect(encodedLength('a👍', 'utf-16le')).toBe(6)
  })
})

describe('cutUtf8', () => {
  test('never ends inside a character, and takes no more away than one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(60), (text, max) => {
        const cut = cutUtf8(Buffer.from(text), max)
        expect(text.startsWith(validUtf8(cut) ?? 'not UTF-8')).toBe(true)
        expect(cut.byteLength).toBeGreaterThan(Math.min(max, Buffer.byteLength(text)) - 4)
        expect(cut.byteLength).toBeLessThanOrEqual(max)
      }),
      { numRuns: 2000 },
    )
  })
})
