import { describe, expect, test } from 'vitest'
import { frameworkHints } from '../../../src/providers/explain/hints.ts'
import type { Explanation } from '../../../src/providers/explain/types.ts'
import { explanationWords } from '../../../src/providers/explain/words.ts'
import { makeSecret } from '../../../src/providers/engine/secrets.ts'
import { explain } from '../../../src/providers/explain/explain.ts'
import { providerNamed, requestOf, SIGNATURE_VECTORS } from '../vectors.ts'
import { countingRandom } from '../random.ts'
import type { ProviderRequest } from '../../../src/providers/reader.ts'
import { good, JSON_BODY, known, NOW, SECRET, told, withBody, withHeader, without } from './cases.ts'

const stripe = (): ProviderRequest => good({ provider: 'stripe' })

const PAYPAL = [
  ['PAYPAL-AUTH-ALGO', 'SHA256withRSA'],
  ['PAYPAL-TRANSMISSION-ID', 'b2384410-f8d2-11e4-8bf3-77339302725b'],
  ['PAYPAL-CERT-URL', 'https://api.paypal.com/v1/notifications/certs/CERT-1'],
] as const

describe('what needs no trying', () => {
  test.for(['stripe', 'github', 'slack', 'shopify', 'typeform', 'razorpay', 'telegram'])(
    'a good request of %s is valid',
    (provider) => {
      expect(told({ request: good({ provider }) })).toEqual({ code: 'valid', provider, data: {} })
    },
  )

  test('signed, and no secret known', () => {
    const explanation = told({ request: good({ provider: 'stripe' }), secrets: [] })
    expect(explanation).toEqual({
      code: 'unchecked',
      provider: 'stripe',
      data: { env: 'STRIPE_WEBHOOK_SECRET' },
    })
    expect(explanationWords(explanation).fix).toContain('--secret env:STRIPE_WEBHOOK_SECRET')
  })

  test('nothing signed, nobody recognised', () => {
    const request = { method: 'POST', target: '/', headers: [], body: Buffer.from('{}') }
    expect(told({ request })).toEqual({ code: 'unsigned', data: { never: false } })
  })

  test('a provider that signs nothing', () => {
    const request = { method: 'POST', target: '/', headers: [], body: Buffer.from('{}') }
    const explanation = told({ request, provider: 'mailchimp' })
    expect(explanation).toEqual({ code: 'unsigned', provider: 'mailchimp', data: { never: true } })
    expect(explanationWords(explanation).text).toContain('signs nothing')
  })

  test('a signature of nobody we know', () => {
    const request = withHeader(
      { method: 'POST', target: '/', headers: [], body: Buffer.from('{}') },
      'X-Acme-Sig',
      'a'.repeat(64),
    )
    expect(told({ request })).toEqual({ code: 'unrecognised', data: { headers: ['X-Acme-Sig'] } })
  })

  test('a form that passed a tunnel has no signature: neither its type nor the ids of proxies are one', () => {
    const headers = [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['X-Request-Id', '6f1d7a52-8f53-4d62-9c5e-0f3d1f0b7a11'],
      ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ] as const
    const request = { method: 'POST', target: '/', headers, body: Buffer.from('{}') }
    expect(told({ request })).toEqual({ code: 'unsigned', data: { never: false } })
  })

  const signature = 'Stripe-Signature'
  test.for<readonly [string, string, () => ProviderRequest, string]>([
    ['header-missing', 'stripe', () => without(stripe(), signature), signature],
    ['header-malformed', 'stripe', () => withHeader(stripe(), signature, 'none'), signature],
    [
      'no-known-scheme',
      'stripe',
      () => withHeader(stripe(), signature, `t=1763715600,v0=${'0'.repeat(64)}`),
      signature,
    ],
    [
      'timestamp-missing',
      'slack',
      () => without(good({ provider: 'slack' }), 'X-Slack-Request-Timestamp'),
      'X-Slack-Request-Timestamp',
    ],
    [
      'timestamp-malformed',
      'stripe',
      () => withHeader(stripe(), signature, `t=soon,v1=${'0'.repeat(64)}`),
      signature,
    ],
    [
      'too-many-signatures',
      'stripe',
      () => withHeader(stripe(), signature, `t=1763715600${`,v1=${'0'.repeat(64)}`.repeat(21)}`),
      '21',
    ],
    ['token-mismatch', 'telegram', () => good({ provider: 'telegram', secret: 'another-one' }), 'Telegram'],
    [
      'id-missing',
      'twitch',
      () => without(good({ provider: 'twitch' }), 'Twitch-Eventsub-Message-Id'),
      'Twitch-Eventsub-Message-Id',
    ],
    [
      'secret-malformed',
      'discord',
      () =>
        withHeader(
          { method: 'POST', target: '/', headers: [], body: Buffer.from('{}') },
          'X-Signature-Ed25519',
          '0'.repeat(128),
        ),
      'Discord',
    ],
  ])('%s, with words that name what it is about', ([code, provider, make, named]) => {
    const explanation = told({ request: make(), provider })
    expect(explanation).toMatchObject({ code, provider })
    const { text, fix } = explanationWords(explanation)
    expect(text).toContain(named)
    expect(fix).not.toBe('')
  })

  test('an option that the scheme needs', () => {
    const certificate = makeSecret({ kind: 'rsa-pem' }, countingRandom())
    const paypal = { provider: 'paypal', headers: PAYPAL, options: { webhookId: 'WH-1' } } as const
    const request = good({ ...paypal, secret: certificate.signingKey })
    const explanation = told({ request, provider: 'paypal', secrets: [known(certificate.secret)] })
    expect(explanation).toMatchObject({ code: 'option-missing', data: { failure: { subject: 'webhookId' } } })
    expect(explanationWords(explanation).fix).toBe('Give it: --option webhookId=…')
  })

  test('a certificate from anywhere', () => {
    const request = withHeader(
      good({ provider: 'slack' }),
      'PAYPAL-CERT-URL',
      'https://evil.test/paypal.com/cert',
    )
    const signed = PAYPAL.reduce((made, [name, value]) => withHeader(made, name, value), request)
    const forged = withHeader(
      withHeader(signed, 'PAYPAL-CERT-URL', 'https://evil.test/paypal.com/cert'),
      'PAYPAL-TRANSMISSION-SIG',
      'AAAA',
    )
    const explanation = told({ request: forged, provider: 'paypal' })
    expect(explanation.code).toBe('certificate-untrusted')
    expect(explanationWords(explanation)).toMatchObject({ fix: 'Treat it as forged.' })
  })

  test('a token that is genuine and over', () => {
    const request = good({ provider: 'monday', now: NOW - 3_600_000 })
    expect(told({ request, provider: 'monday' }).code).toBe('token-expired')
  })

  test("a body that is not the one of Twilio's hash, and one that is but for a newline", () => {
    const headers = [['Content-Type', 'application/json']] as const
    const request = good({ provider: 'twilio', url: 'https://example.test/in', headers })
    const asked = { provider: 'twilio', context: { publicUrl: 'https://example.test' } } as const
    expect(told({ ...asked, request: withBody(request, '{}') }).code).toBe('body-hash-mismatch')
    expect(told({ ...asked, request: withBody(request, `${JSON_BODY}\n`) }).code).toBe('body-newline-added')
  })

  test('a body without the fields that are signed', () => {
    const request = good({ provider: 'mailgun', body: '{"signature":{"token":"abc"}}' })
    const explanation = told({
      request: withBody(request, String(Buffer.from(request.body)).replace('"token"', '"tokens"')),
      provider: 'mailgun',
    })
    expect(explanation.code).toBe('body-malformed')
    expect(explanationWords(explanation).text).toContain('signature.token')
  })

  test('a full stop in the id, and the SDK that lets it pass', () => {
    const request = good({ provider: 'standard-webhooks', headers: [['webhook-id', 'a.b']] })
    const explanation = told({
      request,
      provider: 'standard-webhooks',
      secrets: [known(SECRET.padEnd(32, 'A'))],
    })
    expect(explanation).toMatchObject({ code: 'id-malformed', data: { laxer: { sdk: 'standardwebhooks' } } })
    expect(explanationWords(explanation).text).toContain('standardwebhooks may let it pass')
  })

  test('every framework has its line', () => {
    expect(frameworkHints()).toEqual({
      express: expect.stringContaining("express.raw({ type: '*/*' })"),
      fastify: expect.stringContaining("parseAs: 'buffer'"),
      next: expect.stringContaining('await request.text()'),
      hono: expect.stringContaining('await c.req.text()'),
      flask: expect.stringContaining('request.get_data()'),
      rails: expect.stringContaining('request.raw_post'),
    })
  })
})

const random = countingRandom(11)

function below(limit: number): number {
  const [a = 0, b = 0, c = 0] = random(3)
  return ((a << 16) | (b << 8) | c) % Math.max(limit, 1)
}

function mutated(bytes: Uint8Array): Buffer {
  const at = below(bytes.byteLength + 1)
  const insert = below(3) === 0 ? Buffer.alloc(0) : Buffer.from(random(below(4)))
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + below(3))])
}

function mutatedText(text: string): string {
  return mutated(Buffer.from(text, 'latin1')).toString('latin1')
}

const HOSTILE = [
  'Content-Encoding',
  'Content-Length',
  'Forwarded',
  'X-Forwarded-Host',
  'X-Forwarded-Prefix',
  'X-Original-URI',
  'X-Time',
  'Host',
]

function mutatedRequest(request: ProviderRequest): ProviderRequest {
  switch (below(6)) {
    case 0:
      return { ...request, target: mutatedText(request.target) }
    case 1:
      return withHeader(
        request,
        HOSTILE[below(HOSTILE.length)] ?? '',
        ['gzip', '12', '/\x1b[31m', Buffer.from(random(20)).toString('latin1')][below(4)] ?? '',
      )
    case 2:
    case 3:
      return {
        ...request,
        headers: request.headers.map(([name, value]) =>
          below(4) === 0 ? [name, mutatedText(value)] : [name, value],
        ),
      }
    default:
      return { ...request, body: mutated(request.body) }
  }
}

/** Whatever is in an explanation and its words, as one text. */
function everything(explanation: Explanation): string {
  const { text, fix } = explanationWords(explanation)
  return `${JSON.stringify(explanation)} ${text} ${fix}`
}

// Shorter ones are words that our own sentences use.
function longSecrets(secrets: readonly string[]): string[] {
  return secrets.filter((secret) => secret.length >= 12)
}

test('5,000 mutated requests: no exception, no secret, no signature, no control character', () => {
  const vectors = SIGNATURE_VECTORS.filter(({ expected }) => expected === 'valid')
  const codes: Record<string, number> = {}
  const leaks: string[] = []
  const start = performance.now()
  for (let i = 0; i < 5000; i++) {
    const vector = vectors[i % vectors.length]
    if (vector === undefined) throw new Error('no vector')
    const request = mutatedRequest(mutatedRequest(requestOf(vector)))
    const provider = below(4) === 0 ? undefined : providerNamed(vector.provider)
    const secrets = vector.secrets.map((value) => known(below(10) === 0 ? mutatedText(value) : value, value))
    const explanation = explain(request, provider, secrets, {
      now: vector.now * 1000,
      others: [known('another-secret-of-mine', 'OTHER')],
      options: vector.opts ?? {},
      // Every probe is reached by some; all of them by all would take minutes.
      limits: { attempts: i % 12 === 0 ? 1000 : 4 },
    })
    codes[explanation.code] = (codes[explanation.code] ?? 0) + 1
    const all = everything(explanation)
    const signatures = request.headers.map(([, value]) => value).filter((value) => value.length >= 40)
    if (
      [...longSecrets(secrets.map(({ value }) => value)), ...signatures].some((value) => all.includes(value))
    )
      leaks.push(all)
    if (/\p{Cc}/u.test(all)) leaks.push(all)
  }
  const ms = Math.round(performance.now() - start)
  console.log(
    `R-SIG-1 explain: 5,000 mutated requests in ${ms} ms, 0 exceptions, ${leaks.length} leaks, ${JSON.stringify(codes)}`,
  )
  expect(leaks).toEqual([])
  expect(Object.keys(codes).length).toBeGreaterThan(10)
})

describe('nothing secret is told', () => {
  test('neither the secret nor the signature that would be right', () => {
    const request = withBody(good({ provider: 'stripe' }), `${JSON_BODY}\n`)
    const right = good({ provider: 'stripe', body: `${JSON_BODY}\n` }).headers.flatMap(
      ([, value]) => /v1=(\w{64})/.exec(value)?.[1] ?? [],
    )
    const all = everything(told({ request, secrets: [known(SECRET, SECRET)] }))
    expect(right).toHaveLength(1)
    expect([SECRET, ...right].filter((text) => all.includes(text))).toEqual([])
  })

  test('a secret that was given as its own name is not called by it', () => {
    const request = good({ provider: 'github' })
    const secrets = [known(`${SECRET}\n`, SECRET)]
    expect(told({ request, secrets })).toMatchObject({
      code: 'secret-trimmed',
      data: { label: 'the secret given' },
    })
  })

  test('nor the query of a URL, which may hold tokens', () => {
    const request = good({ provider: 'square', url: 'http://example.test/in?access_token=abc' })
    const explanation = told({ request, provider: 'square', context: { publicUrl: 'https://example.test' } })
    expect(explanation.code).toBe('url')
    expect(everything(explanation)).not.toContain('abc')
  })
})

function bodyOf(bytes: number): Buffer {
  const item = '{"id":"evt_1","note":"Zoë","amount":20.50,"tags":["a","b"]},\n'
  return Buffer.from(`[${item.repeat(Math.floor(bytes / item.length))}{}]`)
}

describe('large bodies', () => {
  test.for([
    ['deep nesting', `${'['.repeat(250)}1${',1'.repeat(150_000)}${']'.repeat(250)}`],
    ['brackets', `[${'[],'.repeat(40_000)}0]`],
    ['open brackets', '['.repeat(1_000_000)],
    ['backslashes', `{"a":"${String.raw`\\`.repeat(500_000)}"}`],
  ] as const)('%s without end: bounded time', ([, body]) => {
    for (const [provider, header] of [
      ['shopify', 'X-Shopify-Hmac-Sha256'],
      ['sentry', 'Sentry-Hook-Signature'],
    ] as const) {
      const start = performance.now()
      const request = withHeader(withBody(good({ provider }), body), header, '0'.repeat(64))
      expect(told({ request, provider }).code).not.toBe('valid')
      expect(performance.now() - start).toBeLessThan(5000)
    }
  })

  test.for([
    [5, 'nothing to be found'],
    [25, 'nothing to be found'],
  ] as const)('%d MiB: %s in bounded time', ([size]) => {
    const body = bodyOf(size * 1024 * 1024)
    const request = withBody(
      good({ provider: 'stripe', body }),
      Buffer.concat([Buffer.from(' '), body, Buffer.from('.')]),
    )
    const start = performance.now()
    const explanation = told({ request })
    const ms = Math.round(performance.now() - start)
    console.log(`R-SIG-1 explain: ${size} MiB, ${explanation.code} in ${ms} ms`)
    expect(explanation.code).toBe('nothing-found')
    expect(ms).toBeLessThan(5000)
  })

  test('25 MiB: a newline at its end is found', () => {
    const body = bodyOf(25 * 1024 * 1024)
    const request = withBody(good({ provider: 'stripe', body }), Buffer.concat([body, Buffer.from('\n')]))
    expect(told({ request })).toMatchObject({ code: 'body-newline-added', data: { bytes: 1 } })
  })

  test('5 MiB: made pretty is found', () => {
    const body = bodyOf(5 * 1024 * 1024)
    const compact = JSON.stringify(JSON.parse(body.toString('utf8'))).replaceAll('20.5,', '20.50,')
    const request = withBody(good({ provider: 'stripe', body: compact }), body)
    expect(told({ request })).toMatchObject({ code: 'body-json', data: { layout: 'compact' } })
  })

  test('the limits hold', () => {
    const request = withBody(good({ provider: 'stripe' }), JSON_BODY.replace('1', '2'))
    expect(told({ request, context: { limits: { attempts: 5 } } })).toMatchObject({
      code: 'nothing-found',
      data: { attempts: 5, complete: false },
    })
    expect(told({ request, context: { limits: { bytes: JSON_BODY.length * 3 } } })).toMatchObject({
      code: 'nothing-found',
      data: { complete: false },
    })
  })

  test('time is counted from the clock given', () => {
    expect(told({ request: good({ provider: 'stripe' }), context: { now: NOW + 301_000 } }).code).toBe(
      'stale',
    )
  })
})
