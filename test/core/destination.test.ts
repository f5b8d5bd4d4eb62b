import { expect, test } from 'vitest'
import { destinationUrl } from '../../src/core/destination.ts'

test.each([
  ['http://localhost:3000', '/a/b?x=1', 'http://localhost:3000/a/b?x=1'],
  ['http://localhost:3000/', '/a/b?x=1', 'http://localhost:3000/a/b?x=1'],
  ['http://localhost:3000/hooks', '/a/b?x=1', 'http://localhost:3000/hooks?x=1'],
  ['http://localhost:3000/hooks/', '/a/b?x=1', 'http://localhost:3000/hooks/a/b?x=1'],
  ['http://localhost:3000/hooks/', '/', 'http://localhost:3000/hooks/'],
  ['http://localhost:3000/hooks?k=v', '/a?x=1', 'http://localhost:3000/hooks?k=v'],
  ['http://localhost:3000?k=v', '/a?x=1', 'http://localhost:3000/a?k=v'],
  [
    'http://localhost:3000/v2/{path}?from=hook&{query}',
    '/a/b?x=1',
    'http://localhost:3000/v2/a/b?from=hook&x=1',
  ],
  ['http://localhost:3000/v2/{path}?{query}', '/a/b', 'http://localhost:3000/v2/a/b'],
  ['http://localhost:3000', '*', 'http://localhost:3000/'],
  ['http://localhost:3000', '/%2e%2e/a//b;c?x=%zz&y=a+b', 'http://localhost:3000/%2e%2e/a//b;c?x=%zz&y=a+b'],
  ['http://localhost:3000', '//evil.test/x', 'http://localhost:3000//evil.test/x'],
  ['http://localhost:3000', 'http://evil.test/x?y', 'http://localhost:3000/x?y'],
  ['http://localhost:3000', '/@evil.test/', 'http://localhost:3000/@evil.test/'],
  ['http://localhost:3000', '@evil.test/', 'http://localhost:3000/@evil.test/'],
  ['http://localhost:3000', '/$&{path}', 'http://localhost:3000/$&{path}'],
])('%s with %s is %s', (target, requestTarget, expected) => {
  expect(destinationUrl(target, requestTarget)).toBe(expected)
})
