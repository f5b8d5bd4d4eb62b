import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathOf, queryOf } from '../../src/core/request.ts'

test.each([
  ['/', '/', undefined],
  ['/a/b?c=d?e', '/a/b', 'c=d?e'],
  ['/a?', '/a', ''],
  ['//evil.test/x?y', '//evil.test/x', 'y'],
  ['/a/../b/./c', '/a/../b/./c', undefined],
  ['/%2e%2E/?%3F', '/%2e%2E/', '%3F'],
  ['http://evil.test/a?b', '/a', 'b'],
  ['HTTPS://evil.test', '/', undefined],
  ['http://evil.test?b', '/', 'b'],
  ['http://', '/', undefined],
  ['/http://evil.test/a', '/http://evil.test/a', undefined],
  ['*', '*', undefined],
  ['example.com:443', 'example.com:443', undefined],
  ['', '', undefined],
])('of %s the path is %s and the query %s', (target, path, query) => {
  expect(pathOf(target)).toBe(path)
  expect(queryOf(target)).toBe(query)
})

test('path and query of an origin-form target are the target, to the letter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (rest) => {
      const target = `/${rest}`
      const query = queryOf(target)
      expect(pathOf(target) + (query === undefined ? '' : `?${query}`)).toBe(target)
    }),
  )
})
