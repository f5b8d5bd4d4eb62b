import { describe, expect, test } from 'vitest'
import { endToEndHeaders, headerValue, headerValues, pairsOf } from '../../src/core/headers.ts'

const headers = pairsOf(['X-A', '1', 'x-a', '2', '__proto__', 'p', 'X-Empty', ''])

describe('pairsOf', () => {
  test('keeps order, case and duplicates', () => {
    expect(headers).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
      ['__proto__', 'p'],
      ['X-Empty', ''],
    ])
    expect(pairsOf([])).toEqual([])
  })
})

describe('headerValue and headerValues', () => {
  test('find by name in any case: the first, or all in order', () => {
    expect(headerValue(headers, 'x-A')).toBe('1')
    expect(headerValues(headers, 'X-a')).toEqual(['1', '2'])
    expect(headerValue(headers, 'X-Empty')).toBe('')
  })

  test('find what was sent and nothing that objects have by themselves', () => {
    expect(headerValue(headers, '__proto__')).toBe('p')
    expect(headerValue(headers, 'constructor')).toBe(undefined)
    expect(headerValues(headers, 'toString')).toEqual([])
  })
})

describe('endToEndHeaders', () => {
  test('drops what was said to the next hop, and what Connection names', () => {
    const sent = [
      'Host: a',
      'connection: X-Hop , close',
      'CONNECTION: x-other',
      'Keep-Alive: timeout=5',
      'X-HOP: 1',
      'X-Other: 2',
      'Proxy-Connection: x',
      'Proxy-Authenticate: x',
      'Proxy-Authorization: x',
      'TE: trailers',
      'Trailer: X-T',
      'Transfer-Encoding: chunked',
      'Upgrade: h2c',
      'Expect: 100-continue',
      'X-Hopper: 3',
      'Content-Length: 0',
      'X-Hopper: 4',
    ].map((line) => line.split(': '))
    expect(endToEndHeaders(pairsOf(sent.flat()))).toEqual([
      ['Host', 'a'],
      ['X-Hopper', '3'],
      ['Content-Length', '0'],
      ['X-Hopper', '4'],
    ])
  })
})
