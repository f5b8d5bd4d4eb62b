import { describe, expect, test } from 'vitest'
import type { Draft } from '../../src/providers/engine/place.ts'
import type { FreshSecret } from '../../src/providers/engine/secrets.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import type { Judge } from './judges.ts'
import { JUDGES } from './judges.ts'
import { countingRandom } from './random.ts'
import { providerNamed } from './vectors.ts'

const TEN_MINUTES = 600_000

function freshKey(judge: Judge, seed: number): FreshSecret {
  return makeSecret(
    providerNamed(judge.provider).secret?.make ?? { kind: 'hex', bytes: 16 },
    countingRandom(seed),
  )
}

function signed(judge: Judge, key: FreshSecret, now: number): Draft {
  const draft: Draft = { method: 'POST', ...judge.draft }
  const context = { now, id: 'msg_1', options: judge.options ?? {} }
  const result = sign(draft, providerNamed(judge.provider), key.signingKey, context)
  if ('failure' in result) throw new Error(JSON.stringify(result.failure))
  return result.signed
}

function verdictOf(judge: Judge, request: Draft, key: FreshSecret, now: number): Verdict['status'] {
  return verify({ ...request, target: targetOf(request.url) }, providerNamed(judge.provider), [key.secret], {
    now,
    publicUrl: request.url,
    options: judge.options ?? {},
  }).status
}

describe.for(JUDGES)('$sdk', (judge) => {
  const key = freshKey(judge, 1)
  const provider = providerNamed(judge.provider)

  test('accepts what we sign, and so do we', async () => {
    const now = Date.now()
    const request = signed(judge, key, now)
    expect(Boolean(await judge.accepts(request, key))).toBe(true)
    expect(verdictOf(judge, request, key, now)).toBe('valid')
  })

  test('refuses a changed body and another key, and so do we', async () => {
    const now = Date.now()
    const request = signed(judge, key, now)
    const other = freshKey(judge, 99)
    expect(Boolean(await judge.accepts(judge.tampered(request), key))).toBe(false)
    expect(verdictOf(judge, judge.tampered(request), key, now)).toBe('invalid')
    expect(Boolean(await judge.accepts(request, other))).toBe(false)
    expect(verdictOf(judge, request, other, now)).toBe('invalid')
  })

  test('accepts no time that we refuse, unless the table says that it is laxer', async () => {
    const now = Date.now()
    const lax = new Set(provider.laxer?.map(({ accepts }) => accepts))
    for (const [offset, allowed] of [
      [-TEN_MINUTES, lax.has('any-timestamp')],
      [TEN_MINUTES, lax.has('any-timestamp') || lax.has('future-timestamp')],
    ] as const) {
      const request = signed(judge, key, now + offset)
      const theirs = Boolean(await judge.accepts(request, key))
      const ours = verdictOf(judge, request, key, now)
      const hasWindow = provider.schemes[0]?.timestamp?.toleranceS !== undefined
      expect(ours).toBe(hasWindow ? 'stale' : 'valid')
      if (provider.schemes[0]?.timestamp !== undefined) expect(theirs, `${offset} ms`).toBe(allowed)
    }
  })
})

describe.for(JUDGES.filter(({ signs }) => signs !== undefined))('$sdk', (judge) => {
  test('signs what we accept', async () => {
    const key = freshKey(judge, 1)
    const now = Date.now()
    const draft: Draft = { method: 'POST', ...judge.draft }
    const theirs = { ...draft, ...(await judge.signs?.(draft, key, now)) }
    expect(verdictOf(judge, theirs, key, now)).toBe('valid')
    expect(verdictOf(judge, judge.tampered(theirs), key, now)).toBe('invalid')
  })
})
