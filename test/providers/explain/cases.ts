import type { RawHeaders } from '../../../src/core/request.ts'
import { dress } from '../../../src/providers/engine/dress.ts'
import type { Draft } from '../../../src/providers/engine/place.ts'
import { sign } from '../../../src/providers/engine/sign.ts'
import { targetOf } from '../../../src/providers/engine/url.ts'
import type { ExplainContext, Explanation, KnownSecret } from '../../../src/providers/explain/types.ts'
import { explain } from '../../../src/providers/explain/explain.ts'
import type { ProviderRequest } from '../../../src/providers/reader.ts'
import type { Provider } from '../../../src/providers/types.ts'
import { countingRandom } from '../random.ts'
import { providerNamed } from '../vectors.ts'

export const NOW = 1_763_715_600_000
/** What Stripe, GitHub and the others are configured with here: long, and nowhere part of another text. */
export const SECRET = 'k9Qz7RwB3mXv5TnY8pLc2HdF6sJg4'
export const WHSEC = `whsec_${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`
export const URL = 'https://example.test/hooks/in?shop=7'

export interface Good {
  readonly provider: string | Provider
  readonly secret?: string
  readonly body?: string | Uint8Array
  readonly headers?: RawHeaders
  readonly url?: string
  readonly options?: Readonly<Record<string, string>>
  readonly now?: number
}

export const JSON_BODY = '{"id":"evt_1","type":"order.created","data":{"amount":20.50,"tags":[],"n":1}}'

/** A request as the provider sends it. */
export function good({ provider, secret = SECRET, body = JSON_BODY, ...rest }: Good): ProviderRequest {
  const sender = typeof provider === 'string' ? providerNamed(provider) : provider
  const now = rest.now ?? NOW
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  const draft: Draft = {
    method: 'POST',
    url: rest.url ?? URL,
    headers: rest.headers ?? [],
    body: bytes,
  }
  const dressed = dress(draft, sender, 'order.created', { random: countingRandom(3), now })
  const result = sign(dressed, sender, secret, { now, id: 'msg_1', options: rest.options ?? {} })
  if ('failure' in result) throw new Error(`not signed: ${result.failure.code}`)
  const { method, url, headers, body: signed } = result.signed
  return { method, target: targetOf(url), headers, body: signed }
}

export function known(value: string, label = 'MY_SECRET', provider?: string): KnownSecret {
  return { label, value, ...(provider === undefined ? {} : { provider }) }
}

export interface Told {
  readonly request: ProviderRequest
  readonly provider?: string | Provider
  readonly secrets?: readonly KnownSecret[]
  readonly context?: Partial<ExplainContext>
}

export function told({ request, provider, secrets = [known(SECRET)], context = {} }: Told): Explanation {
  const sender = typeof provider === 'string' ? providerNamed(provider) : provider
  return explain(request, sender, secrets, { now: NOW, ...context })
}

export function withBody(request: ProviderRequest, body: string | Uint8Array): ProviderRequest {
  return { ...request, body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body }
}

export function withHeader(request: ProviderRequest, name: string, value: string): ProviderRequest {
  return { ...without(request, name), headers: [...without(request, name).headers, [name, value]] }
}

export function without(request: ProviderRequest, name: string): ProviderRequest {
  return {
    ...request,
    headers: request.headers.filter(([own]) => own.toLowerCase() !== name.toLowerCase()),
  }
}

export function header(request: ProviderRequest, name: string): string {
  const found = request.headers.find(([own]) => own.toLowerCase() === name.toLowerCase())
  if (found === undefined) throw new Error(`no header ${name}`)
  return found[1]
}
