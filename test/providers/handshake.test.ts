import { describe, expect, test } from 'vitest'
import { headerValue } from '../../src/core/headers.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import { UNSIGNED } from '../../src/core/verdict.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { playHandshake } from '../../src/providers/handshake-play.ts'
import type { HandshakeAnswer } from '../../src/providers/handshake.ts'
import { answerHandshake } from '../../src/providers/handshake.ts'
import type { ProviderRequest } from '../../src/providers/reader.ts'
import { PROVIDERS } from '../../src/providers/table/index.ts'
import type { Handshake, Provider } from '../../src/providers/types.ts'
import { countingRandom } from './random.ts'
import { HANDSHAKE_VECTORS, providerNamed, requestOf } from './vectors.ts'

interface Given {
  readonly secrets?: readonly string[]
  readonly options?: Readonly<Record<string, string>>
  readonly verdict?: Verdict
}

function answer(request: ProviderRequest, provider: string, given: Given = {}): HandshakeAnswer | undefined {
  return answerHandshake(request, [providerNamed(provider)], {
    secretsOf: () => given.secrets ?? [],
    options: given.options ?? {},
    verdict: given.verdict ?? UNSIGNED,
  })
}

function get(target: string, headers: Readonly<Record<string, string>> = {}): ProviderRequest {
  return { method: 'GET', target, headers: Object.entries(headers), body: Buffer.alloc(0) }
}

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): ProviderRequest {
  return {
    method: 'POST',
    target: '/hook',
    headers: Object.entries(headers),
    body: Buffer.from(JSON.stringify(body)),
  }
}

describe('a handshake is answered as the provider expects', () => {
  test.for(HANDSHAKE_VECTORS)('$provider $name', (vector) => {
    const { secret, ...options } = vector.opts
    const found = answer(requestOf(vector), vector.provider, {
      secrets: secret === undefined ? [] : [secret],
      options,
      verdict: { status: 'valid', provider: vector.provider },
    })
    if (found === undefined) throw new Error('not answered')
    expect(found.answer.status).toBe(vector.expected.status)
    if (vector.expected.body !== undefined) expect(textOf(found)).toBe(vector.expected.body)
    for (const [name, value] of Object.entries(vector.expected.headers ?? {})) {
      expect(headerValue(found.answer.headers, name)).toBe(value)
    }
    expect(found.captured).toBe(vector.expected.capture)
    expect(found.fetch).toBe(vector.expected.fetch)
  })
})

describe('what an answer needs', () => {
  test('without the verify token a Meta challenge is not answered', () => {
    const request = get('/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x')
    expect(answer(request, 'meta')).toBeUndefined()
  })

  test.for(['x', 'linkedin', 'braintree'])(
    'without a secret the challenge of %s is not answered',
    (provider) => {
      const request = get(`/?crc_token=a&challengeCode=b&bt_challenge=${'a1'.repeat(12)}`)
      expect(answer(request, provider, { options: { publicKey: 'k' } })).toBeUndefined()
    },
  )

  test('a Braintree challenge that is no challenge is not signed', () => {
    const given = { secrets: ['key'], options: { publicKey: 'k' } }
    expect(answer(get('/?bt_challenge=PG5vdGlmaWNhdGlvbj4='), 'braintree', given)).toBeUndefined()
  })

  const signed: readonly (readonly [string, ProviderRequest])[] = [
    ['zoom', post({ event: 'endpoint.url_validation', payload: { plainToken: 'p' } })],
    ['twitch', post({ challenge: 'c' }, { 'twitch-eventsub-message-type': 'webhook_callback_verification' })],
    ['discord', post({ type: 1 })],
    ['xero', post({ entropy: 'e', events: [] })],
  ]

  test.for(signed)('%s is answered only if its signature holds', ([provider, request]) => {
    const secrets = ['s']
    expect(answer(request, provider, { secrets })).toBeUndefined()
    expect(answer(request, provider, { secrets, verdict: { status: 'unchecked', provider } })).toBeUndefined()
    const bad = answer(request, provider, {
      secrets,
      verdict: { status: 'invalid', provider, reason: { code: 'no-match' } },
    })
    expect(bad?.accepted ?? false).toBe(false)
    expect(bad === undefined || bad.answer.status >= 400).toBe(true)
    expect(answer(request, provider, { secrets, verdict: { status: 'valid', provider } })?.accepted).toBe(
      true,
    )
  })

  test("another provider's valid signature answers nothing", () => {
    const verdict: Verdict = { status: 'valid', provider: 'stripe' }
    for (const [provider, request] of signed) {
      expect(answer(request, provider, { secrets: ['s'], verdict })).toBeUndefined()
    }
  })

  test('Discord and Xero are told 401 for a bad signature', () => {
    for (const [provider, request] of signed.filter(([id]) => id === 'discord' || id === 'xero')) {
      const verdict: Verdict = { status: 'invalid', provider, reason: { code: 'no-match' } }
      expect(answer(request, provider, { verdict })?.answer.status).toBe(401)
    }
  })

  test('a stale signature answers nothing', () => {
    const [, request] = signed[0] ?? []
    if (request === undefined) throw new Error('no request')
    const verdict: Verdict = { status: 'stale', provider: 'zoom', skewMs: 400_000 }
    expect(answer(request, 'zoom', { secrets: ['s'], verdict })).toBeUndefined()
  })
})

describe('what a stranger can make of it', () => {
  test('an echoed text is text/plain and not to be sniffed', () => {
    const found = answer(get('/?challenge=<script>alert(1)</script>'), 'dropbox')
    expect(found?.answer.headers).toEqual([
      ['Content-Type', 'text/plain'],
      ['X-Content-Type-Options', 'nosniff'],
    ])
    expect(textOf(found)).toBe('<script>alert(1)</script>')
  })

  test('a provider that is no candidate is not answered', () => {
    expect(answer(get('/?challenge=x'), 'stripe')).toBeUndefined()
  })

  test('an echoed header cannot begin a second line', () => {
    const found = answer(
      { ...get('/'), method: 'OPTIONS', headers: [['WebHook-Request-Origin', 'a\r\nSet-Cookie: x']] },
      'cloudevents',
    )
    expect(found).toBeUndefined()
  })

  test.for([
    'http://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription',
    'https://sns.us-west-2.amazonaws.com.evil.test/?Action=ConfirmSubscription',
    'https://evil.test/?x=https://sns.us-west-2.amazonaws.com/&Action=ConfirmSubscription',
    'https://user@sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription',
    'https://sns.us-west-2.amazonaws.com:8443/?Action=ConfirmSubscription',
    String.raw`https://evil.test\@sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription`,
    'https://sns.s3-us-west-2.amazonaws.com/?Action=ConfirmSubscription',
    'https://169.254.169.254/?Action=ConfirmSubscription',
    'file:///etc/passwd?Action=ConfirmSubscription',
    'not a url',
  ])('%s is never given as a URL to fetch', (url) => {
    expect(answer(post({ Type: 'SubscriptionConfirmation', SubscribeURL: url }), 'aws-sns')).toBeUndefined()
  })
})

const PLAYED: readonly (readonly [string, Handshake, Provider])[] = PROVIDERS.flatMap((provider) =>
  (provider.handshakes ?? []).map(
    (handshake) => [`${provider.id} ${handshake.name}`, handshake, provider] as const,
  ),
)

describe('the two sides of every handshake understand each other', () => {
  const OPTIONS = { verifyToken: 'vt', publicKey: 'pk' }

  test.for(PLAYED)('%s', ([, handshake, provider]) => {
    const fresh = makeSecret(provider.secret?.make ?? { kind: 'hex', bytes: 16 }, countingRandom())
    const now = 1_763_715_600_000
    const played = playHandshake(provider, handshake, {
      url: 'https://example.test/hook',
      secret: fresh.secret,
      signingKey: fresh.signingKey,
      options: OPTIONS,
      now,
      random: countingRandom(),
    })
    if ('failure' in played) throw new Error(JSON.stringify(played.failure))
    const request = captured(played.request)
    const context = { now, options: OPTIONS, publicUrl: played.request.url }
    const verdict =
      handshake.play.signed === true ? verify(request, provider, [fresh.secret], context) : UNSIGNED
    if (handshake.play.signed === true) expect(verdict.status).toBe('valid')
    const found = answerHandshake(request, [provider], {
      secretsOf: () => [fresh.secret],
      options: OPTIONS,
      verdict,
    })
    if (found === undefined) throw new Error('not answered')
    expect(found.handshake).toBe(handshake.name)
    expect(played.judge(found.answer, 10)).toEqual({ passed: true })
    expect(played.judge({ ...found.answer, status: 500 }, 10)).toMatchObject({
      passed: false,
      reason: 'status',
    })
    if (handshake.play.body !== 'any') {
      const other = { ...found.answer, body: Buffer.from('{"other":true}') }
      expect(played.judge(other, 10)).toMatchObject({ passed: false, reason: 'body' })
    }
    if (handshake.play.header !== undefined) {
      expect(played.judge({ ...found.answer, headers: [] }, 10)).toMatchObject({
        passed: false,
        reason: 'header',
      })
    }
    const deadline = handshake.play.deadlineMs
    if (deadline !== undefined) {
      expect(played.judge(found.answer, deadline + 1)).toMatchObject({ passed: false, reason: 'too-slow' })
    }
  })
})

function captured(draft: Draft): ProviderRequest {
  return { method: draft.method, target: targetOf(draft.url), headers: draft.headers, body: draft.body }
}

function textOf(found: HandshakeAnswer | undefined): string {
  return Buffer.from(found?.answer.body ?? []).toString('utf8')
}
