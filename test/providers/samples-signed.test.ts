import { describe, expect, test } from 'vitest'
import { Detector } from '../../src/providers/detect.ts'
import { dress } from '../../src/providers/engine/dress.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import type { FreshSecret } from '../../src/providers/engine/secrets.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import type { ProviderRequest } from '../../src/providers/reader.ts'
import { fillSample } from '../../src/providers/samples/fill.ts'
import { loadSamples, sampleProviders } from '../../src/providers/samples/index.ts'
import type { Sample } from '../../src/providers/samples/types.ts'
import { findProvider, PROVIDERS } from '../../src/providers/table/index.ts'
import type { Provider } from '../../src/providers/types.ts'
import { countingRandom } from './random.ts'

const NOW = Date.UTC(2026, 2, 14, 15, 9, 26, 535)
const URL_OF_HOOK = 'https://shop.example.com/webhooks'

// What some schemes need beside the secret.
const OPTIONS = { publicKey: 'our_public_key', webhookId: '8PT597110X687430LKGECATA' }

/** They share a header and have bodies of no shape of their own: which is meant, only a secret tells. */
const TOLD_BY_SECRET = new Set(['polar', 'standard-webhooks', 'svix'])

describe.each(sampleProviders())('%s', (id) => {
  test('its samples, dressed and signed, are detected as what they are and verify', async () => {
    const provider = providerNamed(id)
    const detector = new Detector(PROVIDERS, new Set(TOLD_BY_SECRET.has(id) ? [id] : []))
    const secret =
      provider.secret === undefined ? undefined : makeSecret(provider.secret.make, countingRandom())
    for (const sample of await loadSamples(id)) {
      const draft = signed(dressed(sample, provider), provider, secret)
      const request = requestOf(draft)
      const { identity } = detector.detect(request)
      expect(identity.provider, sample.event).toBe(id)
      expect(identity.event ?? null, sample.event).toBe(
        sample.wire === undefined ? sample.event : sample.wire,
      )
      if (secret === undefined || provider.schemes.length === 0) continue
      const context = { now: NOW, publicUrl: draft.url, options: OPTIONS }
      expect(verify(request, provider, [secret.secret], context), sample.event).toEqual({
        status: 'valid',
        provider: id,
      })
    }
  })

  test('the content type says what the body is', async () => {
    for (const sample of await loadSamples(id)) {
      const { headers, body } = dressed(sample, providerNamed(id))
      const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
      const text = Buffer.from(body).toString('utf8')
      if (type.includes('form-urlencoded'))
        expect(text, sample.event).toMatch(/^[\w.%+*-]+=[^&]*(&[^&=]+=[^&]*)*$/)
      else if (type.includes('xml')) expect(text, sample.event).toMatch(/^<\?xml [\s\S]*>\n$/)
      else expect(() => JSON.parse(text), sample.event).not.toThrow()
    }
  })
})

function dressed(sample: Sample, provider: Provider): Draft {
  const source = { random: countingRandom(), now: NOW }
  const draft: Draft = { ...fillSample(sample, source), url: URL_OF_HOOK }
  return dress(draft, provider, sample.wire ?? sample.event, source)
}

function signed(draft: Draft, provider: Provider, secret: FreshSecret | undefined): Draft {
  if (secret === undefined || provider.schemes.length === 0) return draft
  const result = sign(draft, provider, secret.signingKey, { now: NOW, id: 'msg_1', options: OPTIONS })
  if ('failure' in result) throw new Error(`${provider.id}: ${JSON.stringify(result.failure)}`)
  return result.signed
}

function requestOf({ method, url, headers, body }: Draft): ProviderRequest {
  return { method, target: targetOf(url), headers, body }
}

function providerNamed(id: string): Provider {
  const provider = findProvider(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  return provider
}
