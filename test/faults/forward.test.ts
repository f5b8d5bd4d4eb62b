import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Delivery } from '../../src/core/delivery.ts'
import { wasAccepted } from '../../src/core/delivery.ts'
import type { Fault } from '../helpers/fault-proxy.ts'
import { startFaultProxy } from '../helpers/fault-proxy.ts'
import { startListen } from '../helpers/spawn.ts'
import type { Conduct, Target } from '../helpers/target.ts'
import { accountOf, postKeyed, readKept, startTarget, untilNothingIsOwed } from '../helpers/target.ts'
import { testHome } from '../helpers/test-home.ts'

const here = testHome()

async function target(): Promise<Target> {
  const started = await startTarget()
  here.cleanUp(() => started.close())
  return started
}

/** A listener that answers at once, keeps the order of each path, and tries for as long as it takes. */
async function listener(to: string, flags: readonly string[]): ReturnType<typeof startListen> {
  const always = ['--respond', '202', '--order-by', 'path', '--retries', '1000']
  return here.watched(await startListen([to, ...always, ...flags], { home: here.home }))
}

/** How often each kind of outcome was recorded. */
function tally(deliveries: readonly Delivery[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of deliveries) {
    const name = outcome.kind === 'response' ? String(outcome.status) : outcome.kind
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const PHASES: readonly (Conduct | 'down')[] = [
  'down',
  { kind: 'answer', afterMs: 300 },
  { kind: 'reset-on-connect' },
  { kind: 'reset-after-reading' },
  { kind: 'half-close' },
  { kind: 'no-answer' },
  { kind: 'answer', status: 500 },
  { kind: 'answer', status: 429, retryAfter: '1' },
]
const KEYS = 20
const EVENTS = 1000
const DOWN_MS = 5000

test(
  'R-FWD-1: whatever befalls the target, each of 1,000 events arrives, in the order of its key, and nothing else does',
  { timeout: 90_000 },
  async () => {
    const app = await target()
    const began = performance.now()
    const listening = await listener(app.url, ['--backoff', 'fixed:100ms', '--timeout', '500ms'])
    const each = EVENTS / PHASES.length
    for (const [index, phase] of PHASES.entries()) {
      const before = app.arrivals.length
      const connections = app.sockets.all
      if (phase === 'down') await app.down()
      else app.conduct = phase
      const statuses = await postKeyed(listening.port, KEYS, index * each, (index + 1) * each)
      expect(statuses.every((status) => status === 202)).toBe(true)
      if (phase === 'down') {
        await delay(DOWN_MS)
        await app.up()
      } else if (phase.kind === 'reset-on-connect') {
        await expect.poll(() => app.sockets.all - connections, { timeout: 20_000 }).toBeGreaterThan(5)
      } else await app.until(() => app.arrivals.length - before >= 40)
    }
    app.conduct = { kind: 'answer' }
    const isDone = (): boolean =>
      new Set(app.arrivals.filter(({ status }) => status === 200).map(({ id }) => id)).size === EVENTS
    await app.until(isDone)
    const seconds = (performance.now() - began) / 1000
    listening.child.kill('SIGTERM')
    expect(await listening.ended).toEqual({ code: 0, signal: null })

    const kept = await readKept(here.home)
    const account = accountOf(kept, app.arrivals)
    const deliveries = kept.all.flatMap((stored) => stored.deliveries)
    console.log(
      `R-FWD-1: ${account.ids} events, ${account.arrivals} arrivals, ${account.lost.length} lost, ` +
        `${account.outOfOrder.length} out of order, ${account.foreign.length} foreign, ` +
        `${account.attemptsRepeated.length} without a new attempt number, ${kept.undelivered.length} undelivered, ` +
        `attempts ${JSON.stringify(tally(deliveries))}, ${seconds.toFixed(1)} s`,
    )
    expect(account).toMatchObject({
      ids: EVENTS,
      lost: [],
      outOfOrder: [],
      foreign: [],
      attemptsRepeated: [],
    })
    expect(kept.undelivered).toEqual([])
    // R-FWD-2: all that the target read and left without an answer is recorded as unknown, under the same number.
    const unanswered = app.arrivals.filter(({ status }) => status === 0)
    expect(unanswered.length).toBeGreaterThan(100)
    const recorded = new Map(deliveries.map((one) => [`${one.requestId} ${one.attempt}`, one.outcome.kind]))
    expect(new Set(unanswered.map(({ id, attempt }) => recorded.get(`${id} ${attempt}`)))).toEqual(
      new Set(['unknown']),
    )
  },
)

const FAULTS: readonly { readonly fault: Fault; readonly timeout?: string; readonly lasts: number }[] = [
  { fault: { kind: 'latency', ms: 20 }, lasts: 0 },
  { fault: { kind: 'slicer', bytes: 29 }, lasts: 0 },
  { fault: { kind: 'limit', bytes: 40 }, lasts: 30 },
  { fault: { kind: 'reset_on_connect' }, lasts: 10 },
  { fault: { kind: 'reset_after' }, lasts: 30 },
  { fault: { kind: 'half_close' }, lasts: 30 },
  { fault: { kind: 'drop_response' }, timeout: '200ms', lasts: 30 },
  { fault: { kind: 'blackhole' }, timeout: '200ms', lasts: 10 },
]

test.each(FAULTS)(
  '200 events through a proxy with $fault.kind: each arrives at least once, in the order of its key, and nothing else',
  async ({ fault, timeout = '5s', lasts }) => {
    const app = await target()
    const proxy = await startFaultProxy(app.port)
    here.cleanUp(() => proxy.close())
    proxy.fault = fault
    const listening = await listener(`127.0.0.1:${proxy.port}`, ['--backoff', '20ms', '--timeout', timeout])
    await postKeyed(listening.port, 10, 0, 200)
    // The fault lasts until enough have met it; without an end nothing would ever be answered.
    const isMet = (): boolean => lasts === 0 || Math.max(app.arrivals.length, proxy.connections) >= lasts
    await expect.poll(isMet, { timeout: 20_000, interval: 20 }).toBe(true)
    if (lasts > 0) proxy.fault = { kind: 'none' }
    await app.until(() => new Set(app.arrivals.map(({ id }) => id)).size === 200)
    await untilNothingIsOwed(here.home)

    const kept = await readKept(here.home)
    const account = accountOf(kept, app.arrivals)
    const deliveries = kept.all.flatMap((stored) => stored.deliveries)
    const duplicates = account.arrivals - account.ids
    console.log(
      `fault proxy ${JSON.stringify(fault)}: ${account.ids} events, ${account.arrivals} arrivals, ` +
        `attempts ${JSON.stringify(tally(deliveries))}`,
    )
    expect(account).toMatchObject({ ids: 200, lost: [], outOfOrder: [], foreign: [], attemptsRepeated: [] })
    // Each arrival but the last of its event ended as unknown: never as not sent.
    const unknown = deliveries.filter(({ outcome }) => outcome.kind === 'unknown').length
    expect(unknown).toBeGreaterThanOrEqual(duplicates)
    expect(deliveries.filter(({ outcome }) => wasAccepted(outcome))).toHaveLength(200)
  },
)

test.each<Fault['kind']>(['reset_after', 'half_close', 'drop_response', 'limit'])(
  'R-FWD-2: with %s the target did its work: the attempt is unknown, not refused, and the second has the same id',
  async (kind) => {
    const app = await target()
    const proxy = await startFaultProxy(app.port)
    here.cleanUp(() => proxy.close())
    proxy.fault = kind === 'limit' ? { kind, bytes: 10 } : ({ kind } as Fault)
    const listening = await listener(`127.0.0.1:${proxy.port}`, ['--backoff', '300ms', '--timeout', '300ms'])
    await postKeyed(listening.port, 1, 0, 1)
    await listening.until('stdout', /"type":"delivery".*\n/)
    proxy.fault = { kind: 'none' }
    expect(app.arrivals).toHaveLength(1)
    await listening.until('stdout', /"attempt":2.*\n/)
    await untilNothingIsOwed(here.home)
    const [stored] = (await readKept(here.home)).all
    const recorded = (stored?.deliveries ?? []).map(({ attempt, outcome }) => `${attempt} ${outcome.kind}`)
    console.log(`R-FWD-2: ${kind}: target processed ${app.arrivals.length}, recorded ${recorded.join(', ')}`)
    expect(recorded).toEqual(['1 unknown', '2 response'])
    expect(app.arrivals.map(({ id, attempt }) => [id, attempt])).toEqual([
      [stored?.request.id, 1],
      [stored?.request.id, 2],
    ])
    expect(listening.stderr()).not.toMatch(/refused|not sent|cannot be reached/)
  },
)
