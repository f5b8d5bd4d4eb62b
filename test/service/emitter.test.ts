import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { seededRandom } from '../../src/app/event.ts'
import { EventLog } from '../../src/service/event-log.ts'
import { EVENT_NAMES, RESOURCES } from '../../src/service/resources.ts'
import { Shop } from '../../src/service/shop.ts'
import { systemClock } from '../../src/ui/io.ts'
import type { TestService } from './service.ts'
import { startTestService } from './service.ts'

/** The first events of a run: names, ids and subjects, without the times. */
async function eventsOf(seed: string, count: number): Promise<string[]> {
  const service = await startTestService({ emit: { perSecond: 2000, random: seededRandom(seed) } })
  await service.until((activity) => activity.type === 'event', count)
  const { items } = (await service.get('/events?since=0&limit=1000')).json
  await service.close()
  return items.slice(0, count).map((event: Record<string, unknown>) => {
    const { id, user_id: user, order_id: order, payment_id: payment } = event
    return [event['event'], id, user, order, payment].join(' ')
  })
}

test('the same seed makes the same events, another one others, and all kinds occur', async () => {
  const [first, second, other] = [
    await eventsOf('7f3a', 300),
    await eventsOf('7f3a', 300),
    await eventsOf('x', 300),
  ]
  expect(second).toEqual(first)
  expect(other).not.toEqual(first)
  const names = new Set(first.map((line) => line.split(' ')[0]))
  expect(names).toEqual(new Set(EVENT_NAMES))
})

test('gaps are exponential: mean and spread of 4,000 by a clock of the test`s own', async () => {
  let now = 0
  let due: (() => void) | undefined
  let dueAt = 0
  const clock = {
    ...systemClock,
    monotonic: () => now,
    after(ms: number, callback: () => void) {
      // The service's other timers are not of this test.
      if (ms > 14_000) return () => {}
      due = callback
      dueAt = now + ms
      return () => {}
    },
  }
  const service: TestService = await startTestService({
    clock,
    emit: { perSecond: 5, random: seededRandom('gaps') },
  })
  const gaps: number[] = []
  for (let i = 0; i < 4000; i++) {
    gaps.push(dueAt - now)
    now = dueAt
    due?.()
  }
  await service.close()
  const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
  const sd = Math.sqrt(gaps.reduce((a, gap) => a + (gap - mean) ** 2, 0) / gaps.length)
  console.log(`--emit 5/s: mean gap ${mean.toFixed(1)} ms, standard deviation ${sd.toFixed(1)} ms over 4,000`)
  expect(Math.abs(mean - 200)).toBeLessThan(10)
  expect(Math.abs(sd - 200)).toBeLessThan(20)
})

test('it goes on while clients delete what it is about', async () => {
  const service = await startTestService({ emit: { perSecond: 500, random: (size) => randomBytes(size) } })
  for (let round = 0; round < 5; round++) {
    await service.until((activity) => activity.type === 'event', (round + 1) * 20)
    for (const kind of ['users', 'orders']) {
      for (const { id } of (await service.get(`/${kind}`)).json.items)
        await service.send('DELETE', `/${kind}/${id}`)
    }
  }
  const before = service.activities.length
  await service.until((activity) => activity.type === 'event', before)
  expect(service.activities.filter(({ type }) => type === 'bug')).toEqual([])
  await service.close()
})

test('an id that is taken, as by an earlier run of the same seed, is not given again', () => {
  const bytes = [1, 9, 1, 1, 2, 9]
  const random = (size: number): Uint8Array => Buffer.alloc(size, bytes.shift())
  const onAppend = (): void => {}
  const log = new EventLog({ clock: systemClock, random, nanoseconds: () => 0n, onAppend })
  const shop = new Shop(log, { clock: systemClock, random })
  const [users] = RESOURCES
  if (users === undefined) throw new Error('no users')
  const ids = ['a@b.example', 'c@d.example'].map((email) => shop.create(users, { name: 'A', email }).id)
  expect(ids).toEqual([`usr_${'01'.repeat(8)}`, `usr_${'02'.repeat(8)}`])
})
