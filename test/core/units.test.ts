import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatSkew,
  parseDuration,
  parseSize,
} from '../../src/core/units.ts'

describe('parseSize', () => {
  test.each([
    ['0', 0],
    ['1024', 1024],
    ['1 kb', 1024],
    ['64KiB', 65_536],
    ['25mb', 26_214_400],
    [' 1.5 MB ', 1_572_864],
    ['2gib', 2_147_483_648],
    ['', undefined],
    ['mb', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['1  mb', undefined],
    ['1tb', undefined],
    ['1.', undefined],
    ['Infinity', undefined],
    ['999999999999999gb', undefined],
  ])('reads %j as %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  test.each(['constructor', '1 toS', '__proto__'])(
    'does not take %j of Object.prototype for a unit',
    (text) => {
      expect(parseSize(text)).toBe(undefined)
    },
  )
})

describe('parseDuration', () => {
  test.each([
    ['30', 30_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['10m', 600_000],
    ['10 min', 600_000],
    ['2d', 172_800_000],
    ['1W', 604_800_000],
    ['1mb', undefined],
    ['ten', undefined],
    ['999999999999999w', undefined],
  ])('reads %j as %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  test('gives whole milliseconds or nothing, whatever it reads', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,16}(\.\d{1,3})? ?[a-z]{0,3}$/)), (text) => {
        const ms = parseDuration(text)
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true)
      }),
    )
  })
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [2149, '2.1 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [26_214_400, '26.2 MB'],
  [999_950_000, '1.0 GB'],
])('formatBytes(%i) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [40.6, '41 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [3240, '3.2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 m 00 s'],
  [124_000, '2 m 04 s'],
  [3_599_400, '59 m 59 s'],
  [3_599_600, '1 h 00 m'],
  [11_520_000, '3 h 12 m'],
  [217_429_920_000, '2516 d 13 h'],
])('formatDuration(%d) is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [-5000, 'just now'],
  [4999, 'just now'],
  [16_000, '16 s ago'],
  [59_999, '59 s ago'],
  [300_000, '5 min ago'],
  [10_800_000, '3 h ago'],
  [86_400_000, 'yesterday'],
  [4 * 86_400_000, '4 days ago'],
])('formatAge(%d) is %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text)
})

test.each([
  [0, '0 requests'],
  [1, '1 request'],
  [12, '12 requests'],
])('formatCount(%d) is %s', (count, text) => {
  expect(formatCount(count, 'request')).toBe(text)
})

test.each([
  [400_000, '6 m 40 s old'],
  [0, '0 ms old'],
  [-7_200_000, '2 h 00 m in the future'],
])('formatSkew(%d) is %s', (ms, text) => {
  expect(formatSkew(ms)).toBe(text)
})
