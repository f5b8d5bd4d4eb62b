import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { Detector, identify } from '../../src/providers/detect.ts'
import type { ProviderRequest } from '../../src/providers/reader.ts'
import { PROVIDERS } from '../../src/providers/table/index.ts'
import { providerNamed, requestOf, SIGNATURE_VECTORS } from './vectors.ts'

function post(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): ProviderRequest {
  return { method: 'POST', target: '/', headers: Object.entries(headers), body: Buffer.from(body) }
}

/** Signs that several senders share: what is named instead, where nothing else tells. */
const SHARED: Readonly<Record<string, string>> = {
  clerk: 'svix',
  resend: 'svix',
  meta: 'github',
  circleci: 'circleci',
}

describe('a provider is known by its headers or body', () => {
  const withSigns = SIGNATURE_VECTORS.filter((vector) => vector.reason !== 'missing-signature')

  test.for(withSigns)('$provider $name', (vector) => {
    const expected = providerNamed(vector.provider).id
    const found = identify(requestOf(vector)).provider
    // Okta's token is an ordinary Authorization header.
    if (expected === 'okta') expect(found).toBeUndefined()
    // Intercom and Jira bodies that were tampered with still say who they are.
    else expect([expected, SHARED[expected]]).toContain(found)
  })

  test('of several that share a sign, the one the user has a secret for is meant', () => {
    const detector = new Detector(PROVIDERS, new Set(['clerk']))
    expect(identify(post('{}', { 'svix-signature': 'v1,x' }), detector).provider).toBe('clerk')
    expect(identify(post('{}', { 'svix-signature': 'v1,x' })).provider).toBe('svix')
  })

  test('a shared sign names a provider and is not certain', () => {
    const detector = new Detector(PROVIDERS)
    expect(detector.detect(post('{}', { 'svix-signature': 'v1,x' })).certain).toBe(false)
    expect(detector.detect(post('{}', { 'stripe-signature': 't=1' })).certain).toBe(true)
  })

  test('a GitLab request with a signing token is not taken for plain Standard Webhooks', () => {
    const headers = { 'webhook-signature': 'v1,x', 'webhook-id': '1', 'X-Gitlab-Event': 'Push Hook' }
    expect(identify(post('{}', headers))).toEqual({ provider: 'gitlab', event: 'Push Hook', deliveryId: '1' })
  })

  test('GoCardless is told apart from Standard Webhooks, whose header it uses', () => {
    const body = '{"events":[{"id":"EV1","resource_type":"payments","action":"confirmed"}]}'
    expect(identify(post(body, { 'Webhook-Signature': 'ab' }))).toMatchObject({
      provider: 'gocardless',
      event: 'payments.confirmed',
    })
  })

  test('a Braintree form names its event inside base64', () => {
    const vector = SIGNATURE_VECTORS.find(({ provider }) => provider === 'braintree')
    if (vector === undefined) throw new Error('no vector')
    expect(identify(requestOf(vector))).toEqual({
      provider: 'braintree',
      event: 'subscription_went_past_due',
    })
  })
})

describe('github', () => {
  interface Example {
    readonly name: string
    readonly examples: readonly unknown[]
  }

  test('all payloads of @octokit/webhooks-examples are GitHub with the right event', () => {
    const examples: readonly Example[] = createRequire(import.meta.url)('@octokit/webhooks-examples')
    let payloads = 0
    for (const { name, examples: bodies } of examples) {
      for (const body of bodies) {
        payloads++
        const request = post(JSON.stringify(body), {
          'X-GitHub-Event': name,
          'X-GitHub-Delivery': `d${payloads}`,
        })
        expect(identify(request)).toEqual({ provider: 'github', event: name, deliveryId: `d${payloads}` })
      }
    }
    console.log(`R-DET-1: ${payloads} payloads of ${examples.length} events, all github`)
    expect(payloads).toBeGreaterThanOrEqual(329)
    expect(examples.length).toBeGreaterThanOrEqual(58)
  })
})

describe('a sender that nobody knows', () => {
  test.for([
    ['{"event":"user_registered"}', 'user_registered'],
    ['{"type":"order.created"}', 'order.created'],
    ['{"event_type":"x"}', 'x'],
    ['{"eventType":"x"}', 'x'],
    ['{"topic":"x"}', 'x'],
    ['{"event":{"type":"x"}}', 'x'],
    ['{"action":"x"}', 'x'],
    [' \n{"type":"x"}', 'x'],
  ] as const)('%s is the event %s', ([body, event]) => {
    expect(identify(post(body))).toEqual({ event })
  })

  test.for([
    '',
    '{}',
    '[]',
    '{"event":{}}',
    '{"event":""}',
    '{',
    'event=x',
    '\u0000',
    '{"event":null}',
    '"event"',
  ])('%j has no event', (body) => expect(identify(post(body))).toEqual({}))

  test('a body above 32 KiB is not parsed to guess at an event', () => {
    expect(identify(post(JSON.stringify({ event: 'x', pad: 'y'.repeat(33_000) })))).toEqual({})
  })

  test('an event of many thousand characters is none', () => {
    expect(identify(post(JSON.stringify({ event: 'x'.repeat(5000) })))).toEqual({})
  })

  test('names of the prototype are not values', () => {
    expect(identify(post('{"__proto__":{"event":"x"}}'))).toEqual({})
  })

  test('endless new header names leave the next request known', () => {
    const detector = new Detector(PROVIDERS)
    for (let i = 0; i < 5000; i++) detector.detect(post('', { [`x-${i}`]: '1' }))
    expect(detector.detect(post('{}', { 'STRIPE-signature': 't=1' })).identity.provider).toBe('stripe')
  })

  test('hostile bytes never throw', () => {
    const detector = new Detector(PROVIDERS)
    const names = PROVIDERS.flatMap(({ detect }) => detect.map(({ header }) => header ?? 'x'))
    for (const name of names) {
      for (const body of [
        '',
        '\u0000',
        '[',
        '[[[[',
        '{"value":[null]}',
        '{"notificationItems":7}',
        '%',
        'a=%zz&%',
      ])
        expect(() => detector.detect(post(body, { [name]: '\u00ff\u0000' }))).not.toThrow()
    }
    expect(() => detector.detect(post('['.repeat(30_000)))).not.toThrow()
  })
})
