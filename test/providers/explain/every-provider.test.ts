import { describe, expect, test } from 'vitest'
import { makeSecret } from '../../../src/providers/engine/secrets.ts'
import { PROVIDERS } from '../../../src/providers/table/index.ts'
import type { Provider } from '../../../src/providers/types.ts'
import { countingRandom } from '../random.ts'
import type { Good } from './cases.ts'
import { good, known, told, URL, withBody } from './cases.ts'

// What a body must hold, or a request carry, before these can be signed.
const NEEDS: Readonly<Record<string, Partial<Good>>> = {
  braintree: { body: 'bt_payload=PGE%2BPC9hPgo%3D', options: { publicKey: 'pk' } },
  mailgun: { body: '{"signature":{"token":"abc"},"a":1}' },
  adyen: { body: '{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"1"}}]}' },
  twilio: { headers: [['Content-Type', 'application/json']] },
}

// It verifies what JSON.stringify makes of the body, too, as its documentation does.
const IGNORES_SPACES = new Set(['sentry'])

const BODY = '{"id":"evt_1","type":"order.created","tags":[],"n":1}'

function signsWithSharedKey({ schemes, secret }: Provider): boolean {
  const algorithm = schemes[0]?.algorithm
  return secret !== undefined && (algorithm?.startsWith('hmac-') === true || algorithm === 'sha256')
}

const SIGNING = PROVIDERS.filter(signsWithSharedKey)
const OVER_BODY = SIGNING.filter(({ schemes }) => JSON.stringify(schemes[0]?.content).includes('{body}'))

function exchange(provider: Provider) {
  const recipe = provider.secret?.make ?? { kind: 'hex', bytes: 16 }
  const { secret } = makeSecret(recipe, countingRandom(5))
  const extra = NEEDS[provider.id] ?? {}
  const request = good({ provider, secret, body: BODY, ...extra })
  return { request, provider, secret, context: { publicUrl: URL, options: extra.options ?? {} } }
}

describe('every provider that signs with a shared secret', () => {
  test('there are many', () => {
    expect(SIGNING.length).toBeGreaterThan(60)
    expect(OVER_BODY.length).toBeGreaterThan(50)
  })

  test.for(SIGNING.map((provider) => [provider.id, provider] as const))(
    '%s: a good request is valid',
    ([, provider]) => {
      const { secret, ...asked } = exchange(provider)
      expect(told({ ...asked, secrets: [known(secret)] })).toMatchObject({
        code: 'valid',
        provider: provider.id,
      })
    },
  )

  test.for(SIGNING.map((provider) => [provider.id, provider] as const))(
    '%s: a newline at the end of the secret',
    ([, provider]) => {
      const { secret, ...asked } = exchange(provider)
      expect(told({ ...asked, secrets: [known(`${secret}\n`)] })).toMatchObject({
        code: 'secret-trimmed',
        data: { blemish: 'newline' },
      })
    },
  )

  test.for(OVER_BODY.map((provider) => [provider.id, provider] as const))(
    '%s: a newline at the end of the body',
    ([, provider]) => {
      const { secret, request, ...asked } = exchange(provider)
      const came = withBody(request, Buffer.concat([request.body, Buffer.from('\n')]))
      const { code } = told({ ...asked, request: came, secrets: [known(secret)] })
      expect(code).toBe(IGNORES_SPACES.has(provider.id) ? 'valid' : 'body-newline-added')
    },
  )

  test.for(OVER_BODY.map((provider) => [provider.id, provider] as const))(
    '%s: the body parsed and written anew',
    ([, provider]) => {
      const { secret, request, ...asked } = exchange(provider)
      const came = withBody(request, JSON.stringify(JSON.parse(String(request.body)), undefined, 2))
      const { code } = told({ ...asked, request: came, secrets: [known(secret)] })
      // Sentry's own SDK takes what JSON.stringify makes of it.
      expect(code).toBe(provider.id === 'sentry' ? 'valid' : 'body-json')
    },
  )
})
