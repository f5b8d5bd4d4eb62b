import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requestFromJson } from '../../../src/core/content/jsonv1-read.ts'
import {
  deliveryToJson,
  refusalToJson,
  requestToJson,
  summaryToJson,
} from '../../../src/core/content/jsonv1.ts'
import type { Delivery } from '../../../src/core/delivery.ts'
import type { StoredRequest } from '../../../src/core/query.ts'
import { summaryOf } from '../../../src/core/query.ts'

const stored: StoredRequest = {
  request: {
    id: 'b3xqm6te',
    seq: 7,
    source: 'captured',
    receivedAt: Date.parse('2025-12-22T14:02:15.482Z'),
    receivedMonotonic: 12.5,
    method: 'POST',
    target: '/webhooks/stripe',
    httpVersion: '1.1',
    remoteAddress: '127.0.0.1',
    headers: [
      ['Host', 'localhost:8484'],
      ['X-A', '1'],
      ['x-a', 'caf\xe9'],
    ],
    trailers: [],
    body: Buffer.from('{"id":"evt_é"}'),
  },
  identity: { provider: 'stripe', event: 'charge.refunded', deliveryId: 'evt_1' },
  verdict: { status: 'invalid', provider: 'stripe', reason: { code: 'no-match', candidates: 1 } },
  deliveries: [],
}
const delivery: Delivery = {
  requestId: 'b3xqm6te',
  cause: 'replay',
  target: 'http://localhost:3000/',
  startedAt: Date.parse('2025-12-22T14:02:16Z'),
  durationMs: 6.1,
  outcome: { kind: 'response', status: 400, headers: [['A', 'b']], body: Buffer.from('no'), bodySize: 29 },
}

/** What another program reads. */
function wire(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value))
}

const exported = wire(requestToJson(stored, { bodies: true }))

function signature(verdict: StoredRequest['verdict']): unknown {
  return requestToJson({ ...stored, verdict }, { bodies: false }).signature
}

/** Characters that a header value may carry. */
const latin1 = fc
  .integer({ min: 0x20, max: 0xff })
  .filter((code) => code !== 0x7f)
  .map((code) => String.fromCharCode(code))

describe('requestToJson', () => {
  test('writes version 1, headers as pairs, a UTF-8 body as text', () => {
    expect(exported).toEqual({
      v: 1,
      type: 'request',
      id: 'b3xqm6te',
      seq: 7,
      source: 'captured',
      receivedAt: '2025-12-22T14:02:15.482Z',
      method: 'POST',
      target: '/webhooks/stripe',
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      headers: [
        ['Host', 'localhost:8484'],
        ['X-A', '1'],
        ['x-a', 'caf\xe9'],
      ],
      body: { size: 15, encoding: 'utf8', data: '{"id":"evt_é"}' },
      provider: 'stripe',
      event: 'charge.refunded',
      deliveryId: 'evt_1',
      signature: { status: 'invalid', provider: 'stripe', reason: { code: 'no-match', candidates: 1 } },
    })
  })

  test('writes any other body in base64, trailers where there are some, and no body where none is asked for', () => {
    const request = { ...stored.request, body: Buffer.from([0xff, 0]), trailers: [['T', 'x']] as const }
    expect(requestToJson({ ...stored, request }, { bodies: true })).toMatchObject({
      trailers: [['T', 'x']],
      body: { size: 2, encoding: 'base64', data: '/wA=' },
    })
    expect(requestToJson(stored, { bodies: false }).body).toEqual({ size: 15 })
  })

  test('writes each verdict', () => {
    expect(signature({ status: 'unsigned' })).toEqual({ status: 'unsigned' })
    expect(signature({ status: 'valid', provider: 'github' })).toEqual({
      status: 'valid',
      provider: 'github',
    })
    expect(signature({ status: 'unchecked', provider: 'x' })).toEqual({ status: 'unchecked', provider: 'x' })
    expect(signature({ status: 'stale', provider: 'x', skewMs: -5 })).toEqual({
      status: 'stale',
      provider: 'x',
      skewMs: -5,
    })
  })
})

test('a summary has no headers and no body but its size, and the last delivery', () => {
  const summary = wire(summaryToJson(summaryOf({ ...stored, deliveries: [delivery] })))
  expect(summary).toEqual({
    ...wire(requestToJson(stored, { bodies: false })),
    headers: undefined,
    lastDelivery: {
      cause: 'replay',
      target: 'http://localhost:3000/',
      startedAt: '2025-12-22T14:02:16.000Z',
      durationMs: 6.1,
      outcome: {
        kind: 'response',
        status: 400,
        headers: [['A', 'b']],
        body: { size: 29, encoding: 'utf8', data: 'no' },
      },
    },
  })
})

test('a delivery and a refusal have their own types', () => {
  expect(deliveryToJson({ ...delivery, outcome: { kind: 'not-sent', code: 'ECONNREFUSED' } })).toMatchObject({
    v: 1,
    type: 'delivery',
    requestId: 'b3xqm6te',
    outcome: { kind: 'not-sent', code: 'ECONNREFUSED' },
  })
  expect(refusalToJson({ reason: 'malformed', status: 400 })).toEqual({
    v: 1,
    type: 'refused',
    reason: 'malformed',
    status: 400,
  })
})

describe('requestFromJson', () => {
  test('reads what requestToJson writes, byte for byte', () => {
    const headers = fc.array(
      fc.tuple(
        fc.oneof(
          fc.string({ unit: fc.constantFrom('a', 'Z', '-', '_', '~', '|'), minLength: 1 }),
          fc.constantFrom('__proto__', 'constructor', 'X-A', 'x-a'),
        ),
        fc.string({ unit: latin1 }).map((value) => value.replaceAll(/^[\s\xa0]+|[\s\xa0]+$/g, '')),
      ),
    )
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.constantFrom('\ufeff{}', '\ufffd', '__proto__', '').map((text) => Buffer.from(text)),
    )
    const target = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    })
    let requests = 0
    fc.assert(
      fc.property(
        headers,
        headers,
        body,
        target,
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
        (pairs, trailers, bytes, path, date) => {
          const request = {
            ...stored.request,
            headers: pairs,
            trailers,
            body: bytes,
            target: path,
            receivedAt: date.getTime(),
          }
          const read = requestFromJson(wire(requestToJson({ ...stored, request }, { bodies: true })))
          const { id: _id, seq: _seq, ...sent } = request
          expect(read).toEqual({
            ok: true,
            request: { ...sent, source: 'imported', receivedMonotonic: date.getTime(), body: bytes },
          })
          requests++
        },
      ),
      { numRuns: 3000, seed: 19 },
    )
    expect(requests).toBe(3000)
  })

  test.each<[string, unknown, string]>([
    ['v', 2, 'v'],
    ['type', 'delivery', 'type'],
    ['receivedAt', 'yesterday', 'receivedAt'],
    ['receivedAt', '2025-13-45T99:00:00Z', 'receivedAt'],
    ['receivedAt', 5, 'receivedAt'],
    ['method', 'GET /', 'method'],
    ['method', 'A\r\nB: c', 'method'],
    ['method', '', 'method'],
    ['target', '/a b', 'target'],
    ['target', '/a\r\nX: y', 'target'],
    ['target', '/\u2028', 'target'],
    ['httpVersion', '1.1\n', 'httpVersion'],
    ['remoteAddress', '<script>', 'remoteAddress'],
    ['headers', {}, 'headers'],
    ['headers', [['A', 'b\r\nC: d']], 'headers[0]'],
    ['headers', [['A', 'b'], ['B']], 'headers[1]'],
    ['headers', [['A', 'b', 'c']], 'headers[0]'],
    ['headers', [['A b', 'c']], 'headers[0]'],
    ['headers', [['A', '\u0100']], 'headers[0]'],
    ['headers', [['A', ' b']], 'headers[0]'],
    ['headers', Array.from({ length: 20 }, () => ['A', 'x'.repeat(60_000)]), 'headers'],
    ['trailers', 'x', 'trailers'],
    ['body', 'x', 'body'],
    ['body', { size: 1 }, 'body.encoding'],
    ['body', { size: 1, encoding: 'hex', data: 'ff' }, 'body.encoding'],
    ['body', { size: 1, encoding: 'utf8', data: ['x'] }, 'body.data'],
    ['body', { size: 2, encoding: 'utf8', data: 'x' }, 'body.size'],
    ['body', { size: 3, encoding: 'utf8', data: '\ud800' }, 'body.data'],
    ['body', { size: 1, encoding: 'base64', data: '/w' }, 'body.data'],
    ['body', { size: 1, encoding: 'base64', data: '/x==' }, 'body.data'],
    ['body', { size: 1, encoding: 'base64', data: '/w==\n' }, 'body.data'],
  ])('refuses %s %j', (field, value, path) => {
    expect(requestFromJson({ ...exported, [field]: value })).toMatchObject({ ok: false, path })
  })

  test('takes no field from a prototype, and leaves prototypes alone', () => {
    const text = JSON.stringify(exported)
    const smuggled = JSON.parse(`{"__proto__":${text},"v":1,"type":"request"}`)
    expect(requestFromJson(smuggled)).toMatchObject({ ok: false, path: 'receivedAt' })
    expect(requestFromJson(Object.create(exported))).toMatchObject({ ok: false, path: 'v' })
    expect(requestFromJson(JSON.parse(text.replace('{', '{"__proto__":{"polluted":1},')))).toMatchObject({
      ok: true,
    })
    expect('polluted' in {}).toBe(false)
  })

  test('refuses whatever else without an exception', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        expect(requestFromJson(value).ok).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(exported)), fc.anything(), (field, value) => {
        requestFromJson({ ...exported, [field]: value })
      }),
      { numRuns: 1000 },
    )
  })
})
