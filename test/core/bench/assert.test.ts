import { describe, expect, test } from 'vitest'
import { assertedMode, evaluateAssertions, parseAssertion } from '../../../src/core/bench/assert.ts'
import { measuredText } from '../../../src/ui/bench/checks.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { simulateBench } from '../../helpers/simulated-bench.ts'

const { modes } = simulateBench()

function expected(text: string): string {
  try {
    assertedMode(parseAssertion(text), modes)
  } catch (error) {
    if (isAppError(error) && error.code === 'bad-value') return error.data.expected
    throw error
  }
  return 'accepted'
}

describe('--assert', () => {
  test.each([
    ['webhook.p90<20ms', true],
    ['webhook.p90<0.2ms', false],
    ['webhook.p50 < 500us', false],
    ['poll.2s.fit', true],
    ['poll.500ms.mean<=300ms', true],
    ['poll.500ms.mean>0.2s', true],
    ['sse.missed==0', true],
    ['ws.duplicates!=0', false],
    ['long-poll.mean<5ms', true],
    ['conditional.wasted<50%', true],
    ['poll.100ms.requestsPerEvent>=0.9', true],
    ['poll.100ms.bytes<10', false],
    ['poll.100ms.fresh>50', true],
    ['WEBHOOK.P90<1s', true],
  ])('%s is %s', (expr, pass) => {
    const [result] = evaluateAssertions([parseAssertion(expr)], modes)
    expect(result).toMatchObject({ expr, pass })
    expect(result?.actual).not.toBeNaN()
  })

  test('what cannot be told does not hold, whichever way it is asked', () => {
    const all = ['webhook.p99<1s', 'webhook.p99>=0ms', 'webhook.fit', 'webhook.p99!=3ms'].map(parseAssertion)
    for (const { pass, actual } of evaluateAssertions(all, modes))
      expect([pass, actual]).toEqual([false, Number.NaN])
  })

  test('events that were never seen are later than any limit', () => {
    const { webhook } = modes
    if (webhook === undefined) expect.fail('there is a webhook')
    const lossy = { webhook: { ...webhook, offered: webhook.offered + 10, missed: 10 } }
    const of = (expr: string): [boolean, number] => {
      const [result] = evaluateAssertions([parseAssertion(expr)], lossy)
      return [result?.pass ?? false, result?.actual ?? Number.NaN]
    }
    expect(of('webhook.p90<1s')).toEqual([false, Number.POSITIVE_INFINITY])
    expect(of('webhook.mean<1s')).toEqual([false, Number.POSITIVE_INFINITY])
    expect(of('webhook.max<1s')).toEqual([false, Number.POSITIVE_INFINITY])
    const [pass, median] = of('webhook.p50<1s')
    expect(pass).toBe(true)
    expect(median).toBeGreaterThan(webhook.delayMs.p50.value)
    expect(measuredText({ expr: '', pass: false, actual: Number.POSITIVE_INFINITY })).toMatch(/never seen/)
  })

  test('a mode is named by its interval, or by the name it has in the run', () => {
    expect(assertedMode(parseAssertion('poll.0.5s.fit'), modes)).toBe('poll.500ms')
    const named = {
      'poll.backoff': { kind: 'poll', intervalMs: 100 },
      'poll.100ms': { kind: 'poll', intervalMs: 100 },
    } as const
    expect(assertedMode(parseAssertion('poll.backoff.p50<1s'), named)).toBe('poll.backoff')
    expect(assertedMode(parseAssertion('poll.100ms.p50<1s'), named)).toBe('poll.100ms')
  })

  test.each([
    ['', /like webhook\.p90<20ms/],
    ['webhook', /like webhook\.p90/],
    ['webhook.p90', /complete/],
    ['webhook.p90<', /like webhook/],
    ['webhook.p90<20', /unit/],
    ['webhook.p90<20bananas', /unit/],
    ['webhook.p90=20ms', /<=/],
    ['webhook.p91<20ms', /figures mean, p50/],
    ['carrier.p90<20ms', /poll, conditional/],
    ['sse.missed<5%', /number/],
    ['poll.2s.fit==1', /stands alone/],
    ['poll.mean<20ms', /one mode of this run: poll\.100ms/],
    ['poll.3s.mean<20ms', /one mode of this run/],
    ['poll.__proto__.mean<1s', /like webhook/],
    ['webhook.constructor<1', /figures mean/],
    [`webhook.p90<${'9'.repeat(400)}ms`, /like webhook/],
  ])('"%s" is refused with what would be right', (expr, message) => {
    expect(expected(expr)).toMatch(message)
  })
})
