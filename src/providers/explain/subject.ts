import type { VerifyContext } from '../engine/verify.ts'
import { optionOf } from '../engine/content-input.ts'
import { findSignatures } from '../engine/locate.ts'
import type { ProviderRequest, RequestReader } from '../reader.ts'
import type { Provider, Scheme } from '../types.ts'
import type { Cause, KnownSecret } from './types.ts'

/** What is to be explained, as every probe sees it. */
export interface Subject {
  readonly request: ProviderRequest
  readonly reader: RequestReader
  /** Another reader, that parses no large body: for what hardly anybody has there. */
  readonly glance: RequestReader
  readonly provider: Provider
  readonly providers: readonly Provider[]
  /** Schemes of which the request carries a signature; all of the provider's where it carries none. */
  readonly schemes: readonly Scheme[]
  readonly carried: boolean
  /** Those it was verified with, and those it was not. */
  readonly secrets: readonly KnownSecret[]
  readonly others: readonly KnownSecret[]
  readonly context: VerifyContext
}

/** One change, and what to say where it makes the signature right. What is absent stays as it is. */
export interface Attempt {
  readonly cause: Cause
  readonly request?: ProviderRequest
  readonly provider?: Provider
  readonly secrets?: readonly string[]
  readonly publicUrl?: string
}

/** Makes one change after another, the likeliest first, and none before it is asked for. */
export type Probe = (subject: Subject) => Iterable<Attempt>

// A request has one signature or two; more kinds of them are a stranger's doing.
const MAX_SCHEMES = 4

export function carriedSchemes(reader: RequestReader, provider: Provider, context: VerifyContext): Scheme[] {
  const keyId = optionOf(context.options ?? {}, 'publicKey')
  return provider.schemes
    .filter((scheme) => findSignatures(reader, scheme, keyId) !== undefined)
    .slice(0, MAX_SCHEMES)
}

/** The provider with one scheme only. */
export function withScheme(provider: Provider, scheme: Scheme): Provider {
  return { ...provider, schemes: [scheme] }
}

/** The request with a header in place of any of that name. */
export function withHeaderOf(request: ProviderRequest, name: string, value: string): ProviderRequest {
  const wanted = name.toLowerCase()
  const others = request.headers.filter(([candidate]) => candidate.toLowerCase() !== wanted)
  return { ...request, headers: [...others, [name, value]] }
}

export function isShared(scheme: Scheme): boolean {
  return scheme.algorithm.startsWith('hmac-') || scheme.algorithm === 'sha256'
}

/** True where the signature says something of the request, and is not only a secret sent along. */
export function isSigned(scheme: Scheme): boolean {
  return scheme.algorithm !== 'token' && scheme.algorithm !== 'jwt-hs256'
}

/** Whether a scheme signs the URL or its path. */
export function signsUrl({ content }: Scheme): boolean {
  if (typeof content === 'string') return /\{(?:url|hubspot-url)\}/.test(content)
  return content.canonical === 'twilio' || content.canonical === 'contentful'
}

const MAX_SHOWN = 300

/** A text from the request, fit to be part of an explanation: one line, not endless, no secret in it. */
export function shown(text: string, { secrets, others }: Pick<Subject, 'secrets' | 'others'>): string {
  let clean = text.replace(/[^\x21-\x7e]/g, '?')
  for (const { value } of [...secrets, ...others]) if (value.length > 3) clean = clean.replaceAll(value, '…')
  return clean.length > MAX_SHOWN ? `${clean.slice(0, MAX_SHOWN)}…` : clean
}

/** The user's name for a secret, unless the secret itself was given for one. */
export function labelOf({ label, value }: KnownSecret): string {
  const bare = value.trim()
  return bare !== '' && label.includes(bare) ? 'the secret given' : label
}
