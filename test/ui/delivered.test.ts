import { expect, test } from 'vitest'
import type { CommandOutcome, Delivery } from '../../src/core/delivery.ts'
import type { AttemptNotice } from '../../src/core/events.ts'
import type { Settlement } from '../../src/core/outbox.ts'
import {
  deliveredLine,
  deliveredRow,
  leftWords,
  runningWords,
  standaloneLine,
  unreachedWords,
} from '../../src/ui/delivered.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { troubleWords } from '../../src/ui/words.ts'
import { answerOf } from '../store/samples.ts'

const theme = createTheme({ colour: false, unicode: true })

function exit(text: string, outputSize?: number): CommandOutcome {
  const output = Buffer.from(text)
  return { kind: 'exit', status: 3, timedOut: false, output, outputSize: outputSize ?? output.byteLength }
}

const OUTCOMES: readonly Delivery['outcome'][] = [
  answerOf(200),
  answerOf(500, Buffer.from('\x1b[2J\u202eno such order\r\nat /app')),
  answerOf(404, Buffer.from('ü'.repeat(300))),
  { kind: 'not-sent', code: 'ECONNREFUSED' },
  { kind: 'not-sent', code: 'NOT_LOOPBACK' },
  { kind: 'unknown', code: 'ECONNRESET' },
  { kind: 'unknown', code: 'ETIMEDOUT' },
  exit('\x1b[2Jgcc\nmake: *** \u202eno rule\n'),
]

const SETTLEMENTS: readonly Settlement[] = [
  { kind: 'paid' },
  { kind: 'given-up' },
  { kind: 'retry', delayMs: 299_000 },
]

const TARGETS = ['http://localhost:3000/', `https://hooks.example.test:8443/${'a/'.repeat(200)}`]

function noticeOf(outcome: Delivery['outcome'], settlement: Settlement, target: string, attempt: number) {
  const request = { id: 'k7m2q4xz', method: 'POST', target: '/hooks' }
  const cause = outcome.kind === 'exit' ? 'exec' : 'forward'
  const delivery: Delivery = {
    requestId: request.id,
    cause,
    target,
    attempt,
    startedAt: 1_700_000_000_000,
    durationMs: 12_345.6,
    outcome,
  }
  return { request, delivery, settlement, isMirrored: false, isHidden: false } satisfies AttemptNotice
}

const ALL = OUTCOMES.flatMap(
  (outcome) =>
    SETTLEMENTS.flatMap((settlement) =>
      TARGETS.flatMap((target) => [1, 6].map((attempt) => noticeOf(outcome, settlement, target, attempt))),
    ),
  // What we refuse ourselves is final at once.
).filter(({ delivery, settlement }) => {
  const isRefused = delivery.outcome.kind === 'not-sent' && delivery.outcome.code === 'NOT_LOOPBACK'
  return !isRefused || (settlement.kind === 'given-up' && delivery.attempt === 1)
})

test.each([200, 100, 80, 60])(
  'at %i columns no delivery is wider, and none brings its own control characters',
  (columns) => {
    for (const notice of ALL) {
      const lines = [
        standaloneLine(notice, theme, columns),
        ...[true, false].flatMap((isBelowArrival) =>
          [true, false].map((namesTarget) =>
            deliveredLine(notice, { theme, columns, isBelowArrival, namesTarget }),
          ),
        ),
        deliveredLine(
          { ...notice, isHidden: true, request: { ...notice.request, target: `/\x1b[2J${'a/'.repeat(99)}` } },
          { theme, columns, isBelowArrival: false, namesTarget: true },
        ),
      ].flatMap((text) => text.trimEnd().split('\n'))
      for (const line of lines) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/)
      }
    }
  },
)

test('what came of it is never cut', () => {
  const [notice] = ALL.filter(({ delivery, settlement }) => {
    return delivery.outcome.kind === 'unknown' && settlement.kind === 'retry' && delivery.attempt === 6
  })
  if (notice === undefined) throw new Error('no such notice')
  const line = deliveredLine(notice, { theme, columns: 60, isBelowArrival: false, namesTarget: true })
  expect(line).toMatch(/no answer \(reset\) +again in 4 m 59 s\n$/)
})

test('an attempt whose arrival is hidden says which request it was and, where there are several, to which target', () => {
  const shown = noticeOf(answerOf(500), { kind: 'given-up' }, 'http://localhost:3000/a', 1)
  const hidden = { ...shown, isHidden: true }
  const line = (notice: AttemptNotice, namesTarget: boolean): string =>
    deliveredLine(notice, { theme, columns: 100, isBelowArrival: false, namesTarget })
  expect(line(shown, false)).toMatch(/→ k7m2 {2}500 /)
  expect(line(hidden, false)).toMatch(/→ k7m2 {2}POST \/hooks {2}500 /)
  expect(line(hidden, true)).toMatch(/→ k7m2 {2}POST localhost:3000\/a {2}500 /)
})

test.each([
  ['compiling\na.c:1: no such name\n\n', undefined, 'a.c:1: no such name'],
  ['10 %\r100 %\rno space left\r\n', undefined, 'no space left'],
  ['', undefined, ''],
  // More than is kept: how it ended nobody knows.
  ['compiling\nthe first of many', 2_000_000, ''],
])('of a command that failed the last that it said is shown: %j', (text, size, shown) => {
  const notice = noticeOf(exit(text, size), { kind: 'given-up' }, 'make build', 1)
  const line = deliveredLine(notice, { theme, columns: 100, isBelowArrival: true, namesTarget: false })
  expect(line).toMatch(/exit 3 12\.3 s {2}given up/)
  expect(line.split('given up')[1]?.trim()).toBe(shown)
  const [, below = ''] = standaloneLine(notice, theme, 100).split('\n')
  expect(below.trim()).toBe(shown)
})

test.each([100, 60])(
  'a command that runs is told within %i columns, and brings no control characters',
  (columns) => {
    const run = { request: { id: 'k7m2q4xz' }, command: ['make', '\x1b[2J', 'build'.repeat(40)] }
    const words = runningWords(run, theme, columns)
    expect(displayWidth(words)).toBe(columns)
    expect(words).toMatch(/^→ k7m2 {2}\$ make .*… {2}running…$/)
    expect(words).not.toContain('\x1b')
  },
)

test('in a pipe nothing is cut, and a row stays a row', () => {
  for (const notice of ALL) {
    const row = deliveredRow({ ...notice, delivery: { ...notice.delivery, target: 'http://a/\t\n\x1b[2J' } })
    expect(row.trimEnd().split('\t')).toHaveLength(8)
    expect(row.indexOf('\n')).toBe(row.length - 1)
  }
})

test('what keeps deliveries from being recorded is said in words, and they are not said to be lost', () => {
  for (const code of ['store-busy', 'store-write-failed'])
    expect(troubleWords(code)).toMatch(/^[a-z (?);]+ are recorded once it [a-z ]+$/)
  expect(troubleWords('Error: \x1b[2J')).not.toContain('\x1b')
})

test('of what is left nothing is told twice', () => {
  expect(leftWords({ waiting: 2, givenUp: 1 }, ['localhost:3000', 'b:1'])).toBe(
    '1 given up, 2 left for another time: localhost:3000 and b:1 stayed down. Once it runs, the same command tries them again.',
  )
  expect(leftWords({ waiting: 0, givenUp: 3 }, ['a:1'])).toMatch(/^3 given up: a:1 stayed down\./)
  expect(leftWords({ waiting: 1, givenUp: 0 }, [])).toMatch(
    /^1 left for another time: the target stayed down\./,
  )
})

test('an answer that did not come is not told as a request that did not arrive', () => {
  const late = noticeOf({ kind: 'unknown', code: 'ETIMEDOUT' }, { kind: 'given-up' }, 'http://a:1/', 1)
  expect(unreachedWords(late)).toBe('a:1 did not answer in time; it may have done its work')
  const cut = noticeOf({ kind: 'unknown', code: 'ECONNRESET' }, { kind: 'given-up' }, 'http://a:1/', 1)
  expect(unreachedWords(cut)).toContain('it may have done its work')
  const refused = noticeOf({ kind: 'not-sent', code: 'ECONNREFUSED' }, { kind: 'given-up' }, 'http://a:1/', 1)
  expect(unreachedWords({ ...refused, isMirrored: true })).toBe(
    'a:1 refused the connection, answered 502. Is the app running?',
  )
  expect(unreachedWords(noticeOf(answerOf(500), { kind: 'given-up' }, 'http://a:1/', 1))).toBeUndefined()
})
