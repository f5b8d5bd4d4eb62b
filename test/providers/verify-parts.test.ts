import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RawHeaders } from '../../src/core/request.ts'
import { dress } from '../../src/providers/engine/dress.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { BODY, check, NOW, reasonOf } from './check.ts'
import { countingRandom } from './random.ts'
import { providerNamed } from './vectors.ts'

describe('what is needed beside the secret', () => {
  test('PayPal without its webhook id says so', () => {
    const { secret } = makeSecret({ kind: 'rsa-pem' }, countingRandom())
    const headers = [
      ['PAYPAL-TRANSMISSION-ID', 'i'],
      ['PAYPAL-TRANSMISSION-TIME', '2025-11-21T09:00:00Z'],
      ['PAYPAL-TRANSMISSION-SIG', 'AAAA'],
      ['PAYPAL-AUTH-ALGO', 'SHA256withRSA'],
      ['PAYPAL-CERT-URL', 'https://api.paypal.com/v1/certs/x'],
    ] as const
    expect(check('paypal', headers, [secret])).toMatchObject({
      reason: { code: 'option-missing', subject: 'webhookId' },
    })
    const elsewhere = headers.map(
      ([name, value]) =>
        [name, name === 'PAYPAL-CERT-URL' ? 'https://paypal.com.evil.test/x' : value] as const,
    )
    expect(reasonOf(check('paypal', elsewhere, [secret]))).toBe('certificate-untrusted')
  })

  test('the certificate may come as an option', () => {
    const pair = makeSecret({ kind: 'rsa-pem' }, countingRandom())
    const provider = providerNamed('paypal')
    const draft = dress({ method: 'POST', url: 'http://x/', headers: [], body: BODY }, provider, 'e', {
      now: NOW,
      random: countingRandom(),
    })
    const options = { webhookId: 'W' }
    const result = sign(draft, provider, pair.signingKey, { now: NOW, options })
    if ('failure' in result) throw new Error(JSON.stringify(result.failure))
    expect(
      check('paypal', result.signed.headers, [], { options: { ...options, cert: pair.secret } }).status,
    ).toBe('valid')
    expect(
      reasonOf(
        check('paypal', result.signed.headers, [], { options: { webhookId: 'X', cert: pair.secret } }),
      ),
    ).toBe('no-match')
  })
})

const PATH = '/hooks/square?x=%2F'

function squareHeaders(url: string): RawHeaders {
  const mac = createHmac('sha256', 'k')
    .update(url + BODY.toString())
    .digest('base64')
  return [
    ['Host', 'localhost:8484'],
    ['x-square-hmacsha256-signature', mac],
  ]
}

describe('the URL that was signed', () => {
  test.for([
    ['a base', 'https://a.example', `https://a.example${PATH}`],
    ['a base with a slash', 'https://a.example/', `https://a.example${PATH}`],
    ['a base with a path', 'https://a.example/p', `https://a.example/p${PATH}`],
    ['the whole URL', `https://a.example${PATH}`, `https://a.example${PATH}`],
    ['another whole URL', 'https://a.example/other', 'https://a.example/other'],
  ] as const)('%s given as --public-url', ([, publicUrl, signedUrl]) => {
    expect(check('square', squareHeaders(signedUrl), ['k'], { target: PATH, publicUrl }).status).toBe('valid')
    expect(
      check('square', squareHeaders('https://b.example/'), ['k'], { target: PATH, publicUrl }).status,
    ).toBe('invalid')
  })

  test('without it, that of the proxy or the Host header', () => {
    const forwarded: RawHeaders = [
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', 't.example'],
      ...squareHeaders(`https://t.example${PATH}`),
    ]
    expect(check('square', forwarded, ['k'], { target: PATH }).status).toBe('valid')
    expect(
      check('square', squareHeaders(`http://localhost:8484${PATH}`), ['k'], { target: PATH }).status,
    ).toBe('valid')
  })
})

function item(psp: string): object {
  return { NotificationRequestItem: { pspReference: psp, amount: { value: 1, currency: 'EUR' } } }
}

function graphBody(...states: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ value: states.map((clientState) => ({ clientState })) }))
}

describe('bodies with an item each', () => {
  const key = 'ab'.repeat(32)
  const signedItems = (...psps: string[]): { notificationItems: object[] } => {
    const body = Buffer.from(JSON.stringify({ notificationItems: psps.map(item) }))
    const draft: Draft = { method: 'POST', url: 'http://x/', headers: [], body }
    const result = sign(draft, providerNamed('adyen'), key, { now: NOW })
    if ('failure' in result) throw new Error(JSON.stringify(result.failure))
    return JSON.parse(Buffer.from(result.signed.body).toString())
  }
  const verdict = (text: string): string => reasonOf(check('adyen', [], [key], { body: Buffer.from(text) }))

  test('every one must be signed', () => {
    const both = signedItems('a', 'b')
    expect(verdict(JSON.stringify(both))).toBe('valid')
    const third = { notificationItems: [...both.notificationItems, item('c')] }
    expect(verdict(JSON.stringify(third))).toBe('header-missing')
    expect(verdict(JSON.stringify(both).replace('"pspReference":"b"', '"pspReference":"d"'))).toBe('no-match')
  })

  test('and with Microsoft Graph every clientState be right', () => {
    const codes = [graphBody('s', 's'), graphBody('s', 'x'), graphBody('s', undefined)].map((body) =>
      reasonOf(check('ms-graph', [], ['s'], { body })),
    )
    expect(codes).toEqual(['valid', 'token-mismatch', 'header-missing'])
  })

  test('more items than anybody sends are not worked through', () => {
    const body = graphBody(...Array.from({ length: 5000 }, () => 's'))
    expect(reasonOf(check('ms-graph', [], ['s'], { body }))).toBe('too-many-signatures')
  })
})
