import { describe, expect, test } from 'vitest'
import { Redactor } from '../../src/app/redact.ts'
import type { StoredRequest } from '../../src/core/query.ts'
import type { RawHeaders } from '../../src/core/request.ts'
import { parseProvider } from '../../src/providers/custom/parse.ts'
import { dress } from '../../src/providers/engine/dress.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { fillSample } from '../../src/providers/samples/fill.ts'
import { loadSamples, sampleProviders } from '../../src/providers/samples/index.ts'
import { findProvider, PROVIDERS } from '../../src/providers/table/index.ts'
import { countingRandom } from '../providers/random.ts'

const NOW = Date.UTC(2026, 2, 14, 15, 9, 26, 535)
const OPTIONS = { publicKey: 'our_public_key', webhookId: '8PT597110X687430LKGECATA' }

function storedOf(change: Partial<StoredRequest['request']>, provider?: string): StoredRequest {
  return {
    request: {
      id: 'b3xqm6te',
      seq: 1,
      source: 'captured',
      receivedAt: NOW,
      receivedMonotonic: 0,
      method: 'POST',
      target: '/hooks',
      httpVersion: '1.1',
      headers: [],
      trailers: [],
      body: Buffer.from('{}'),
      ...change,
    },
    identity: provider === undefined ? {} : { provider },
    verdict: { status: 'unsigned' },
    deliveries: [],
  }
}

const everything = ({ request, deliveries }: StoredRequest): string =>
  JSON.stringify([request, deliveries]) + Buffer.from(request.body).toString('latin1')

describe.each(sampleProviders())('%s', (id) => {
  test('its requests keep what is signed, and lose a secret that is sent along', async () => {
    const provider = findProvider(id)
    if (provider?.secret === undefined || provider.schemes.length === 0) return
    const { secret, signingKey } = makeSecret(provider.secret.make, countingRandom())
    const source = { random: countingRandom(), now: NOW }
    const redactor = new Redactor(PROVIDERS, [])
    for (const sample of await loadSamples(id)) {
      for (const { name, algorithm } of provider.schemes) {
        const draft = { ...fillSample(sample, source), url: 'https://shop.example.com/webhooks' }
        const result = sign(
          dress(draft, provider, sample.wire ?? sample.event, source),
          provider,
          signingKey,
          {
            now: NOW,
            id: 'msg_1',
            options: OPTIONS,
            scheme: name,
          },
        )
        if ('failure' in result) continue
        const { url, ...signed } = result.signed
        const { stored, hidden } = redactor.redact(storedOf({ ...signed, target: targetOf(url) }, id))
        if (algorithm === 'token' || algorithm === 'jwt-hs256') {
          expect(hidden.length).toBeGreaterThan(0)
          expect(everything(stored)).not.toContain(secret)
          expect(everything(stored)).not.toContain(Buffer.from(secret).toString('base64'))
          expect(stored.request.body.byteLength).toBe(signed.body.byteLength)
        } else {
          const context = { now: NOW, publicUrl: url, options: OPTIONS }
          expect(verify(stored.request, provider, [secret], context).status, `${sample.event} ${name}`).toBe(
            'valid',
          )
        }
      }
    }
  })
})

describe('Redactor', () => {
  const redactor = new Redactor(PROVIDERS, [])
  const headersOf = (headers: RawHeaders): RawHeaders =>
    redactor.redact(storedOf({ headers })).stored.request.headers

  test.each([
    ['Authorization', 'Bearer SEKRIT', 'Bearer redacted'],
    ['authorization', 'Basic U0VLUklU', 'Basic redacted'],
    ['Authorization', 'SEKRIT', 'redacted'],
    ['Proxy-Authorization', 'Digest SEKRIT', 'Digest redacted'],
    ['Cookie', 'a=SEKRIT', 'redacted'],
    ['Set-Cookie', 'a=SEKRIT; Path=/', 'redacted'],
    ['X-API-Key', 'SEKRIT', 'redacted'],
    ['apikey', 'SEKRIT', 'redacted'],
    ['X-Gitlab-Token', 'SEKRIT', 'redacted'],
    ['X-Hook-Secret', 'SEKRIT', 'redacted'],
    ['X-Db-Password', 'SEKRIT', 'redacted'],
    ['X-Amz-Security-Token', 'SEKRIT', 'redacted'],
    ['X-Auth-Token', 'SEKRIT', 'redacted'],
    ['X-Auth', 'SEKRIT', 'redacted'],
    ['X-Forwarded-Authorization', 'Bearer SEKRIT', 'Bearer redacted'],
    ['X-Auth-Key', 'SEKRIT', 'redacted'],
    ['X-Functions-Key', 'SEKRIT', 'redacted'],
    ['Ocp-Apim-Subscription-Key', 'SEKRIT', 'redacted'],
    ['Cf-Access-Jwt-Assertion', 'SEKRIT', 'redacted'],
    ['X-Amzn-Oidc-Data', 'SEKRIT', 'redacted'],
    ['X-Session-Id', 'SEKRIT', 'redacted'],
    ['Referer', 'https://a.test/?token=SEKRIT&a=1', 'https://a.test/?token=redacted&a=1'],
    ['Location', 'https://user:SEKRIT@a.test/', 'https://redacted@a.test/'],
    ['X-Original-URI', '/hook?sig=SEKRIT', '/hook?sig=redacted'],
  ])('%s: %s becomes %s', (name, value, expected) => {
    expect(headersOf([[name, value]])).toEqual([[name, expected]])
  })

  test.each([
    'Stripe-Signature',
    'X-Hub-Signature-256',
    'webhook-id',
    'Idempotency-Key',
    'X-Request-Id',
    'Content-Type',
    'User-Agent',
    'Paypal-Auth-Algo',
    'Plaid-Verification',
    'Sec-WebSocket-Key',
    'Authority',
    'WWW-Authenticate',
  ])('%s stays', (name) => {
    expect(headersOf([[name, 'value']])).toEqual([[name, 'value']])
  })

  test.each([
    ['/x?token=SEKRIT&a=1', '/x?token=redacted&a=1'],
    ['/x?a=1&access_token=SEKRIT', '/x?a=1&access_token=redacted'],
    ['/x?api_key=SEKRIT=?SEKRIT', '/x?api_key=redacted'],
    ['/x?code=SEKRIT#x', '/x?code=redacted'],
    ['http://user:SEKRIT@host.test/x', 'http://redacted@host.test/x'],
    ['http://user:SE@KRIT@host.test/x', 'http://redacted@host.test/x'],
    ['user:SEKRIT@host.test:443', 'redacted@host.test:443'],
    ['/x?sig=SEKRIT&sv=2024', '/x?sig=redacted&sv=2024'],
    [
      '/x?X-Amz-Signature=SEKRIT&X-Amz-Credential=SEKRIT',
      '/x?X-Amz-Signature=redacted&X-Amz-Credential=redacted',
    ],
    ['/x?access%5Ftoken=SEKRIT', '/x?access%5Ftoken=redacted'],
    ['/x?%74oken=SEKRIT', '/x?%74oken=redacted'],
    ['/x?next=https%3A%2F%2Fa.test%2F%3Ftoken%3DSEKRIT', '/x?next=redacted'],
    ['/x?next=https://user:SEKRIT@a.test/', '/x?next=redacted'],
    ['/x?%=%&mail=a@b.test', '/x?%=%&mail=a@b.test'],
    ['/@user/x?a=1', '/@user/x?a=1'],
    ['/x?&&=a&b', '/x?&&=a&b'],
    ['/?', '/?'],
    ['*', '*'],
    ['/token=a/x', '/token=a/x'],
  ])('%s becomes %s', (target, expected) => {
    const { stored, hidden } = redactor.redact(storedOf({ target }))
    expect(stored.request.target).toBe(expected)
    expect(hidden.length > 0).toBe(target !== expected)
  })

  test('a configured secret goes from wherever it stands, in each of its spellings', () => {
    const secret = 'SEKRIT/é+0123456789'
    const base64 = Buffer.from(secret).toString('base64')
    const { stored, hidden } = new Redactor(PROVIDERS, [secret]).redact(
      storedOf({
        target: `/hooks/${encodeURIComponent(secret)}?x=${encodeURIComponent(secret)}`,
        headers: [
          ['X-Note', `it is ${Buffer.from(secret).toString('latin1')}.`],
          ['X-Basic', base64],
        ],
        body: Buffer.from(`{"secret":"${secret}","b":"${base64}"}`),
      }),
    )
    const text = everything(stored)
    for (const spelling of [
      secret,
      Buffer.from(secret).toString('latin1'),
      base64,
      encodeURIComponent(secret),
    ])
      expect(text).not.toContain(spelling)
    expect(hidden).toEqual(['path', 'X-Note', 'X-Basic', 'body'])
  })

  test('a signature is no secret, whatever its place is called', () => {
    const own = parseProvider(
      {
        id: 'own',
        schemes: [
          {
            name: 'v1',
            algorithm: 'hmac-sha256',
            encoding: 'hex',
            signature: 'header:X-Token-Signature',
            content: '{body}',
          },
        ],
      },
      'own.json',
    )
    const headers: RawHeaders = [['X-Token-Signature', 'abc']]
    expect(new Redactor([own], []).redact(storedOf({ headers }, 'own')).stored.request.headers).toEqual(
      headers,
    )
    expect(headersOf(headers)).toEqual([['X-Token-Signature', 'redacted']])
  })

  test('nor is it in an answer, in what a command wrote, or in the name of a target', () => {
    const secret = 'SEKRIT-0123456789'
    const delivery = { requestId: 'b3xqm6te', startedAt: NOW, durationMs: 1 }
    const output = Buffer.from(`it was ${secret}`)
    const stored: StoredRequest = {
      ...storedOf({}),
      deliveries: [
        {
          ...delivery,
          cause: 'forward',
          target: `http://localhost/${secret}`,
          outcome: { kind: 'response', status: 200, headers: [], body: output, bodySize: output.length },
        },
        {
          ...delivery,
          cause: 'exec',
          target: `curl -H ${secret} a@b.test`,
          outcome: { kind: 'exit', status: 0, timedOut: false, output, outputSize: output.length },
        },
      ],
      owed: [
        {
          destination: `http://u:${secret}@h/`,
          attempts: 0,
          dueAt: 0,
          state: 'waiting',
        },
      ],
    }
    const { deliveries, owed } = new Redactor(PROVIDERS, [secret]).redact(stored).stored
    expect(owed?.[0]?.destination).toBe('http://redacted@h/')
    expect(deliveries[1]?.target).toBe('curl -H redacted a@b.test')
    const bytes = deliveries.map(({ outcome }) =>
      outcome.kind === 'response' ? outcome.body : outcome.kind === 'exit' ? outcome.output : undefined,
    )
    for (const one of bytes) expect(Buffer.from(one ?? []).toString()).toBe(`it was ${'*'.repeat(17)}`)
    expect(JSON.stringify(deliveries)).not.toContain('SEKRIT')
  })

  test('a short secret is no reason to tear requests apart', () => {
    const stored = storedOf({ body: Buffer.from('the test') })
    expect(new Redactor(PROVIDERS, ['test']).redact(stored).stored).toEqual(stored)
  })

  test('a secret in a body is masked where it stands, its length kept', () => {
    const body = Buffer.from('{"value":[{"clientState":"SE\\u004bRIT","x":"SEKRIT?"},{"clientState":"b"}]}')
    const { stored, hidden } = redactor.redact(storedOf({ body }, 'ms-graph'))
    expect(Buffer.from(stored.request.body).toString()).toBe(
      '{"value":[{"clientState":"***********","x":"SEKRIT?"},{"clientState":"*"}]}',
    )
    expect(hidden).toEqual(['json:value.*.clientState'])
  })

  test('answers lose their cookies too; what was stored stays as it was', () => {
    const stored: StoredRequest = {
      ...storedOf({ headers: [['Cookie', 'a=b']] }),
      deliveries: [
        {
          requestId: 'b3xqm6te',
          cause: 'forward',
          target: 'http://user:SEKRIT@localhost:3000/?token=SEKRIT',
          startedAt: NOW,
          durationMs: 1,
          outcome: {
            kind: 'response',
            status: 200,
            headers: [['Set-Cookie', 'a=SEKRIT']],
            body: Buffer.alloc(0),
            bodySize: 0,
          },
        },
      ],
    }
    expect(everything(redactor.redact(stored).stored)).not.toContain('SEKRIT')
    expect(stored.request.headers).toEqual([['Cookie', 'a=b']])
    expect(everything(stored)).toContain('SEKRIT')
  })
})
