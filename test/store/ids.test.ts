import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createIds, highWordOf, ID_KEY_BYTES, isIdPrefix, MAX_SEQ, seqOf } from '../../src/store/ids.ts'
import { random } from './samples.ts'

const ids = createIds(random(ID_KEY_BYTES))
const seqs = fc.nat({ max: MAX_SEQ })

describe('request ids', () => {
  test('are eight letters without look-alikes', () => {
    fc.assert(
      fc.property(seqs, (seq) => {
        expect(ids.encode(seq)).toMatch(/^[abcdefghijkmnpqrstuvwxyz2-9]{8}$/)
      }),
    )
  })

  test('four letters lead back to the low half of the sequence number', () => {
    fc.assert(
      fc.property(seqs, (seq) => {
        const [low, ...others] = ids.lowWords(ids.encode(seq).slice(0, 4))
        expect(seqOf(highWordOf(seq), low ?? -1)).toBe(seq)
        expect(others).toEqual([])
      }),
    )
  })

  test('fewer letters lead to all that begin with them', () => {
    for (const prefix of ['b', 'b3', 'b3x']) {
      const low = ids.lowWords(prefix)
      expect(new Set(low).size).toBe(32 ** (4 - prefix.length))
      expect(low.every((word) => ids.encode(word).startsWith(prefix))).toBe(true)
    }
  })

  test('of 2^20 requests in a row no two share the first four letters', () => {
    const start = 5_000_000_123
    const seen = new Set<string>()
    for (let seq = start; seq < start + 2 ** 20; seq++) seen.add(ids.encode(seq).slice(0, 4))
    expect(seen.size).toBe(2 ** 20)
  })

  test('requests with the same first four letters differ in the last four', () => {
    const last = new Set<string>()
    for (let high = 0; high < 50_000; high++) last.add(ids.encode(seqOf(high, 77)))
    expect(last.size).toBe(50_000)
  })

  test('follow from the key alone', () => {
    const key = new Uint8Array(ID_KEY_BYTES).fill(7)
    expect(createIds(key).encode(1)).toBe(createIds(key).encode(1))
    expect(createIds(key).encode(1)).not.toBe(createIds(random(ID_KEY_BYTES)).encode(1))
    // Stored requests keep the ids that people have written down.
    expect([1, 2, MAX_SEQ].map((seq) => createIds(key).encode(seq))).toMatchInlineSnapshot(`
      [
        "5i8sgvze",
        "5xkj2ga3",
        "dbidwv68",
      ]
    `)
  })

  test.each([
    ['b3xq', true],
    ['', true],
    ['last', false],
    ['B3XQ', false],
    ['b3xqb3xqb', false],
    ['\u0000', false],
  ])('%j as the start of an id: %s', (text, expected) => {
    expect(isIdPrefix(text)).toBe(expected)
  })
})

test('a whole id leads back to its sequence number, and nothing else does', () => {
  fc.assert(fc.property(seqs, (seq) => ids.decode(ids.encode(seq)) === seq))
  for (const text of ['', 'abc', 'abcdefgh1', 'abcd-fgh', 'abcdefgl'])
    expect(ids.decode(text)).toBeUndefined()
})
