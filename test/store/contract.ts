import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/core/delivery.ts'
import { isAppError } from '../../src/core/errors.ts'
import type { Store } from '../../src/core/ports.ts'
import type { NewRequest } from '../../src/core/request.ts'
import type { Keeping } from '../../src/store/retention.ts'
import { answerOf, collect, collectSeqs, deliveryOf, random, requestOf, UNKNOWN } from './samples.ts'

/** Opens an empty store; `close` of the store also tidies up. */
export type OpenEmptyStore = (keeping?: Keeping) => Promise<Store>

/** What every store must do, whatever it is made of. */
export function storeContract(name: string, openEmpty: OpenEmptyStore): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      store = await openEmpty()
    })
    afterEach(() => store.close())

    const captureAll = (requests: readonly NewRequest[]) =>
      Promise.all(requests.map((request) => store.capture(request, UNKNOWN)))
    const captureMany = (count: number) =>
      captureAll(Array.from({ length: count }, (_, i) => requestOf({ target: `/${i}` })))

    describe('fidelity', () => {
      test('a request comes back as it was captured, with its id and place in the order', async () => {
        const request = requestOf({ trailers: [['X-Checksum', 'abc']] })
        const first = await store.capture(request, UNKNOWN)
        const second = await store.capture(request, UNKNOWN)
        expect(first).toEqual({ ...request, id: expect.stringMatching(/^[a-km-np-z2-9]{8}$/), seq: 1 })
        expect(second.seq).toBe(2)
        const stored = await store.get(first.id)
        expect(stored).toEqual({ request: { ...first, body: expect.anything() }, ...UNKNOWN, deliveries: [] })
        expect(Buffer.compare(stored.request.body, request.body)).toBe(0)
      })

      test('an absent remote address stays absent', async () => {
        const { remoteAddress: _gone, ...request } = requestOf()
        const { id } = await store.capture(request, UNKNOWN)
        expect((await store.get(id)).request).not.toHaveProperty('remoteAddress')
      })

      test('identity and verdict come back as they were given', async () => {
        const identity = { provider: 'stripe', event: 'invoice.paid', deliveryId: 'evt_1' }
        const verdict = {
          status: 'invalid',
          provider: 'stripe',
          reason: { code: 'no-match', candidates: 2 },
        } as const
        const { id } = await store.capture(requestOf(), { identity, verdict })
        expect(await store.get(id)).toMatchObject({ identity, verdict })
        expect(await collect(store.list({}))).toMatchObject([{ identity, verdict }])
      })

      test('R-CAP-10: any bytes and any strings survive', async () => {
        // Every UTF-16 unit, lone surrogates and NUL among them: what an import may hold.
        const text = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) })
        const latin1 = fc.string({ unit: fc.nat(0xff).map((unit) => String.fromCharCode(unit)) })
        const pairs = fc.array(fc.tuple(latin1, latin1), { maxLength: 12 })
        const anyRequest = fc.record({
          target: fc.oneof(latin1, text),
          method: text,
          headers: pairs,
          trailers: pairs,
          body: fc.uint8Array({ maxLength: 3000 }),
        })
        await fc.assert(
          fc.asyncProperty(anyRequest, text, async (overrides, event) => {
            const assessment = { ...UNKNOWN, identity: { event } }
            const captured = await store.capture(requestOf(overrides), assessment)
            const { request, identity } = await store.get(captured.id)
            expect(request).toEqual({ ...captured, body: expect.anything() })
            expect(Buffer.compare(request.body, overrides.body)).toBe(0)
            expect(identity.event).toBe(event)
          }),
          { numRuns: 200 },
        )
      })

      test('R-CAP-13: names that mean something to JavaScript are names like others', async () => {
        const headers = ['__proto__', 'constructor', 'toString', 'body', 'seq'].map((n) => [n, 'x'] as const)
        const { id } = await store.capture(requestOf({ headers }), UNKNOWN)
        expect((await store.get(id)).request.headers).toEqual(headers)
      })

      test.each([
        ['an empty body', Buffer.alloc(0)],
        ['a view into a larger buffer', Buffer.from('0123456789').subarray(3, 7)],
        ['5 MiB', random(5 * 1024 * 1024)],
      ])('a body survives: %s', async (_what, body) => {
        const { id } = await store.capture(requestOf({ body }), UNKNOWN)
        const stored = await store.get(id)
        expect(Buffer.compare(stored.request.body, body)).toBe(0)
        const [row] = await collect(store.list({}))
        expect(row?.size).toBe(body.byteLength)
      })

      test('1,500 headers survive in order', async () => {
        const headers = Array.from({ length: 1500 }, (_, i) => [`X-${i % 7}`, `${i} \u00ff`] as const)
        const { id } = await store.capture(requestOf({ headers }), UNKNOWN)
        expect((await store.get(id)).request.headers).toEqual(headers)
      })
    })

    describe('refs', () => {
      test('an id, a unique start of it in either case, and last name a request', async () => {
        const [, middle, newest] = await captureMany(3)
        for (const ref of [
          middle?.id,
          middle?.id.slice(0, 4),
          middle?.id.toUpperCase(),
          'last~1',
          'LAST~1',
        ]) {
          expect((await store.get(ref ?? '')).request.seq).toBe(2)
        }
        expect((await store.get('last')).request.id).toBe(newest?.id)
        expect((await store.get('last~0')).request.id).toBe(newest?.id)
      })

      test('a single letter is enough where it is unique', async () => {
        const [only] = await captureMany(1)
        expect((await store.get(only?.id.charAt(0) ?? '')).request.seq).toBe(1)
      })

      test('an ambiguous start lists at most five refs that each name one request', async () => {
        const captured = await captureMany(300)
        const letter = captured[0]?.id.charAt(0) ?? ''
        const sharing = captured.filter(({ id }) => id.startsWith(letter))
        expect(sharing.length).toBeGreaterThan(1)
        const error = await store.get(letter).catch((thrown: unknown) => thrown)
        if (!isAppError(error) || error.code !== 'ambiguous-ref') throw error
        const { matches } = error.data
        expect(matches).toHaveLength(Math.min(5, sharing.length))
        for (const match of matches) {
          expect(match).toHaveLength(4)
          expect((await store.get(match)).request.id.startsWith(letter)).toBe(true)
        }
      })

      test.each(['last', 'last~3', 'zzzz', ''])('in an empty store %j names nothing', async (ref) => {
        await expect(store.get(ref)).rejects.toMatchObject({ code: 'no-such-request', data: { ref } })
      })

      test.each([
        '',
        'l',
        'last~',
        'last~3',
        'last~-1',
        'last~999999999999999',
        '%',
        "' OR 1=1",
        '\0',
        'a'.repeat(100_000),
      ])('a ref that names nothing is refused: %.20j', async (ref) => {
        await captureMany(3)
        await expect(store.get(ref)).rejects.toMatchObject({ code: 'no-such-request' })
      })

      test('a ref that names nothing comes with the one most like it', async () => {
        const [only] = await captureMany(1)
        const id = only?.id ?? ''
        const typo = `${id.slice(0, 3)}${id.charAt(3) === 'a' ? 'b' : 'a'}`
        await expect(store.get(typo)).rejects.toMatchObject({
          code: 'no-such-request',
          data: { ref: typo, closest: { ref: id.slice(0, 4), receivedAt: only?.receivedAt } },
        })
      })

      test('a ref that is near nothing comes with nothing, though it begins with the same letters', async () => {
        const [only] = await captureMany(1)
        const id = only?.id ?? ''
        const other = (place: number): string => (id.charAt(place) === 'a' ? 'b' : 'a')
        const far = `${id.slice(0, 2)}${other(2)}${other(3)}`
        const error = await store.get(far).catch((thrown: unknown) => thrown)
        expect(isAppError(error) && error.data).toEqual({ ref: far })
      })

      test('a ref whose end is wrong comes with the one that it begins like', async () => {
        const [only] = await captureMany(1)
        const ref = `${only?.id.slice(0, 4)}zzzzzzzzzz`
        await expect(store.get(ref)).rejects.toMatchObject({
          data: { closest: { ref: only?.id.slice(0, 4) } },
        })
      })

      test('completion gives whole ids, newest first', async () => {
        const captured = await captureMany(40)
        const newestFirst = captured.map(({ id }) => id).toReversed()
        expect(await store.complete('', 5)).toEqual(newestFirst.slice(0, 5))
        const letter = newestFirst[0]?.charAt(0) ?? ''
        expect(await store.complete(letter, 100)).toEqual(newestFirst.filter((id) => id.startsWith(letter)))
        expect(await store.complete('not an id', 5)).toEqual([])
      })
    })

    describe('filters', () => {
      /** Four requests, and which of them (by place) each query must find. */
      const requests: readonly NewRequest[] = [
        requestOf({ method: 'GET', target: '/a/b?x=1', receivedAt: 1000 }),
        requestOf({
          method: 'POST',
          target: '/a/c/d',
          receivedAt: 4000,
          body: Buffer.from('needle in a body'),
        }),
        requestOf({ method: 'POST', target: '/needle', receivedAt: 2000 }),
        requestOf({ method: 'PUT', target: '*', receivedAt: 3000, headers: [['X-Find', 'a needle here']] }),
      ]
      const assessments = [
        {
          identity: { provider: 'stripe', event: 'invoice.paid' },
          verdict: { status: 'valid', provider: 'stripe' },
        },
        { identity: { provider: 'stripe', event: 'charge.failed' }, verdict: { status: 'unsigned' } },
        { identity: { provider: 'github' }, verdict: { status: 'stale', provider: 'github', skewMs: 9 } },
        { identity: {}, verdict: { status: 'unsigned' } },
      ] as const

      beforeEach(async () => {
        for (const [i, request] of requests.entries()) {
          const { id } = await store.capture(request, assessments[i] ?? UNKNOWN)
          if (i === 1) await store.record(deliveryOf(id, { kind: 'not-sent', code: 'ECONNREFUSED' }))
          if (i === 3) await store.record(deliveryOf(id, answerOf(204)))
        }
      })

      test.each([
        [{}, [4, 3, 2, 1]],
        [{ provider: 'stripe' }, [2, 1]],
        [{ event: 'invoice.*' }, [1]],
        [{ event: 'invoice.*, charge.failed' }, [2, 1]],
        [{ event: 'push,charge.*' }, [2]],
        [{ path: '/a/*' }, [1]],
        [{ path: '/a/**' }, [2, 1]],
        [{ method: 'post' }, [3, 2]],
        [{ since: 3000 }, [4, 2]],
        [{ grep: 'needle' }, [4, 3, 2]],
        [{ failed: true }, [3, 2]],
        [{ where: ({ request }: { request: NewRequest }) => request.method.length === 3 }, [4, 1]],
        [{ beforeSeq: 3 }, [2, 1]],
        [{ afterSeq: 2 }, [4, 3]],
        [{ afterSeq: 1, beforeSeq: 4 }, [3, 2]],
        [{ afterSeq: 3, beforeSeq: 3 }, []],
        [{ limit: 2 }, [4, 3]],
        [{ limit: 0 }, []],
        [{ oldestFirst: true }, [1, 2, 3, 4]],
        [{ oldestFirst: true, limit: 2, method: 'POST' }, [2, 3]],
        [{ limit: 1, provider: 'stripe' }, [2]],
        [{ provider: 'stripe', method: 'GET', grep: 'world' }, [1]],
        [{ provider: 'nobody' }, []],
      ] as const)('%j finds %j', async (query, expected) => {
        expect(await collectSeqs(store.list(query))).toEqual(expected)
        expect(await collectSeqs(store.read(query))).toEqual(expected)
      })

      test('list shows the last delivery and no content, read shows all', async () => {
        const [row] = await collect(store.list({ method: 'PUT' }))
        expect(row?.lastDelivery).toMatchObject({ outcome: { status: 204 } })
        expect(row?.request).not.toHaveProperty('body')
        expect(row?.request).not.toHaveProperty('headers')
        const [stored] = await collect(store.read({ method: 'PUT' }))
        expect(stored).toMatchObject({ deliveries: [{ outcome: { status: 204 } }] })
        expect(stored?.request.headers).toEqual([['X-Find', 'a needle here']])
      })
    })

    describe('order', () => {
      test('a list longer than any batch is whole, in order and without repeats', async () => {
        await captureMany(1203)
        const ascending = Array.from({ length: 1203 }, (_, i) => i + 1)
        expect(await collectSeqs(store.list({ oldestFirst: true }))).toEqual(ascending)
        expect(await collectSeqs(store.list({}))).toEqual(ascending.toReversed())
        expect(await collectSeqs(store.list({ where: ({ request }) => request.seq % 600 === 0 }))).toEqual([
          1200, 600,
        ])
      })

      test('what is captured during a list does not prolong it', async () => {
        await captureMany(3)
        const seen: number[] = []
        for await (const { request } of store.list({ oldestFirst: true })) {
          seen.push(request.seq)
          await captureMany(1)
        }
        expect(seen).toEqual([1, 2, 3])
      })

      test('a clock that goes backwards reorders nothing', async () => {
        for (const receivedAt of [5000, 1000, 3000]) await store.capture(requestOf({ receivedAt }), UNKNOWN)
        expect(await collectSeqs(store.list({}))).toEqual([3, 2, 1])
      })
    })

    describe('deliveries', () => {
      test('attempts come back in order, whatever came of them', async () => {
        const { id } = await store.capture(requestOf(), UNKNOWN)
        const deliveries = [
          deliveryOf(id, { kind: 'not-sent', code: 'ECONNREFUSED' }),
          deliveryOf(id, { kind: 'unknown', code: 'UND_ERR_SOCKET' }),
          { ...deliveryOf(id, answerOf(500, Buffer.from([0, 255, 128]))), cause: 'replay' as const },
          deliveryOf(id, answerOf(200, Buffer.alloc(0))),
        ]
        for (const delivery of deliveries) await store.record(delivery)
        const stored = await store.get(id)
        expect(stored.deliveries).toHaveLength(4)
        expect(stored.deliveries.map(withPlainBytes)).toEqual(deliveries.map(withPlainBytes))
      })

      test('a delivery of a request that is gone is no failure', async () => {
        const { id } = await store.capture(requestOf(), UNKNOWN)
        await store.remove({})
        await store.record(deliveryOf(id, answerOf(200)))
        await store.record(deliveryOf('not an id', answerOf(200)))
        const next = await store.capture(requestOf(), UNKNOWN)
        expect((await store.get(next.id)).deliveries).toEqual([])
      })
    })

    describe('removal', () => {
      test('removes what matches, and nothing else', async () => {
        await captureMany(6)
        expect(await store.remove({ beforeSeq: 3 })).toBe(2)
        expect(await store.count()).toBe(4)
        expect(await store.remove({ limit: 1 })).toBe(1)
        expect(await store.remove({ grep: 'no such text' })).toBe(0)
        expect(await collectSeqs(store.list({}))).toEqual([5, 4, 3])
        await expect(store.get('last~3')).rejects.toMatchObject({ code: 'no-such-request' })
      })

      test('sequence numbers and ids are not used again', async () => {
        const before = await captureMany(3)
        await store.remove({})
        expect(await store.count()).toBe(0)
        const [after] = await captureMany(1)
        expect(after?.seq).toBe(4)
        expect(before.map(({ id }) => id)).not.toContain(after?.id)
      })

      test('more than one transaction takes can be removed at once', async () => {
        await captureMany(1203)
        expect(await store.remove({})).toBe(1203)
        expect(await collectSeqs(store.list({}))).toEqual([])
      })
    })

    describe('retention', () => {
      test.each([
        [5, 1, 5],
        [5, 20, 5],
        [200, 1, 202],
        [200, 50, 202],
      ])('with keep %i and groups of %i at most %i stay, the newest', async (keep, group, most) => {
        const bounded = await openEmpty({ keep })
        for (let i = 0; i < 260; i += group) {
          await Promise.all(Array.from({ length: group }, () => bounded.capture(requestOf(), UNKNOWN)))
          expect(await bounded.count()).toBeLessThanOrEqual(most)
        }
        const seqs = await collectSeqs(bounded.list({ oldestFirst: true }))
        expect(seqs).toHaveLength(await bounded.count())
        expect(seqs.length).toBeGreaterThanOrEqual(keep)
        expect((seqs.at(-1) ?? 0) - (seqs[0] ?? 0)).toBe(seqs.length - 1)
        expect(seqs.at(-1)).toBeGreaterThanOrEqual(260)
        await bounded.close()
      })

      test('one more in a hundred stays for a while; then all that is too much goes at once', async () => {
        const bounded = await openEmpty({ keep: 200 })
        const capture = (count: number) =>
          Promise.all(Array.from({ length: count }, () => bounded.capture(requestOf(), UNKNOWN)))
        await capture(202)
        expect(await collectSeqs(bounded.list({ oldestFirst: true, limit: 1 }))).toEqual([1])
        await capture(1)
        expect(await collectSeqs(bounded.list({ oldestFirst: true, limit: 1 }))).toEqual([4])
        expect(await bounded.count()).toBe(200)
        await bounded.close()
      })

      const bytesOf = async (kept: Store): Promise<number> => {
        let sum = 0
        for await (const { size } of kept.list({})) sum += size
        return sum
      }

      test.each([1, 8])('beyond a size the oldest go, in groups of %i', async (group) => {
        const keepBytes = 2 * 1024 * 1024
        const bounded = await openEmpty({ keepBytes })
        for (let i = 0; i < 200; i += group) {
          const bodies = Array.from({ length: group }, () => Buffer.alloc(20_000, i))
          await Promise.all(bodies.map((body) => bounded.capture(requestOf({ body }), UNKNOWN)))
          expect(await bytesOf(bounded)).toBeLessThanOrEqual(keepBytes * 1.01)
        }
        const seqs = await collectSeqs(bounded.list({ oldestFirst: true }))
        expect(seqs.at(-1)).toBe(200)
        expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => 201 - seqs.length + i))
        expect(await bounded.count()).toBe(seqs.length)
        // Of what a store takes for itself there is room for half.
        expect(await bytesOf(bounded)).toBeGreaterThan(keepBytes / 2)
        await bounded.close()
      })

      test('answers count: as many of the oldest go as have to, and no more', async () => {
        const bounded = await openEmpty({ keepBytes: 8 * 1024 * 1024 })
        for (let i = 0; i < 12; i++) {
          const { id } = await bounded.capture(requestOf(), UNKNOWN)
          await bounded.record(deliveryOf(id, answerOf(500, random(1024 * 1024))))
          const kept = await bounded.count()
          expect(kept).toBeLessThanOrEqual(8)
          expect(kept).toBeGreaterThanOrEqual(Math.min(i + 1, 6))
        }
        await bounded.close()
      })

      test('the newest is kept, however large', async () => {
        const bounded = await openEmpty({ keepBytes: 100_000 })
        await bounded.capture(requestOf(), UNKNOWN)
        const { id } = await bounded.capture(requestOf({ body: Buffer.alloc(500_000) }), UNKNOWN)
        expect(await collectSeqs(bounded.list({}))).toEqual([2])
        expect((await bounded.get(id)).request.body.byteLength).toBe(500_000)
        await bounded.close()
      })

      test('without a limit all are kept', async () => {
        await captureMany(150)
        expect(await store.count()).toBe(150)
      })
    })
  })
}

/** Stores may give back any kind of byte array. */
function withPlainBytes(delivery: Delivery): Delivery {
  const { outcome } = delivery
  if (outcome.kind !== 'response') return delivery
  return { ...delivery, outcome: { ...outcome, body: Uint8Array.from(outcome.body) } }
}
