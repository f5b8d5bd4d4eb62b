import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RawHeaders } from '../../src/core/request.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import type { VerifyContext } from '../../src/providers/engine/verify.ts'
import { countingRandom } from './random.ts'
import { BODY, check, NOW, reasonOf, SECRET } from './check.ts'
import { providerNamed } from './vectors.ts'

const T = 1_763_715_600

function hmac(content: string, secret = SECRET): string {
  return createHmac('sha256', secret).update(content).digest('hex')
}

function stripeSignature(t: number | string = T): string {
  return hmac(`${t}.${BODY.toString()}`)
}

function stripe(value: string, secrets?: readonly string[], context?: Partial<VerifyContext>): Verdict {
  return check('stripe', [['Stripe-Signature', value]], secrets, context)
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
