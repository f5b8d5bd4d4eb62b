import { expect, test } from 'vitest'
import { compileWhere } from '../../src/app/where.ts'
import { named } from '../../src/core/request.ts'
import { requestOf, UNKNOWN } from '../store/samples.ts'

/** Milliseconds that a pattern takes for a body that it nearly matches. */
function timeOf(pattern: string, body: string): number {
  const holds = compileWhere(`request.body.matches(${JSON.stringify(pattern)})`, '--where')
  const request = named(requestOf({ body: Buffer.from(body) }), 'abcdefgh', 1)
  const began = performance.now()
  expect(holds({ request, ...UNKNOWN, deliveries: [] })).toBe(false)
  return performance.now() - began
}

test.each([
  ['^(a+)+$', 25],
  ['(a|a)*b', 22],
])('R-FLT-2: %s takes as long as a body is, not as long as it can be divided', (pattern, letters) => {
  // Without a bound a second or more, and twice as much for each letter.
  expect(timeOf(pattern, `${'a'.repeat(letters)}!`)).toBeLessThan(400)
  const long = timeOf(pattern, `${'a'.repeat(50_000)}!`)
  console.log(`R-FLT-2: ${pattern} over 50,000 bytes: ${long.toFixed(0)} ms`)
  expect(long).toBeLessThan(1000)
})
