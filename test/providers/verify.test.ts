import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RawHeaders } from '../../src/core/request.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import { dress } from '../../src/providers/engine/dress.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import type { VerifyContext } from '../../src/providers/engine/verify.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { countingRandom } from './random.ts'
import { providerNamed } from './vectors.ts'

const NOW = 1_763_715_600_000
const T = 1_763_715_600
const BODY = Buffer.from('{"type":"a","data":{}}')
const SECRET = 'whsec_text'

function hmac(content: string, secret = SECRET): string {
  return createHmac('sha256', secret).update(content).digest('hex')
}

function stripeSignature(t: number | string = T): string {
  return hmac(`${t}.${BODY.toString()}`)
}

function check(
  provider: string,
  headers: RawHeaders,
  secrets: readonly string[] = [SECRET],
  context: Partial<VerifyContext> & { target?: string; body?: Buffer } = {},
): Verdict {
  const { target = '/', body = BODY, ...rest } = context
  return verify({ method: 'POST', target, headers, body }, providerNamed(provider), secrets, {
    now: NOW,
    ...rest,
  })
}

function stripe(value: string, secrets?: readonly string[], context?: Partial<VerifyContext>): Verdict {
  return check('stripe', [['Stripe-Signature', value]], secrets, context)
}

function reasonOf(verdict: Verdict): string {
  return verdict.status === 'invalid' ? verdict.reason.code : verdict.status
}

describe('the three verdicts', () => {
  test('a right signature in time is valid', () => {
    expect(stripe(`t=${T},v1=${stripeSignature()}`)).toEqual({ status: 'valid', provider: 'stripe' })
  })

  test.for([
    [300_000, 'valid'],
    [300_999, 'valid'],
    [301_000, 'stale'],
    [-300_000, 'valid'],
    [-301_000, 'stale'],
  ] as const)('%d ms after the signature it is %s', ([late, status]) => {
    const verdict = stripe(`t=${T},v1=${stripeSignature()}`, undefined, { now: NOW + late })
    expect(verdict.status).toBe(status)
    if (verdict.status === 'stale') expect(verdict.skewMs).toBe(late)
  })

  test('a tolerance of the user stands above that of the scheme, and above none', () => {
    const value = `t=${T},v1=${stripeSignature()}`
    expect(stripe(value, undefined, { now: NOW + 3_600_000, toleranceS: 7200 }).status).toBe('valid')
    expect(stripe(value, undefined, { now: NOW + 10_000, toleranceS: 5 }).status).toBe('stale')
    const sanity = makeSanity()
    expect(check('sanity', sanity, ['s'], { now: NOW + 1e9 }).status).toBe('valid')
    expect(check('sanity', sanity, ['s'], { now: NOW + 1e9, toleranceS: 300 }).status).toBe('stale')
  })

  test('an old forgery is invalid, not stale', () => {
    expect(reasonOf(stripe(`t=${T - 9999},v1=${stripeSignature()}`))).toBe('no-match')
  })

  test('without a secret a signed request is unchecked, an unsigned one unsigned', () => {
    expect(stripe('t=1,v1=ab', [])).toEqual({ status: 'unchecked', provider: 'stripe' })
    expect(check('stripe', [], [])).toEqual({ status: 'unsigned' })
    expect(check('strava', [], ['x'])).toEqual({ status: 'unsigned' })
  })

  test('with a secret an unsigned request is invalid', () => {
    expect(check('stripe', [])).toEqual({
      status: 'invalid',
      provider: 'stripe',
      reason: { code: 'header-missing', subject: 'Stripe-Signature' },
    })
  })
})

function makeSanity(): RawHeaders {
  const mac = createHmac('sha256', 's').update(`${NOW}.${BODY.toString()}`).digest('base64url')
  return [['sanity-webhook-signature', `t=${NOW},v1=${mac}`]]
}

describe('what a hostile header is told', () => {
  test.for([
    ['', 'header-missing'],
    ['garbage', 'header-malformed'],
    ['t=1763715600', 'header-malformed'],
    ['t=1763715600,v1=', 'header-malformed'],
    ['t=1763715600,v1=zz', 'header-malformed'],
    ['t=1763715600,v1=abc', 'header-malformed'],
    ['t=1763715600,v1=ab', 'no-match'],
    [`t=1763715600,v1=${'ab'.repeat(32)}`, 'no-match'],
    [`t=1763715600,v0=${'ab'.repeat(32)}`, 'no-known-scheme'],
    [`v1=${'ab'.repeat(32)}`, 'timestamp-missing'],
    [`t=,v1=${'ab'.repeat(32)}`, 'timestamp-missing'],
    [`t=-1,v1=${'ab'.repeat(32)}`, 'timestamp-malformed'],
    [`t=1e3,v1=${'ab'.repeat(32)}`, 'timestamp-malformed'],
    [`t=NaN,v1=${'ab'.repeat(32)}`, 'timestamp-malformed'],
    [`t=17637156.5,v1=${'ab'.repeat(32)}`, 'timestamp-malformed'],
    [`t=0x69,v1=${'ab'.repeat(32)}`, 'timestamp-malformed'],
    [`t=${'9'.repeat(400)},v1=${'ab'.repeat(32)}`, 'timestamp-malformed'],
    ['\u00ff\u0000=,;', 'header-malformed'],
  ] as const)('%j: %s', ([value, code]) => {
    expect(reasonOf(stripe(value))).toBe(code)
  })

  test('of 1,000 signatures the first 20 count', () => {
    const wrong = `v1=${'0'.repeat(64)}`
    const right = `v1=${stripeSignature()}`
    const at = (place: number): Verdict =>
      stripe(
        ['t=1763715600', ...Array.from({ length: 1000 }, (_, i) => (i === place ? right : wrong))].join(','),
      )
    expect(at(19).status).toBe('valid')
    expect(at(20)).toMatchObject({ reason: { code: 'too-many-signatures', candidates: 1000 } })
  })

  test('a mismatch says how many signatures there were', () => {
    const wrong = `v1=${'0'.repeat(64)}`
    expect(stripe(`t=${T},${wrong},${wrong}`)).toMatchObject({ reason: { code: 'no-match', candidates: 2 } })
  })

  test('a second signature where the provider never sends one is refused', () => {
    const [[name, value] = ['', '']] = makeSanity()
    expect(reasonOf(check('sanity', [[name, `${value},${value.slice(value.indexOf('v1='))}`]], ['s']))).toBe(
      'too-many-signatures',
    )
  })

  test('a header sent twice is two, not one joined', () => {
    const bad = `t=1,v1=${'0'.repeat(64)}`
    const good = `t=${T},v1=${stripeSignature()}`
    expect(
      check('stripe', [
        ['Stripe-Signature', bad],
        ['stripe-signature', good],
      ]).status,
    ).toBe('valid')
  })
})

describe('keys', () => {
  test('any of several secrets may match: while one is replaced by another', () => {
    expect(stripe(`t=${T},v1=${stripeSignature()}`, ['old', SECRET]).status).toBe('valid')
  })

  test('of Standard Webhooks a secret that is no base64 is malformed', () => {
    const headers = [
      ['webhook-id', 'm'],
      ['webhook-timestamp', String(T)],
      ['webhook-signature', 'v1,AAAA'],
    ] as const
    expect(reasonOf(check('standard-webhooks', headers, ['whsec_!!']))).toBe('secret-malformed')
    expect(reasonOf(check('standard-webhooks', headers, ['whsec_AAAA']))).toBe('no-match')
  })

  test('an id with a full stop is refused: it could move into the time', () => {
    const key = Buffer.from('AAAA', 'base64')
    const mac = createHmac('sha256', key).update(`a.1.${T}.${BODY.toString()}`).digest('base64')
    const headers = [
      ['webhook-id', 'a.1'],
      ['webhook-timestamp', String(T)],
      ['webhook-signature', `v1,${mac}`],
    ] as const
    expect(reasonOf(check('standard-webhooks', headers, ['whsec_AAAA']))).toBe('id-malformed')
  })

  test('the kind of secret chooses between GitLab token and signing token', () => {
    const headers = [
      ['X-Gitlab-Token', 'tok'],
      ['webhook-id', 'm'],
      ['webhook-timestamp', String(T)],
      ['webhook-signature', 'v1,AAAA'],
    ] as const
    expect(check('gitlab', headers, ['tok']).status).toBe('valid')
    expect(reasonOf(check('gitlab', headers, ['whsec_AAAA']))).toBe('no-match')
  })

  test('an Ed25519 key does not verify what an RSA key should', () => {
    const pair = makeSecret({ kind: 'p256-spki' }, countingRandom())
    expect(
      reasonOf(
        check(
          'discord',
          [
            ['X-Signature-Ed25519', 'ab'.repeat(64)],
            ['X-Signature-Timestamp', '1'],
          ],
          [pair.secret],
        ),
      ),
    ).toBe('secret-malformed')
  })
})

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

describe('no downgrade', () => {
  test('the SHA-1 signature of GitHub is not looked at beside a wrong SHA-256 one', () => {
    const sha1 = `sha1=${createHmac('sha1', SECRET).update(BODY).digest('hex')}`
    const wrong = `sha256=${'0'.repeat(64)}`
    expect(check('github', [['X-Hub-Signature', sha1]]).status).toBe('valid')
    expect(
      reasonOf(
        check('github', [
          ['X-Hub-Signature', sha1],
          ['X-Hub-Signature-256', wrong],
        ]),
      ),
    ).toBe('no-match')
  })

  test('a JSON Web Token without signature, or with another algorithm, is refused', () => {
    const claims = part({ exp: T + 60 })
    for (const alg of ['none', 'HS512', 'RS256']) {
      const token = `${part({ alg })}.${claims}.${createHmac('sha256', 's')
        .update(`${part({ alg })}.${claims}`)
        .digest('base64url')}`
      expect(reasonOf(check('monday', [['Authorization', token]], ['s']))).toBe('header-malformed')
    }
    expect(
      reasonOf(check('monday', [['Authorization', `${part({ alg: 'HS256' })}.${claims}.`]], ['s'])),
    ).not.toBe('valid')
  })

  test('an expired JSON Web Token is told as such', () => {
    const draft: Draft = { method: 'POST', url: 'http://x/', headers: [], body: BODY }
    const result = sign(draft, providerNamed('monday'), 's', { now: NOW })
    if ('failure' in result) throw new Error('not signed')
    const { headers } = result.signed
    expect(check('monday', headers, ['s']).status).toBe('valid')
    expect(reasonOf(check('monday', headers, ['s'], { now: NOW + 301_000 }))).toBe('token-expired')
    expect(reasonOf(check('monday', headers, ['t']))).toBe('no-match')
  })
})

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
