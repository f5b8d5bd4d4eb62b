import { describe, expect, test } from 'vitest'
import { dress } from '../../src/providers/engine/dress.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { PROVIDERS } from '../../src/providers/table/index.ts'
import { countingRandom } from './random.ts'
import { providerNamed } from './vectors.ts'

const NOW = 1_763_715_600_000
const BODY = Buffer.from('{"type":"a","data":{}}')

describe('signing', () => {
  const draft: Draft = { method: 'POST', url: 'https://example.test/hook?a=1', headers: [], body: BODY }
  const options = { publicKey: 'pk', webhookId: 'W' }

  // A form for those who send forms; everything else takes any JSON.
  const bodies: Readonly<Record<string, string>> = {
    braintree: 'bt_payload=PG4%2BPC9uPg%3D%3D%0A',
    adyen: '{"notificationItems":[{"NotificationRequestItem":{"pspReference":"p"}}]}',
    'ms-graph': '{"value":[{"id":"1"}]}',
    'aws-sns': '{"Message":"m"}',
  }

  test.for(PROVIDERS.filter(({ schemes }) => schemes.length > 0))(
    'with a fresh secret $id verifies',
    (provider) => {
      const key = makeSecret(provider.secret?.make ?? { kind: 'hex', bytes: 16 }, countingRandom())
      const body = Buffer.from(bodies[provider.id] ?? BODY)
      const dressed = dress({ ...draft, body }, provider, 'some.event', {
        now: NOW,
        random: countingRandom(),
      })
      const result = sign(dressed, provider, key.signingKey, { now: NOW, options })
      if ('failure' in result) throw new Error(JSON.stringify(result.failure))
      const { signed } = result
      const request = { ...signed, target: targetOf(signed.url) }
      const context = { now: NOW, publicUrl: signed.url, options }
      expect(verify(request, provider, [key.secret], context)).toEqual({
        status: 'valid',
        provider: provider.id,
      })
      const again = sign(signed, provider, key.signingKey, { now: NOW + 3_600_000, options })
      if ('failure' in again) throw new Error(JSON.stringify(again.failure))
      const later = { ...again.signed, target: targetOf(again.signed.url) }
      expect(verify(later, provider, [key.secret], { ...context, now: NOW + 3_600_000 }).status).toBe('valid')
      expect(new Set(again.signed.headers.map(([name]) => name.toLowerCase())).size).toBe(
        again.signed.headers.length,
      )
      expect(provider.secret?.make).toBeDefined()
    },
  )

  test('says what is missing', () => {
    expect(sign(draft, providerNamed('standard-webhooks'), 'whsec_AAAA', { now: NOW })).toEqual({
      failure: { code: 'id-missing', subject: 'header:webhook-id' },
    })
    expect(sign(draft, providerNamed('standard-webhooks'), 'whsec_!', { now: NOW, id: 'm' })).toEqual({
      failure: { code: 'secret-malformed' },
    })
    expect(sign(draft, providerNamed('paypal'), 'x', { now: NOW, id: 'm', options })).toMatchObject({
      failure: { code: 'secret-malformed' },
    })
  })

  test('an event with line breaks makes no second header', () => {
    const dressed = dress(draft, providerNamed('github'), 'push\r\nX-Evil: 1', {
      now: NOW,
      random: countingRandom(),
    })
    expect(dressed.headers.find(([name]) => name === 'X-GitHub-Event')?.[1]).toBe('push  X-Evil: 1')
  })

  test('what the draft has already stays', () => {
    const given: Draft = { ...draft, headers: [['user-agent', 'mine/1']] }
    const dressed = dress(given, providerNamed('github'), 'push', { now: NOW, random: countingRandom() })
    expect(dressed.headers[0]).toEqual(['user-agent', 'mine/1'])
    expect(dressed.headers.filter(([name]) => name.toLowerCase() === 'user-agent')).toHaveLength(1)
  })

  test('Standard Webhooks signs with a private key as v1a, from a seed or a seed with its public key', () => {
    const seed = Buffer.from(countingRandom()(32))
    const provider = providerNamed('standard-webhooks')
    const value = (bytes: Buffer): unknown => {
      const result = sign(draft, provider, `whsk_${bytes.toString('base64')}`, { now: NOW, id: 'm' })
      return 'failure' in result ? result.failure : result.signed.headers.at(-1)?.[1]
    }
    expect(value(seed)).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/)
    expect(value(Buffer.concat([seed, Buffer.alloc(32)]))).toBe(value(seed))
  })
})

test('the table holds at least 70 providers, each with what its page needs', () => {
  const names = PROVIDERS.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])])
  expect(new Set(names).size).toBe(names.length)
  expect(PROVIDERS.length).toBeGreaterThanOrEqual(70)
  for (const provider of PROVIDERS) {
    expect(provider.docs, provider.id).toMatch(/^https:\/\//)
    expect(provider.detect.length, provider.id).toBeGreaterThan(0)
    expect(provider.respond, provider.id).toBeDefined()
    if (provider.schemes.length > 0) expect(provider.secret?.env, provider.id).toMatch(/^[A-Z][A-Z0-9_]+$/)
  }
  console.log(
    `R-PRO-1: ${PROVIDERS.length} providers, ${PROVIDERS.flatMap(({ schemes }) => schemes).length} schemes`,
  )
})
