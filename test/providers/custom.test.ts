import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isAppError } from '../../src/core/errors.ts'
import { UNSIGNED } from '../../src/core/verdict.ts'
import { providerFromFlags } from '../../src/providers/custom/flags.ts'
import { parseProvider } from '../../src/providers/custom/parse.ts'
import { Detector } from '../../src/providers/detect.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { answerHandshake } from '../../src/providers/handshake.ts'
import { PROVIDERS } from '../../src/providers/table/index.ts'

const NOW = 1_763_715_600_000
const BODY = Buffer.from('{"a":1}')

const SHOP = {
  id: 'my-shop',
  detect: [{ header: 'X-Shop-Signature' }],
  schemes: [
    {
      algorithm: 'hmac-sha256',
      signature: 'header:X-Shop-Signature',
      format: 't={timestamp},v1={signature}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
      content: '{timestamp}.{body}',
    },
  ],
  event: 'json:kind',
}

function problemOf(json: unknown): string {
  try {
    parseProvider(json, 'mine.json')
  } catch (error) {
    if (isAppError(error) && error.code === 'bad-provider') return error.data.problem
    throw error
  }
  return 'accepted'
}

/** The same with a change in its first scheme. */
function withScheme(change: Readonly<Record<string, unknown>>): unknown {
  return { ...SHOP, schemes: [{ ...SHOP.schemes[0], ...change }] }
}

describe("a user's own provider", () => {
  test('signs, verifies and is detected like one of the table', () => {
    const provider = parseProvider(JSON.parse(JSON.stringify(SHOP)), 'mine.json')
    const hex = createHmac('sha256', 'sec').update(`1763715600.${BODY.toString()}`).digest('hex')
    const draft = { method: 'POST', url: 'http://localhost/', headers: [], body: BODY }
    const result = sign(draft, provider, 'sec', { now: NOW })
    if ('failure' in result) throw new Error('not signed')
    expect(result.signed.headers).toEqual([['X-Shop-Signature', `t=1763715600,v1=${hex}`]])
    const request = { ...result.signed, target: '/' }
    expect(verify(request, provider, ['sec'], { now: NOW })).toEqual({ status: 'valid', provider: 'my-shop' })
    const detector = new Detector([provider, ...PROVIDERS])
    const body = Buffer.from('{"kind":"sold"}')
    expect(detector.detect({ ...request, body }).identity).toEqual({ provider: 'my-shop', event: 'sold' })
  })

  test.for([
    ['an unknown key', { ...SHOP, eval: 'x' }, /unknown key "eval"/],
    ['an unknown placeholder', withScheme({ content: '{boddy}' }), /unknown placeholder \{boddy\}/],
    [
      'an unknown placeholder in the format',
      withScheme({ format: 'v1={sgi}' }),
      /unknown placeholder \{sgi\}/,
    ],
    ['a path into __proto__', withScheme({ content: '{json:__proto__.x}' }), /path/],
    ['a path into constructor', withScheme({ id: 'json:a.constructor.b' }), /path/],
    ['a path into prototype', { ...SHOP, event: ['json:prototype'] }, /path/],
    ['a condition on __proto__', { ...SHOP, detect: [{ where: { 'json:__proto__.a': true } }] }, /path|name/],
    ['no scheme', { id: 'x' }, /schemes: is missing/],
    ['a scheme without signature', withScheme({ signature: undefined }), /signature/],
    ['an unknown algorithm', withScheme({ algorithm: 'md5' }), /algorithm: expected one of/],
    ['a source of no kind', withScheme({ signature: 'cookie:x' }), /expected header:/],
    ['a format without {sig}', withScheme({ format: 't={t}' }), /has no \{sig\}/],
    ['{t} signed and nowhere to be found', withScheme({ timestamp: undefined }), /timestamp/],
    ['{id} signed and nowhere to be found', withScheme({ content: '{id}.{t}' }), /\{id\}/],
    ['a plain hash without secret', withScheme({ algorithm: 'sha256', content: '{t}{body}' }), /anybody/],
    ['a header with a line break', { ...SHOP, send: { headers: { 'X-A': 'a\r\nB: c' } } }, /printable/],
    ['a header name with a colon', { ...SHOP, send: { headers: { 'X:A': 'a' } } }, /header/],
    ['an id that is no id', { ...SHOP, id: '../x' }, /small letters/],
    ['a list', [SHOP], /expected an object/],
    ['nothing', null, /expected an object/],
    ['a text of millions', { ...SHOP, name: 'x'.repeat(1_000_000) }, /longer than/],
  ] as const)('%s is refused', ([, json, problem]) => {
    expect(problemOf(json)).toMatch(problem)
  })

  test('a __proto__ key that JSON.parse made is an unknown key, and nothing is polluted', () => {
    expect(problemOf(JSON.parse('{"id":"x","schemes":[],"__proto__":{"polluted":1}}'))).toMatch(/unknown key/)
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test('every provider of the table that is plain data is accepted as JSON', () => {
    const plain = PROVIDERS.filter(
      ({ schemes, handshakes = [] }) =>
        schemes.every(
          ({ content, certificate }) => typeof content === 'string' && certificate === undefined,
        ) && handshakes.every(({ when, fetch }) => when.pattern === undefined && fetch === undefined),
    )
    expect(plain.length).toBeGreaterThan(60)
    for (const { laxer: _laxer, ...provider } of plain) {
      const parsed = parseProvider(JSON.parse(JSON.stringify(provider)), provider.id)
      expect(parsed).toEqual({ ...provider, event: parsed.event, delivery: parsed.delivery })
    }
  })

  test('its handshake is answered, and one that names what is not there is refused', () => {
    const handshake = {
      name: 'hello',
      when: { method: 'GET', where: { 'query:hello': true } },
      reply: { status: 200, json: { hello: '{query:hello}', mac: '{hmac-sha256-hex:query:hello}' } },
      play: { method: 'GET', query: { hello: '{challenge}' }, status: '200', body: 'same' },
    }
    const provider = parseProvider({ ...SHOP, handshakes: [handshake] }, 'mine.json')
    const request = { method: 'GET', target: '/?hello=a', headers: [], body: Buffer.alloc(0) }
    const found = answerHandshake(request, [provider], {
      secretsOf: () => ['k'],
      options: {},
      verdict: UNSIGNED,
    })
    const mac = createHmac('sha256', 'k').update('a').digest('hex')
    expect(Buffer.from(found?.answer.body ?? []).toString()).toBe(`{"hello":"a","mac":"${mac}"}`)
    for (const text of ['{env:HOME}', '{secret}', '{json:__proto__.x}', '{hmac-md5-hex:query:a}']) {
      const reply = { status: 200, text }
      expect(problemOf({ ...SHOP, handshakes: [{ ...handshake, reply }] }), text).toMatch(
        /unknown placeholder/,
      )
    }
  })
})

describe('a scheme on the command line', () => {
  test('reads and writes what its flags say', () => {
    const provider = providerFromFlags({
      scheme: 'hmac-sha256',
      signedContent: '{timestamp}.{body}',
      signatureHeader: 'X-Sig: t={t},v1={sig}',
    })
    const hex = createHmac('sha256', 'sec').update(`1763715600.${BODY.toString()}`).digest('hex')
    const request = {
      method: 'POST',
      target: '/',
      headers: [['x-sig', `t=1763715600,v1=${'0'.repeat(64)},v1=${hex}`]] as const,
      body: BODY,
    }
    expect(verify(request, provider, ['sec'], { now: NOW }).status).toBe('valid')
    expect(verify(request, provider, ['sec'], { now: NOW + 301_000 })).toMatchObject({ skewMs: 301_000 })
    expect(verify(request, provider, ['sec'], { now: NOW - 301_000 })).toMatchObject({ skewMs: -301_000 })
  })

  test('takes time and id from headers of their own', () => {
    const provider = providerFromFlags({
      scheme: 'hmac-sha512',
      signedContent: '{id}|{timestamp}|{body}',
      signatureHeader: 'X-Sig',
      timestampHeader: 'X-Time',
      timestampUnit: 'ms',
      idHeader: 'X-Id',
      encoding: 'base64',
      keyForm: 'hex',
    })
    const draft = { method: 'POST', url: 'http://localhost/', headers: [], body: BODY }
    const result = sign(draft, provider, 'c0ffee', { now: NOW, id: 'i1' })
    if ('failure' in result) throw new Error('not signed')
    const mac = createHmac('sha512', Buffer.from('c0ffee', 'hex')).update(`i1|${NOW}|${BODY.toString()}`)
    expect(result.signed.headers).toEqual([
      ['X-Time', String(NOW)],
      ['X-Id', 'i1'],
      ['X-Sig', mac.digest('base64')],
    ])
  })

  test('a bad flag is a bad provider, not a crash', () => {
    expect(() => providerFromFlags({ scheme: 'rot13', signatureHeader: 'X' })).toThrow(
      expect.objectContaining({ code: 'bad-provider' }),
    )
    expect(() =>
      providerFromFlags({ scheme: 'hmac-sha256', signatureHeader: 'X', signedContent: '{timestamp}.{body}' }),
    ).toThrow(expect.objectContaining({ code: 'bad-provider' }))
  })
})
