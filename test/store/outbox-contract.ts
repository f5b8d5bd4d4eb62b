import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Assign, Debt, Outbox, Owing } from '../../src/core/outbox.ts'
import type { Store } from '../../src/core/ports.ts'
import type { OpenEmptyStore } from './contract.ts'
import { answerOf, collect, deliveryOf, requestOf, UNKNOWN } from './samples.ts'

const APP = 'http://localhost:3000'
const OTHER = 'http://localhost:4000'
const NOW = 1_700_000_000_000
const all = { limit: 100, now: NOW, destinations: [APP, OTHER] }
const toApp: Assign = () => [{ destination: APP }]
/** Another place for the first request, none for the others. */
const onlyFirst =
  (destination: string): Assign =>
  ({ request }) =>
    request.seq === 1 ? [{ destination }] : []

/** What every store must do with debts. */
export function outboxContract(name: string, openEmpty: OpenEmptyStore): void {
  describe(name, () => {
    let store: Store
    let outbox: Outbox
    beforeEach(async () => {
      store = await openEmpty()
      outbox = store.outbox
    })
    afterEach(() => store.close())

    const owe = async (target: string, destinations: readonly string[] = [APP], orderKey?: string) => {
      const debts = destinations.map((destination) => ({
        destination,
        taken: false,
        ...(orderKey !== undefined && { orderKey }),
      }))
      return (await store.capture(requestOf({ target }), UNKNOWN, debts)).id
    }
    const ids = (debts: readonly Debt[]) => debts.map(({ requestId }) => requestId)
    const undelivered = async () =>
      (await collect(store.list({ undelivered: true, oldestFirst: true }))).map(({ request }) => request.id)
    const accepted = (id: string) => deliveryOf(id, answerOf(200))
    const refused = (id: string) => deliveryOf(id, { kind: 'not-sent', code: 'ECONNREFUSED' })

    test('debts are taken once, in the order of capture', async () => {
      const made = [await owe('/1'), await owe('/2'), await owe('/3')]
      const first = await outbox.take({ ...all, limit: 2 })
      expect(ids(first.debts)).toEqual(made.slice(0, 2))
      expect(first.debts[0]).toEqual({ requestId: made[0], destination: APP, attempts: 0 })
      expect(ids((await outbox.take(all)).debts)).toEqual(made.slice(2))
      expect(await outbox.take(all)).toEqual({ debts: [] })
    })

    test('a debt that the capturer has in hand is nobody else’s until it lets go', async () => {
      const { id } = await store.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: true }])
      expect((await outbox.take(all)).debts).toEqual([])
      await outbox.release()
      expect(ids((await outbox.take(all)).debts)).toEqual([id])
    })

    test('only debts to the destinations asked for are taken', async () => {
      const id = await owe('/1', [APP, OTHER, 'exec:make'])
      const { debts } = await outbox.take({ ...all, destinations: [OTHER] })
      expect(debts).toEqual([{ requestId: id, destination: OTHER, attempts: 0 }])
      expect(await outbox.countOthers([APP])).toBe(2)
      expect(await outbox.countOthers([APP, OTHER, 'exec:make'])).toBe(0)
      expect(await outbox.countOthers([])).toBe(3)
    })

    test('one that is paid is gone, with its attempt recorded', async () => {
      const id = await owe('/1')
      const [debt] = (await outbox.take(all)).debts
      expect(await undelivered()).toEqual([id])
      expect(debt && (await outbox.settle(debt, { kind: 'paid' }, NOW, accepted(id)))).toBe(true)
      expect(await undelivered()).toEqual([])
      const stored = await store.get(id)
      expect(stored.deliveries).toHaveLength(1)
      expect(stored.owed).toBeUndefined()
      expect(await outbox.count([APP])).toEqual({ waiting: 0, givenUp: 0 })
    })

    test('a retry waits for its time, and counts', async () => {
      const id = await owe('/1')
      const [debt] = (await outbox.take(all)).debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'retry', delayMs: 500 }, NOW, refused(id))
      expect(await outbox.take(all)).toEqual({ debts: [], nextInMs: 500 })
      expect((await store.get(id)).owed).toEqual([
        { destination: APP, attempts: 1, state: 'waiting', dueAt: NOW + 500 },
      ])
      const later = await outbox.take({ ...all, now: NOW + 500 })
      expect(later.debts).toEqual([{ requestId: id, destination: APP, attempts: 1 }])
    })

    test('one that is given up is listed and not taken any more', async () => {
      const id = await owe('/1')
      const [debt] = (await outbox.take(all)).debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'given-up' }, NOW, refused(id))
      expect(await outbox.take({ ...all, now: NOW + 1e9 })).toEqual({ debts: [] })
      expect(await undelivered()).toEqual([id])
      expect(await outbox.count([APP])).toEqual({ waiting: 0, givenUp: 1 })
    })

    test('one that is returned goes back as it was', async () => {
      const id = await owe('/1')
      const [debt] = (await outbox.take(all)).debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'returned' }, NOW)
      expect((await outbox.take(all)).debts).toEqual([{ requestId: id, destination: APP, attempts: 0 }])
    })

    test('what is not in hand cannot be settled, but the attempt is kept', async () => {
      const id = await owe('/1')
      const debt = { requestId: id, destination: APP }
      expect(await outbox.settle(debt, { kind: 'paid' }, NOW, accepted(id))).toBe(false)
      expect((await store.get(id)).deliveries).toHaveLength(1)
      expect((await store.get(id)).owed).toHaveLength(1)
    })

    test('of each order key only the oldest is taken, whatever becomes of it', async () => {
      const a1 = await owe('/a1', [APP], 'a')
      const a2 = await owe('/a2', [APP], 'a')
      const b1 = await owe('/b1', [APP], 'b')
      const first = await outbox.take(all)
      expect(ids(first.debts)).toEqual([a1, b1])
      expect(first.debts[0]?.orderKey).toBe('a')
      const [debt] = first.debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'retry', delayMs: 1000 }, NOW, refused(a1))
      expect(await outbox.take(all)).toEqual({ debts: [], nextInMs: 1000 })
      const again = await outbox.take({ ...all, now: NOW + 1000 })
      expect(ids(again.debts)).toEqual([a1])
      await outbox.settle(debt, { kind: 'given-up' }, NOW, refused(a1))
      expect(ids((await outbox.take({ ...all, now: NOW + 1000 })).debts)).toEqual([a2])
    })

    test.each<[string, (head: string) => Promise<unknown>]>([
      ['removed', () => store.remove({ limit: 1, oldestFirst: true })],
      ['delivered by a replay', (head) => store.record({ ...accepted(head), cause: 'replay' })],
      ['brought to another destination', () => outbox.adopt(onlyFirst(OTHER), NOW)],
    ])('the next of a key has its turn when the oldest is %s', async (_how, end) => {
      const [head, ...rest] = [
        await owe('/1', [APP], 'k'),
        await owe('/2', [APP], 'k'),
        await owe('/3', [APP], 'k'),
      ]
      await end(head)
      for (const id of rest) {
        const { debts } = await outbox.take({ ...all, destinations: [APP] })
        expect(ids(debts)).toEqual([id])
        const [debt] = debts
        if (debt !== undefined) await outbox.settle(debt, { kind: 'paid' }, NOW, accepted(id))
      }
    })

    test('adopting keeps count of the attempts at the same destination, and begins anew at another', async () => {
      const id = await owe('/1')
      const [debt] = (await outbox.take(all)).debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'retry', delayMs: 60_000 }, NOW, refused(id))
      await outbox.adopt(toApp, NOW)
      expect((await outbox.take({ ...all, limit: 1 })).debts).toEqual([
        { requestId: id, destination: APP, attempts: 1 },
      ])
      await outbox.release()
      await outbox.adopt(() => [{ destination: OTHER }], NOW)
      expect((await store.get(id)).owed).toMatchObject([{ destination: OTHER, attempts: 0 }])
    })

    test('adopting keeps the order of a key', async () => {
      const made = [await owe('/1', [APP], 'k'), await owe('/2', [APP], 'k'), await owe('/3', [APP], 'k')]
      await outbox.adopt(() => [{ destination: APP, orderKey: 'k' }], NOW)
      for (const id of made) {
        const { debts } = await outbox.take(all)
        expect(ids(debts)).toEqual([id])
        const [debt] = debts
        if (debt !== undefined) await outbox.settle(debt, { kind: 'given-up' }, NOW, refused(id))
      }
    })

    test('a clock put back makes nothing wait for longer than it was to wait', async () => {
      const id = await owe('/1')
      const [debt] = (await outbox.take(all)).debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'retry', delayMs: 500 }, NOW, refused(id))
      const twoHoursAgo = NOW - 7_200_000
      const { nextInMs } = await outbox.take({ ...all, now: twoHoursAgo })
      expect(nextInMs).toBeLessThanOrEqual(500)
      expect(ids((await outbox.take({ ...all, now: twoHoursAgo + 500 })).debts)).toEqual([id])
    })

    test('claiming gives captured requests that nobody was owed a destination, each once', async () => {
      const plain = (await store.capture(requestOf(), UNKNOWN)).id
      const owed = await owe('/owed', [OTHER])
      const done = (await store.capture(requestOf(), UNKNOWN)).id
      await store.record(accepted(done))
      await store.capture(requestOf({ source: 'sent' }), UNKNOWN)
      await store.capture(requestOf({ source: 'imported' }), UNKNOWN)
      expect(await outbox.claim(toApp, NOW)).toMatchObject({ made: 1 })
      expect(ids((await outbox.take({ ...all, destinations: [APP] })).debts)).toEqual([plain])
      expect(ids((await outbox.take({ ...all, destinations: [OTHER] })).debts)).toEqual([owed])
      expect(await outbox.claim(toApp, NOW)).toEqual({ made: 0, more: false })
      const late = (await store.capture(requestOf(), UNKNOWN)).id
      await outbox.claim(toApp, NOW)
      expect(ids((await outbox.take(all)).debts)).toEqual([late])
    })

    test('claiming goes through more requests than one transaction takes', async () => {
      await Promise.all(Array.from({ length: 120 }, () => store.capture(requestOf(), UNKNOWN)))
      let made = 0
      for (let more = true; more;) {
        const claimed = await outbox.claim(toApp, NOW)
        made += claimed.made
        more = claimed.more
      }
      expect(made).toBe(120)
    })

    test('adopting revives what was given up and brings it to the destination of now', async () => {
      const id = await owe('/1', [OTHER])
      const command = await owe('/2', ['exec:make'])
      const [debt] = (await outbox.take(all)).debts
      if (debt === undefined) throw new Error('nothing taken')
      await outbox.settle(debt, { kind: 'given-up' }, NOW, refused(id))
      expect(await outbox.adopt(toApp, NOW)).toBe(1)
      expect((await store.get(id)).owed).toMatchObject([{ destination: APP, attempts: 0, state: 'waiting' }])
      expect((await store.get(command)).owed).toMatchObject([{ destination: 'exec:make' }])
    })

    test('what a command gave up is due again for that command, and nobody else is asked to do its work', async () => {
      const MAKE = 'exec:argv:["make"]'
      const toMake = (): Owing[] => [{ destination: MAKE }]
      const alone = await owe('/alone', [MAKE, 'exec:argv:["lint"]'])
      const both = await owe('/both', [APP, MAKE])
      const done = await owe('/done', [MAKE])
      for (const debt of (await outbox.take({ ...all, destinations: [MAKE] })).debts)
        await outbox.settle(debt, { kind: 'given-up' }, NOW, refused(debt.requestId))
      await store.record(accepted(done))
      const owed = async (id: string): Promise<unknown[]> =>
        ((await store.get(id)).owed ?? [])
          .toSorted((a, b) => a.destination.localeCompare(b.destination))
          .map(({ destination, state }) => [destination, state])
      expect(await outbox.adopt(toApp, NOW)).toBe(1)
      expect(await owed(alone)).toEqual([
        ['exec:argv:["lint"]', 'waiting'],
        [MAKE, 'given-up'],
      ])
      expect(await outbox.adopt(toMake, NOW)).toBe(3)
      expect(await owed(alone)).toEqual([
        ['exec:argv:["lint"]', 'waiting'],
        [MAKE, 'waiting'],
      ])
      expect(await owed(both)).toEqual([
        [MAKE, 'waiting'],
        [APP, 'waiting'],
      ])
      expect(await owed(done)).toEqual([[MAKE, 'waiting']])
    })

    test('adopting leaves alone what is in hand, and what another destination has accepted', async () => {
      const held = (await store.capture(requestOf(), UNKNOWN, [{ destination: OTHER, taken: true }])).id
      const half = await owe('/half', [OTHER])
      await store.record(accepted(half))
      expect(await outbox.adopt(toApp, NOW)).toBe(0)
      expect((await store.get(held)).owed).toMatchObject([{ destination: OTHER }])
      expect((await store.get(half)).owed).toMatchObject([{ destination: OTHER }])
    })

    test('undelivered is what is owed, and what was captured and accepted by nobody', async () => {
      const plain = (await store.capture(requestOf(), UNKNOWN)).id
      const failed = (await store.capture(requestOf(), UNKNOWN)).id
      await store.record(refused(failed))
      const done = (await store.capture(requestOf(), UNKNOWN)).id
      await store.record(accepted(done))
      await store.record({ ...refused(done), cause: 'replay' })
      const half = await owe('/half', [APP, OTHER])
      await store.record(accepted(half))
      await store.capture(requestOf({ source: 'sent' }), UNKNOWN)
      expect(await undelivered()).toEqual([plain, failed, half])
    })

    test('a replay that was accepted pays what nobody works on', async () => {
      const id = await owe('/1')
      await store.record({ ...refused(id), cause: 'replay' })
      expect(await undelivered()).toEqual([id])
      await store.record({ ...accepted(id), cause: 'replay' })
      expect(await undelivered()).toEqual([])
    })

    test('a request that is removed takes its debts along', async () => {
      await owe('/1')
      await store.remove({})
      expect(await outbox.take(all)).toEqual({ debts: [] })
      expect(await outbox.count([APP])).toEqual({ waiting: 0, givenUp: 0 })
    })

    test('retention leaves what waits to be delivered', async () => {
      await store.close()
      store = await openEmpty({ keep: 10 })
      const waiting = (await store.capture(requestOf(), UNKNOWN, [{ destination: APP, taken: false }])).id
      const gone = (await store.capture(requestOf(), UNKNOWN)).id
      for (let i = 0; i < 30; i++) await store.capture(requestOf(), UNKNOWN)
      expect((await store.get(waiting)).owed).toHaveLength(1)
      await expect(store.get(gone)).rejects.toMatchObject({ code: 'no-such-request' })
      expect(await store.count()).toBeLessThanOrEqual(11)
    })

    test('retention by size leaves it too', async () => {
      await store.close()
      store = await openEmpty({ keepBytes: 500_000 })
      const body = Buffer.alloc(50_000)
      const debts = [{ destination: APP, taken: false }]
      const waiting = (await store.capture(requestOf({ body }), UNKNOWN, debts)).id
      const gone = (await store.capture(requestOf({ body }), UNKNOWN)).id
      for (let i = 0; i < 30; i++) await store.capture(requestOf({ body }), UNKNOWN)
      expect((await store.get(waiting)).owed).toHaveLength(1)
      await expect(store.get(gone)).rejects.toMatchObject({ code: 'no-such-request' })
      expect(await store.count()).toBeLessThan(12)
    })

    test('where everything waits, more is kept than was asked for', async () => {
      await store.close()
      store = await openEmpty({ keep: 10 })
      const debts = [{ destination: APP, taken: false }]
      for (let i = 0; i < 30; i++) await store.capture(requestOf(), UNKNOWN, debts)
      expect(await store.count()).toBe(30)
    })
  })
}
