import { AppError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { ProviderId, VerifyFailure } from '../core/verdict.ts'
import type { Draft } from '../providers/engine/place.ts'
import { placed } from '../providers/engine/place.ts'
import { findSignatures } from '../providers/engine/locate.ts'
import type { SignResult } from '../providers/engine/sign.ts'
import { sign } from '../providers/engine/sign.ts'
import { targetOf } from '../providers/engine/url.ts'
import { RequestReader } from '../providers/reader.ts'
import { placeholderFiller } from '../providers/samples/placeholders.ts'
import type { Provider } from '../providers/types.ts'
import type { Catalog } from './catalog.ts'
import { evidenceOf } from './evidence.ts'
import type { SecretBook } from './secrets.ts'

export interface ResignOptions {
  readonly catalog: Catalog
  readonly secrets: SecretBook
  /** What schemes need beside the secret. */
  readonly options: Readonly<Record<string, string>>
  /** Whose signature it gets, whoever sent it; absent: that of its own provider. */
  readonly as?: Provider
  /** The URL that the application believes to be called by, for schemes that sign it. */
  readonly publicUrl?: string
  /** `keep`: the time that the request carries; a number: so many milliseconds from now. */
  readonly timestamp: 'keep' | number
  readonly newId: boolean
  readonly random: Random
}

/** What became of a request's signature. */
export type Resigned =
  | { readonly draft: Draft; readonly provider: ProviderId }
  | { readonly skipped: 'no-provider' | 'no-secret' | 'not-signed'; readonly provider?: ProviderId }

/**
 * Signs a request anew as its provider would. Nothing but the signature, its time and, if asked for, its id changes.
 * @throws AppError `cannot-sign`: the key is of another form, or an option is missing
 */
export function resign(
  draft: Draft,
  providerId: ProviderId | undefined,
  options: ResignOptions,
  now: number,
): Resigned {
  const { as, catalog, secrets, random } = options
  const provider = as ?? (providerId === undefined ? undefined : catalog.find(providerId))
  if (provider === undefined) return { skipped: 'no-provider' }
  if (provider.schemes.length === 0) return { skipped: 'not-signed', provider: provider.id }
  const known = secrets.of(provider.id)
  if (known.length === 0) return { skipped: 'no-secret', provider: provider.id }

  const renewed = options.newId ? withNewId(draft, provider, random) : draft
  const context = {
    now: timeOf(draft, provider, options, now),
    id: placeholderFiller({ random, now })('msg_{id:27}'),
    options: options.options,
  }
  const from = { ...renewed, url: signedUrl(draft.url, options.publicUrl) }
  let failure: VerifyFailure = { code: 'secret-malformed' }
  for (const { value } of fittingFirst(draft, provider, options, now)) {
    const result = signAsCarried(from, provider, value, context)
    if ('signed' in result)
      return { draft: backAt(draft.url, from.url, result.signed), provider: provider.id }
    failure = result.failure
    if (failure.code !== 'secret-malformed') break
  }
  throw new AppError('cannot-sign', { provider: provider.id, failure })
}

/** In the scheme that the request carries; one that the key does not fit, or none, leaves the provider's choice. */
function signAsCarried(
  draft: Draft,
  provider: Provider,
  key: string,
  context: Parameters<typeof sign>[3],
): SignResult {
  const reader = readerOf(draft)
  const carried = provider.schemes.filter(
    (scheme) =>
      (scheme.when === undefined || reader.matches(scheme.when)) &&
      findSignatures(reader, scheme, undefined) !== undefined,
  )
  const result =
    carried.length === 0 ? undefined : sign(draft, { ...provider, schemes: carried }, key, context)
  if (result !== undefined && ('signed' in result || result.failure.code !== 'secret-malformed'))
    return result
  return sign(draft, provider, key, context)
}

/** Of several secrets the one that made the signature it has comes first. */
function fittingFirst(
  draft: Draft,
  provider: Provider,
  { secrets, options, publicUrl }: ResignOptions,
  now: number,
): readonly { readonly value: string }[] {
  const known = secrets.of(provider.id)
  if (known.length < 2) return known
  const context = { now, options, ...(publicUrl !== undefined && { publicUrl }) }
  const judged = evidenceOf(readerOf(draft).request, provider, known, context).secrets
  return known.toSorted((a, b) => Number(fits(b)) - Number(fits(a)))

  function fits(secret: (typeof known)[number]): boolean {
    return judged[known.indexOf(secret)]?.fits === true
  }
}

function timeOf(draft: Draft, provider: Provider, { timestamp }: ResignOptions, now: number): number {
  if (timestamp !== 'keep') return now + timestamp
  return evidenceOf(readerOf(draft).request, provider, [], { now }).timestamp?.at ?? now
}

/** What is signed where the application stands behind another address than the one we send to. */
function signedUrl(url: string, publicUrl: string | undefined): string {
  if (publicUrl === undefined) return url
  const base = publicUrl.replace(/[?#].*$/s, '').replace(/\/$/, '')
  const target = targetOf(url)
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(base)?.[0] ?? ''
  const prefix = base.slice(origin.length)
  return target.startsWith(`${prefix}/`) || target.split('?')[0] === prefix ? origin + target : base + target
}

/** Signing may have put something into the query (Twilio's hash of the body): it goes where we send. */
function backAt(url: string, signedFrom: string, signed: Draft): Draft {
  if (signed.url === signedFrom) return { ...signed, url }
  const query = signed.url.indexOf('?')
  return { ...signed, url: url.replace(/[?].*$/s, '') + (query === -1 ? '' : signed.url.slice(query)) }
}

/** Another id of the same look, wherever the provider puts its own. */
function withNewId(draft: Draft, provider: Provider, random: Random): Draft {
  const reader = readerOf(draft)
  const places = [...provider.schemes.map(({ id }) => id), ...(provider.delivery ?? []).flat()]
  const place = places.find((source) => source !== undefined && reader.text(source) !== undefined)
  const id = place === undefined ? undefined : reader.text(place)
  if (place === undefined || id === undefined) return draft
  return placed(draft, place, freshId(id, random)) ?? draft
}

/** Random letters and digits for letters and digits; what stands before the last `_` says what kind of id it is. */
function freshId(id: string, random: Random): string {
  const start = id.lastIndexOf('_') + 1
  const bytes = random(id.length)
  const isHex = /^[0-9a-f-]+$/.test(id.slice(start))
  const fresh = Array.from(id.slice(start), (char, index) => {
    const byte = bytes[index] ?? 0
    if (isHex && char !== '-') return (byte % 16).toString(16)
    if (/[0-9]/.test(char)) return String(byte % 10)
    if (/[a-z]/.test(char)) return String.fromCharCode(97 + (byte % 26))
    return /[A-Z]/.test(char) ? String.fromCharCode(65 + (byte % 26)) : char
  })
  return id.slice(0, start) + fresh.join('')
}

function readerOf({ method, url, headers, body }: Draft): RequestReader {
  return new RequestReader({ method, target: targetOf(url), headers, body })
}
