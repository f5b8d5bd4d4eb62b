import { describe, expect, test } from 'vitest'
import type { Backoff } from '../../src/app/forward/backoff.ts'
import { delayAfter, EXPONENTIAL, patienceMs, retryAfterOf } from '../../src/app/forward/backoff.ts'
import type { Destination } from '../../src/app/forward/destinations.ts'
import { nameOf, Router, withEarlierNames } from '../../src/app/forward/destinations.ts'
import { Health } from '../../src/app/forward/health.ts'
import { isLooping, mirrored, outgoingOf } from '../../src/app/forward/outgoing.ts'
import type { Delivery, DeliveryOutcome } from '../../src/core/delivery.ts'
import { commandIn, earlierCommandName, EXEC_PREFIX } from '../../src/core/outbox.ts'
import type { RawHeaders } from '../../src/core/request.ts'
import { named } from '../../src/core/request.ts'
import type { StoredRequest } from '../../src/core/query.ts'
import { createVirtualClock } from '../helpers/virtual-clock.ts'
import { answerOf, deliveryOf, requestOf, UNKNOWN } from '../store/samples.ts'

const NOW = Date.UTC(2026, 0, 15, 9, 30)

describe('how long until the next attempt', () => {
  test('R-FWD-14: exponential with full jitter: anywhere below a ceiling that doubles up to 5 minutes', () => {
    const chances = Array.from({ length: 1000 }, (_, i) => i / 1000)
    const ceilings = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1000)
    for (const [index, ceiling] of ceilings.entries()) {
      const delays = chances.map((chance) => delayAfter(index + 1, EXPONENTIAL, chance))
      expect(Math.min(...delays)).toBe(0)
      expect(Math.max(...delays)).toBeLessThan(ceiling)
      expect(delays.reduce((sum, ms) => sum + ms) / delays.length).toBeCloseTo(ceiling / 2, -3)
    }
    // No number of attempts makes it infinite, or nothing.
    expect(delayAfter(5000, EXPONENTIAL, 0.5)).toBe(150_000)
  })

  test('fixed is always the same, a list goes on with its last', () => {
    const list: Backoff = { kind: 'list', ms: [10, 50] }
    expect([1, 2, 3, 9].map((attempt) => delayAfter(attempt, list, 0.9))).toEqual([10, 50, 50, 50])
    expect(delayAfter(7, { kind: 'fixed', ms: 5000 }, 0.1)).toBe(5000)
    expect(patienceMs(3, list)).toBe(110)
    expect(patienceMs(0, EXPONENTIAL)).toBe(0)
  })

  test.each([
    ['120', 120_000],
    [' 5 ', 5000],
    ['0', 0],
    ['99999999999999', 3_600_000],
    ['Thu, 15 Jan 2026 09:30:30 GMT', 30_000],
    ['Thu, 15 Jan 2026 09:00:00 GMT', 0],
    ['Fri, 15 Jan 2027 09:30:00 GMT', 3_600_000],
    ['soon', undefined],
    ['', undefined],
    ['1.5', undefined],
    ['-5', undefined],
    ['5 minutes', undefined],
  ])('Retry-After: %s', (value, expected) => {
    expect(retryAfterOf([['retry-AFTER', value]], NOW)).toBe(expected)
  })

  test('without Retry-After nothing is asked', () => {
    expect(retryAfterOf([], NOW)).toBeUndefined()
  })
})

describe('who gets a request', () => {
  const to = (port: number): Destination => ({
    kind: 'http',
    target: `http://localhost:${port}/`,
    loopbackOnly: false,
  })
  const make: Destination = { kind: 'exec', command: ['make', 'build'], shell: false }
  const stored = (target: string, event?: string): StoredRequest => ({
    request: named(requestOf({ target }), 'id', 1),
    identity: event === undefined ? {} : { event },
    verdict: UNKNOWN.verdict,
    deliveries: [],
  })
  const names = (router: Router, request: StoredRequest) =>
    router.assign(request).map(({ destination }) => destination)

  test('the first route that matches, alone; otherwise every target; commands beside both', () => {
    const router = new Router({
      routes: [
        { condition: { event: 'invoice.*' }, destination: to(1) },
        { condition: { path: '/a/**' }, destination: to(2) },
      ],
      targets: [to(3), to(4)],
      commands: [{ condition: { path: '/a/**' }, destination: make }],
    })
    expect(names(router, stored('/a/b', 'invoice.paid'))).toEqual([nameOf(to(1)), nameOf(make)])
    expect(names(router, stored('/a/b'))).toEqual([nameOf(to(2)), nameOf(make)])
    expect(names(router, stored('/b'))).toEqual([nameOf(to(3)), nameOf(to(4))])
    expect([...router.destinations.keys()]).toEqual(
      [1, 2, 3, 4].map((port) => nameOf(to(port))).concat(nameOf(make)),
    )
  })

  test('with routes alone, what none takes goes nowhere', () => {
    const router = new Router({
      routes: [{ condition: { event: 'a' }, destination: to(1) }],
      targets: [],
      commands: [],
    })
    expect(names(router, stored('/'))).toEqual([])
  })

  test('a program with arguments and a line of the shell are never taken for each other', () => {
    const commands: Destination[] = [
      { kind: 'exec', command: ['a', 'b c'], shell: false },
      { kind: 'exec', command: ['a', 'b', 'c'], shell: false },
      { kind: 'exec', command: ['a b c'], shell: false },
      { kind: 'exec', command: ['a b c'], shell: true },
    ]
    const all = commands.map(nameOf)
    expect(new Set(all).size).toBe(4)
    // Stores know commands by how their names begin.
    for (const name of all) expect(name.startsWith(EXEC_PREFIX)).toBe(true)
    expect(all.map(commandIn)).toEqual(Array.from({ length: 4 }, () => 'a b c'))
    expect(commandIn(earlierCommandName(['a', 'b', 'c']))).toBe('a b c')
    expect(commandIn('exec:argv:{"broken"')).toBe('argv:{"broken"')
    expect(commandIn('http://localhost:3000/')).toBeUndefined()
  })

  test('under the name it had at first a command is known still, unless another has that name now', () => {
    const shell: Destination = { kind: 'exec', command: ['make build'], shell: true }
    for (const command of [make, shell]) {
      const known = withEarlierNames(new Map([[nameOf(command), command]]))
      expect(known.get('exec:make build')).toBe(command)
      expect(known.get(nameOf(command))).toBe(command)
    }
    expect([...withEarlierNames(new Map([[nameOf(to(1)), to(1)]])).keys()]).toEqual([nameOf(to(1))])
  })

  test('a long order key is kept short: equal where it was equal, and no longer than a hash', () => {
    const router = new Router({
      routes: [],
      targets: [to(1)],
      commands: [],
      orderKey: ({ request }) => request.target,
    })
    const keyOf = (target: string): string => router.assign(stored(target))[0]?.orderKey ?? ''
    const long = `/${'x'.repeat(100_000)}`
    expect(keyOf(long)).toBe(keyOf(long))
    expect(keyOf(long)).not.toBe(keyOf(`${long}y`))
    expect(keyOf(long).length).toBeLessThan(100)
    expect(keyOf('/short')).toBe('/short')
  })

  test('the order key is the same for every destination of a request', () => {
    const router = new Router({
      routes: [],
      targets: [to(1), to(2)],
      commands: [],
      orderKey: ({ request }) => request.target,
    })
    expect(router.assign(stored('/x'))).toEqual([
      { destination: nameOf(to(1)), orderKey: '/x' },
      { destination: nameOf(to(2)), orderKey: '/x' },
    ])
  })
})

describe('whether a target can be reached', () => {
  const APP = 'http://localhost:3000/'
  const outcome = (kind: DeliveryOutcome): Delivery => deliveryOf('id', kind)
  const refused = outcome({ kind: 'not-sent', code: 'ECONNREFUSED' })

  test('one that refuses is left alone, ever longer, up to 5 s; an answer of any kind ends that', async () => {
    const clock = createVirtualClock()
    const health = new Health(clock)
    const pauses: number[] = []
    for (let i = 0; i < 8; i++) {
      const end = health.begin(APP)
      health.learn(APP, refused, 0)
      end()
      expect(health.isUp(APP)).toBe(false)
      pauses.push(health.downForMs(APP))
      await clock.pass(health.downForMs(APP))
    }
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
    expect(health.failures(APP)).toBe(8)
    expect(health.failingForMs(APP)).toBe(pauses.reduce((sum, ms) => sum + ms))
    for (const answer of [answerOf(500), { kind: 'unknown', code: 'ETIMEDOUT' } as const]) {
      health.learn(APP, refused, 0)
      health.learn(APP, outcome(answer), 0)
      expect(health.isUp(APP)).toBe(true)
      expect(health.failures(APP)).toBe(0)
    }
  })

  test('of many that fail at once only the first counts', () => {
    const health = new Health(createVirtualClock())
    for (let i = 0; i < 16; i++) health.learn(APP, refused, 0)
    expect(health.failures(APP)).toBe(1)
  })

  test('an attempt that we cut ourselves says nothing about the target', () => {
    const health = new Health(createVirtualClock())
    health.learn(APP, outcome({ kind: 'not-sent', code: 'INTERRUPTED' }), 0)
    expect(health.isUp(APP)).toBe(true)
  })

  test('one that asks for patience gets it, and is not down', async () => {
    const clock = createVirtualClock()
    const health = new Health(clock)
    health.learn(APP, outcome(answerOf(429)), 10_000)
    expect([health.isUp(APP), health.downForMs(APP), health.failures(APP)]).toEqual([false, 10_000, 0])
    await clock.pass(10_000)
    expect(health.isUp(APP)).toBe(true)
  })

  test('what failed meanwhile does not end the patience that was asked for; what was accepted does', async () => {
    const clock = createVirtualClock()
    const health = new Health(clock)
    health.learn(APP, outcome(answerOf(429)), 10_000)
    for (const failed of [answerOf(500), { kind: 'unknown', code: 'ETIMEDOUT' } as const]) {
      health.learn(APP, outcome(failed), 0)
      expect(health.downForMs(APP)).toBe(10_000)
    }
    health.learn(APP, outcome(answerOf(200)), 0)
    expect(health.isUp(APP)).toBe(true)
  })

  test('one target is none of another’s business', () => {
    const health = new Health(createVirtualClock())
    health.learn(APP, refused, 0)
    expect(health.isUp('http://localhost:4000/')).toBe(true)
  })
})

describe('a request on its way out', () => {
  const request = named(
    requestOf({
      target: '/hooks?a=1&a=2',
      headers: [
        ['Host', 'sender.test'],
        ['X-Twice', 'one'],
        ['Via', '1.0 proxy'],
        ['x-twice', 'two'],
        ['Webhook-Cli-Id', 'forged'],
        ['webhook-cli-attempt', '9'],
      ],
    }),
    'k7m2q4xz',
    1,
  )
  const plain = { headers: [], hostHeader: 'target' } as const

  test('its own headers in their order, and at the end who passed it on and under which id', () => {
    expect(outgoingOf(request, 'http://localhost:3000/', 1, plain)).toEqual({
      method: 'POST',
      url: 'http://localhost:3000/hooks?a=1&a=2',
      headers: [
        ['Host', 'sender.test'],
        ['X-Twice', 'one'],
        ['Via', '1.0 proxy'],
        ['x-twice', 'two'],
        ['Via', '1.1 webhook-cli'],
        ['Webhook-Cli-Id', 'k7m2q4xz'],
      ],
      body: request.body,
    })
  })

  test('from the second attempt on it says which', () => {
    const { headers } = outgoingOf(request, 'http://localhost:3000/', 2, plain)
    expect(headers.slice(-2)).toEqual([
      ['Webhook-Cli-Id', 'k7m2q4xz'],
      ['Webhook-Cli-Attempt', '2'],
    ])
  })

  test('--header sets where the header stood, removes all of a name, and cannot take our Via away', () => {
    const headers: RawHeaders = [
      ['x-TWICE', 'three'],
      ['New', '1'],
      ['Via', ''],
    ]
    expect(outgoingOf(request, 'http://localhost:3000/', 1, { ...plain, headers }).headers).toEqual([
      ['Host', 'sender.test'],
      ['X-Twice', 'three'],
      ['New', '1'],
      ['Via', '1.1 webhook-cli'],
      ['Webhook-Cli-Id', 'k7m2q4xz'],
    ])
  })

  test('keep sends the sender’s Host, or the one that --header sets', () => {
    const keep = { ...plain, hostHeader: 'keep' } as const
    expect(outgoingOf(request, 'http://localhost:3000/', 1, keep).host).toBe('sender.test')
    const set = { ...keep, headers: [['host', 'mine.test']] } as const
    expect(outgoingOf(request, 'http://localhost:3000/', 1, set).host).toBe('mine.test')
  })

  test('R-FWD-12: what passed us five times goes in a circle, however Via is written', () => {
    const five = Array.from({ length: 5 }, () => ['via', '1.1 webhook-cli'] as const)
    expect(isLooping(five.slice(1))).toBe(false)
    expect(isLooping(five)).toBe(true)
    expect(
      isLooping([
        [
          'Via',
          '1.0 fred, 1.1 webhook-cli,1.1 webhook-cli (x) , 2 webhook-cli, 1.1 webhook-cli,HTTP/1.1 webhook-cli',
        ],
      ]),
    ).toBe(true)
    expect(isLooping([['Via', 'webhook-cli, webhook-cli, webhook-cli, webhook-cli, webhook-cli']])).toBe(
      false,
    )
  })
})

describe('the answer that a sender gets', () => {
  const json = (answer: ReturnType<typeof mirrored>) =>
    JSON.parse(Buffer.from(answer.body).toString()) as object

  test('the app’s status, headers in their order, cookies each, and bytes', () => {
    const body = Buffer.from([0xff, 0, 1])
    const answer = mirrored(
      {
        kind: 'response',
        status: 418,
        headers: [
          ['Set-Cookie', 'a=1'],
          ['X-B', '1'],
          ['set-cookie', 'b=2'],
          ['Connection', 'close, X-Hop'],
          ['X-Hop', '1'],
          ['Transfer-Encoding', 'chunked'],
          ['Content-Encoding', 'gzip'],
          ['Content-Length', '3'],
        ],
        body,
        bodySize: 3,
      },
      'POST',
    )
    expect(answer).toEqual({
      status: 418,
      headers: [
        ['Set-Cookie', 'a=1'],
        ['X-B', '1'],
        ['set-cookie', 'b=2'],
        ['Content-Encoding', 'gzip'],
      ],
      body,
    })
  })

  test('to HEAD a length is told without a body', () => {
    const outcome = {
      kind: 'response',
      status: 200,
      headers: [['Content-Length', '5000']],
      body: Buffer.alloc(0),
      bodySize: 0,
    } as const
    expect(mirrored(outcome, 'HEAD')).toMatchObject({ headers: [['Content-Length', '5000']], toHead: true })
  })

  test('an answer that we did not read to its end is not passed on as if it were whole', () => {
    const answer = mirrored(
      { kind: 'response', status: 200, headers: [], body: Buffer.alloc(10), bodySize: 11 },
      'POST',
    )
    expect(answer.status).toBe(502)
    expect(json(answer)).toMatchObject({ code: 'TOO_LARGE' })
  })

  test.each([
    [{ kind: 'not-sent', code: 'ECONNREFUSED' }, 502, 'the app cannot be reached'],
    [{ kind: 'not-sent', code: 'NOT_LOOPBACK' }, 502, 'the app cannot be reached'],
    [{ kind: 'unknown', code: 'ECONNRESET' }, 502, 'the app gave no whole answer'],
    [{ kind: 'unknown', code: 'ETIMEDOUT' }, 504, 'the app did not answer in time'],
    [{ kind: 'not-sent', code: 'ETIMEDOUT' }, 504, 'the app did not answer in time'],
  ] as const)('%j: %i', (outcome, status, error) => {
    const answer = mirrored(outcome, 'POST')
    expect(answer.status).toBe(status)
    expect(json(answer)).toEqual({ error, code: outcome.code })
  })
})
