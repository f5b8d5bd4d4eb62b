import { describe, expect, test } from 'vitest'
import { createCatalog } from '../../src/app/catalog.ts'
import type { ResignOptions } from '../../src/app/resign.ts'
import { resign } from '../../src/app/resign.ts'
import { SecretBook } from '../../src/app/secrets.ts'
import { replaceScalar } from '../../src/core/content/json-place.ts'
import { headerValue } from '../../src/core/headers.ts'
import { dress } from '../../src/providers/engine/dress.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import type { FreshSecret } from '../../src/providers/engine/secrets.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { parseSource } from '../../src/providers/reader.ts'
import { fillSample } from '../../src/providers/samples/fill.ts'
import { loadSamples, sampleProviders } from '../../src/providers/samples/index.ts'
import type { Provider, Source } from '../../src/providers/types.ts'
import { JUDGES } from '../providers/judges.ts'
import { countingRandom } from '../providers/random.ts'
import { providerNamed } from '../providers/vectors.ts'

const DAY = 86_400_000
const CATALOG = createCatalog()
const OPTIONS = { publicKey: 'our_public_key', webhookId: '8PT597110X687430LKGECATA' }

function keyOf(provider: Provider, seed = 1): FreshSecret {
  return makeSecret(provider.secret?.make ?? { kind: 'hex', bytes: 16 }, countingRandom(seed))
}

function optionsOf(key: FreshSecret, given: Partial<ResignOptions> = {}): ResignOptions {
  return {
    catalog: CATALOG,
    secrets: new SecretBook([{ value: key.signingKey, origin: 'test' }]),
    options: OPTIONS,
    timestamp: 0,
    newId: false,
    random: countingRandom(7),
    ...given,
  }
}

function signed(draft: Draft, provider: Provider, key: FreshSecret, now: number): Draft {
  const result = sign(draft, provider, key.signingKey, { now, id: 'msg_1', options: OPTIONS })
  if ('failure' in result) throw new Error(`${provider.id}: ${JSON.stringify(result.failure)}`)
  return result.signed
}

function resigned(draft: Draft, provider: Provider, options: ResignOptions, now: number): Draft {
  const result = resign(draft, provider.id, options, now)
  if ('skipped' in result) throw new Error(result.skipped)
  return result.draft
}

describe.each(JUDGES)('$sdk', (judge) => {
  const provider = providerNamed(judge.provider)
  const key = keyOf(provider)
  const options = optionsOf(key, { options: judge.options ?? {} })
  const draft: Draft = { method: 'POST', ...judge.draft }

  test('accepts what was captured a day ago once it is signed anew', async () => {
    const now = Date.now()
    const context = { now: now - DAY, id: 'msg_1', options: judge.options ?? {} }
    const result = sign(draft, provider, key.signingKey, context)
    if ('failure' in result) throw new Error(result.failure.code)
    const fresh = resigned(result.signed, provider, options, now)
    expect(Boolean(await judge.accepts(fresh, key))).toBe(true)
    expect(Boolean(await judge.accepts(judge.tampered(fresh), key))).toBe(false)
    const hasWindow = provider.schemes[0]?.timestamp !== undefined
    const isLax = provider.laxer?.some(({ accepts }) => accepts === 'any-timestamp')
    if (hasWindow && isLax !== true) expect(Boolean(await judge.accepts(result.signed, key))).toBe(false)
  })

  test('accepts what its own code signed with another key, signed anew', async () => {
    if (judge.signs === undefined) return
    const now = Date.now()
    const other = keyOf(provider, 99)
    const theirs = { ...draft, ...(await judge.signs(draft, other, now)) }
    expect(Boolean(await judge.accepts(theirs, key))).toBe(false)
    expect(Boolean(await judge.accepts(resigned(theirs, provider, options, now), key))).toBe(true)
  })
})

const NOW = Date.UTC(2026, 2, 14, 15, 9, 26)
let checked = 0

describe.each(sampleProviders().filter((id) => providerNamed(id).schemes.length > 0))('%s', (id) => {
  const provider = providerNamed(id)
  const key = keyOf(provider)

  test('nothing but signature and time differs by a byte, and it verifies', async () => {
    for (const sample of await loadSamples(id)) {
      const source = { random: countingRandom(), now: NOW - DAY }
      const made = dress(
        { ...fillSample(sample, source), url: 'http://localhost:3000/hooks?a=1' },
        provider,
        sample.wire ?? sample.event,
        source,
      )
      const old = signed({ ...made, body: unusual(made.body) }, provider, key, NOW - DAY)
      const fresh = resigned(old, provider, optionsOf(key), NOW)
      const places = provider.schemes.flatMap(({ signature, timestamp }) => [
        signature,
        ...(timestamp === undefined || timestamp.from === 'signature' ? [] : [timestamp.from]),
      ])
      expect(blanked(fresh, places), sample.event).toEqual(blanked(old, places))
      const request = { ...fresh, target: targetOf(fresh.url) }
      const context = { now: NOW, publicUrl: fresh.url, options: OPTIONS }
      expect(verify(request, provider, [key.secret], context), sample.event).toEqual({
        status: 'valid',
        provider: id,
      })
      checked++
    }
  })
})

test('R-FWD-15: how many were checked', () => {
  console.log(
    `R-FWD-15: ${checked} samples of every signing provider signed anew: nothing else differs by a byte`,
  )
  expect(checked).toBeGreaterThan(200)
})

/** JSON as nobody's library would write it again. */
function unusual(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body).toString('utf8')
  if (!/^\s*\{\s*"/.test(text)) return body
  return Buffer.from(text.replace(/^\s*\{/, '{ \t"exact" : 1.50e+2 ,"n":12345678901234567890,\n'))
}

/** The request without what may change. */
function blanked(draft: Draft, places: readonly Source[]): object {
  let { url, headers, body } = draft
  for (const place of places) {
    const source = parseSource(place)
    if (source.kind === 'header') {
      headers = headers.map(([name, value]) => {
        const wanted = source.name
        const isIt = wanted.endsWith('*')
          ? name.toLowerCase().startsWith(wanted.slice(0, -1))
          : name.toLowerCase() === wanted
        return [name, isIt ? '' : value]
      })
    } else if (source.kind === 'json') {
      for (let item = 0; item < 20; item++) {
        const path = source.path.map((step) => (step === '*' ? String(item) : step))
        body = replaceScalar(body, path, '0') ?? body
        if (!source.path.includes('*')) break
      }
    } else if (source.kind === 'form') {
      const fields = Buffer.from(body).toString('latin1').split('&')
      body = Buffer.from(fields.filter((field) => !field.startsWith(`${source.name}=`)).join('&'), 'latin1')
    } else if (source.kind === 'query') {
      url = url.replace(new RegExp(`([?&]${source.name}=)[^&]*`), '$1')
    }
  }
  return { ...draft, url, headers, body: Buffer.from(body).toString('latin1') }
}

describe('whose secret, which scheme', () => {
  const standard = providerNamed('standard-webhooks')
  const github = providerNamed('github')
  const body = Buffer.from('{"a":1}')
  const url = 'http://localhost:3000/h'

  test('of several secrets the one that signed the captured request', () => {
    const [mine, other] = [
      makeSecret({ kind: 'hex', bytes: 8 }, countingRandom(1)),
      makeSecret({ kind: 'hex', bytes: 8 }, countingRandom(9)),
    ]
    const old = signed({ method: 'POST', url, headers: [], body }, github, mine, NOW - DAY)
    const secrets = new SecretBook([other, mine].map(({ secret: value }) => ({ value, origin: 'x' })))
    const fresh = resigned(old, github, { ...optionsOf(mine), secrets }, NOW)
    expect(fresh.headers).toEqual(old.headers)
  })

  test('only the schemes that it carries: a SHA-256 signature gets no SHA-1 companion', () => {
    const key = keyOf(github)
    const both = signed({ method: 'POST', url, headers: [], body }, github, key, NOW)
    const one = { ...both, headers: both.headers.filter(([name]) => name === 'X-Hub-Signature-256') }
    expect(resigned(one, github, optionsOf(key), NOW).headers.map(([name]) => name)).toEqual([
      'X-Hub-Signature-256',
    ])
    expect(resigned({ ...both, headers: [] }, github, optionsOf(key), NOW).headers).toHaveLength(2)
  })

  test.each([
    ['now', 0, NOW],
    ['keep', 'keep', NOW - DAY],
    ['-400s', -400_000, NOW - 400_000],
    ['+1h', 3_600_000, NOW + 3_600_000],
  ] as const)('--timestamp %s', (_name, timestamp, expected) => {
    const key = keyOf(standard)
    const old = signed({ method: 'POST', url, headers: [], body }, standard, key, NOW - DAY)
    const fresh = resigned(old, standard, optionsOf(key, { timestamp }), NOW)
    expect(headerValue(fresh.headers, 'webhook-timestamp')).toBe(String(expected / 1000))
  })

  test('--new-id: another one of the same look, and nothing else', () => {
    const key = keyOf(standard)
    const headers = [
      ['webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'],
      ['x', 'y'],
    ] as const
    const old = signed({ method: 'POST', url, headers, body }, standard, key, NOW)
    const fresh = resigned(old, standard, optionsOf(key, { newId: true }), NOW)
    const id = headerValue(fresh.headers, 'webhook-id') ?? ''
    expect(id).toMatch(/^msg_\d[A-Z]{4}[A-Za-z0-9]{22}$/)
    expect(id).not.toBe(headers[0][1])
    expect(headerValue(resigned(old, standard, optionsOf(key), NOW).headers, 'webhook-id')).toBe(
      headers[0][1],
    )
  })

  test('--new-id in a signed body changes the id alone', () => {
    const stripe = providerNamed('stripe')
    const key = keyOf(stripe)
    const odd = Buffer.from('{ "id" : "evt_1QxAbc",  "n": 1.0, "id2":12345678901234567890 }')
    const old = signed({ method: 'POST', url, headers: [], body: odd }, stripe, key, NOW)
    const text = Buffer.from(resigned(old, stripe, optionsOf(key, { newId: true }), NOW).body).toString()
    expect(text).toMatch(
      /^\{ "id" : "evt_\d[A-Z][a-z][A-Z][a-z][a-z]", {2}"n": 1\.0, "id2":12345678901234567890 \}$/,
    )
    expect(text).not.toContain('evt_1QxAbc')
  })

  test('--public-url is what is signed, and the request goes where it went', () => {
    const twilio = providerNamed('twilio')
    const key = keyOf(twilio)
    const headers = [['Content-Type', 'application/json']] as const
    const draft: Draft = { method: 'POST', url: 'http://localhost:3000/h?a=1', headers, body }
    const options = optionsOf(key, { publicUrl: 'https://shop.example/base' })
    const fresh = resigned(draft, twilio, options, NOW)
    expect(fresh.url).toMatch(/^http:\/\/localhost:3000\/h\?a=1&bodySHA256=[0-9a-f]{64}$/)
    const target = `/base${targetOf(fresh.url)}`
    const context = { now: NOW, publicUrl: 'https://shop.example', options: {} }
    expect(verify({ ...fresh, target }, twilio, [key.secret], context).status).toBe('valid')
  })

  test('what cannot be signed is told, or sent as it is', () => {
    const draft: Draft = { method: 'POST', url, headers: [], body }
    const none = {
      ...optionsOf(keyOf(github)),
      secrets: new SecretBook([{ provider: 'stripe', value: 'x', origin: 'x' }]),
    }
    expect(resign(draft, 'github', none, NOW)).toEqual({ skipped: 'no-secret', provider: 'github' })
    expect(resign(draft, undefined, none, NOW)).toEqual({ skipped: 'no-provider' })
    const paypal = optionsOf({ secret: 'no key', signingKey: 'no key' })
    expect(() => resign(draft, 'paypal', paypal, NOW)).toThrow('cannot-sign')
  })
})
