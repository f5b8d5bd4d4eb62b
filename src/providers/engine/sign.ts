import { createHash } from 'node:crypto'
import type { VerifyFailure } from '../../core/verdict.ts'
import type { ProviderRequest } from '../reader.ts'
import { isFormRequest, isSource, parseSource, pick, RequestReader } from '../reader.ts'
import type { Provider, Scheme } from '../types.ts'
import type { ContentInput } from './content-input.ts'
import { optionOf } from './content-input.ts'
import { contentsOf } from './content.ts'
import { encodeSignature } from './encoding.ts'
import { formatSignature } from './format.ts'
import { createJwt } from './jwt.ts'
import { sharedKey } from './keys.ts'
import { macWith } from './mac.ts'
import type { Draft } from './place.ts'
import { placed } from './place.ts'
import { formatTimestamp } from './timestamp.ts'
import { targetOf } from './url.ts'

export interface SignContext {
  /** Epoch milliseconds, for the timestamp. */
  readonly now: number
  /** The delivery's id, where the scheme signs one and the draft does not carry it yet. */
  readonly id?: string
  /** One scheme of the provider by name; otherwise the first that the key fits. */
  readonly scheme?: string
  readonly options?: Readonly<Record<string, string>>
}

export type SignResult =
  | { readonly signed: Draft; readonly scheme: Scheme }
  | { readonly failure: VerifyFailure }

/**
 * Signs a request as the provider would: with the time given, in place of any signature that it carries.
 * A failure says what is missing: the key is of another form, an option was not given, an id.
 */
export function sign(draft: Draft, provider: Provider, signingKey: string, context: SignContext): SignResult {
  let failure: VerifyFailure = { code: 'secret-malformed' }
  for (const scheme of schemesToTry(draft, provider, context)) {
    const result = signWith(draft, scheme, signingKey, context)
    if ('failure' in result) {
      failure = result.failure
      if (failure.code === 'secret-malformed') continue
      return result
    }
    return { signed: withCompanions(result.signed, provider, scheme, signingKey, context), scheme }
  }
  return { failure }
}

/** Schemes whose place the body has come first: Adyen's, in the items or in a header. */
function schemesToTry(draft: Draft, provider: Provider, context: SignContext): readonly Scheme[] {
  if (context.scheme !== undefined) return provider.schemes.filter(({ name }) => name === context.scheme)
  const reader = new RequestReader(requestOf(draft))
  const isPossible = (scheme: Scheme): boolean => {
    const source = parseSource(scheme.signature)
    if (source.kind !== 'json' || !source.path.includes('*')) return true
    return pick(reader.json(), source.path.slice(0, source.path.indexOf('*') + 1)).some(Boolean)
  }
  return provider.schemes.filter(isPossible)
}

function signWith(draft: Draft, scheme: Scheme, signingKey: string, context: SignContext): SignResult {
  const prepared = prepare(draft, scheme, context)
  if ('failure' in prepared) return prepared
  const { draft: ready, t } = prepared
  const token = tokenOf(scheme, signingKey, context.now)
  if (token !== undefined) {
    return token === null ? fail('secret-malformed') : place(ready, scheme, token, t, context)
  }
  const source = parseSource(scheme.signature)
  if (source.kind === 'json' && source.path.includes('*'))
    return signItems(ready, scheme, signingKey, context)
  const signature = signatureOver(ready, scheme, signingKey, context, t, undefined)
  return 'failure' in signature ? signature : place(ready, scheme, signature.text, t, context)
}

/** Puts in what is signed along: the time, the id, the fields that choose the scheme, the hash of the body. */
function prepare(
  draft: Draft,
  scheme: Scheme,
  context: SignContext,
): { readonly draft: Draft; readonly t: string | undefined } | { readonly failure: VerifyFailure } {
  const rule = scheme.timestamp
  const t = rule === undefined ? undefined : formatTimestamp(context.now, rule.unit)
  let ready: Draft | undefined = draft
  for (const [source, value] of Object.entries(scheme.when ?? {})) {
    if (typeof value === 'string' && isSource(source)) ready = ready && placed(ready, source, value)
  }
  if (rule !== undefined && rule.from !== 'signature' && t !== undefined) {
    // Milliseconds in JSON are a number (Linear), seconds a text (Mailgun), unless the body shows otherwise.
    ready = ready && placed(ready, rule.from, rule.unit === 'ms' ? Number(t) : t)
  }
  if (scheme.id !== undefined && ready !== undefined) {
    const id = new RequestReader(requestOf(ready)).text(scheme.id) ?? context.id
    if (id === undefined || id === '') return fail('id-missing', scheme.id)
    ready = placed(ready, scheme.id, id)
  }
  if (ready === undefined) return fail('body-malformed')
  return { draft: withBodyHash(ready, scheme), t }
}

/** Twilio binds a body that is no form by its hash in the URL. */
function withBodyHash(draft: Draft, scheme: Scheme): Draft {
  if (typeof scheme.content === 'string' || scheme.content.canonical !== 'twilio') return draft
  const reader = new RequestReader(requestOf(draft))
  if (draft.body.byteLength === 0 || isFormRequest(reader)) return draft
  return placed(draft, 'query:bodySHA256', createHash('sha256').update(draft.body).digest('hex')) ?? draft
}

/** Each item of the body gets its own signature. */
function signItems(draft: Draft, scheme: Scheme, signingKey: string, context: SignContext): SignResult {
  const source = parseSource(scheme.signature)
  const path = source.kind === 'json' ? source.path : []
  const star = path.indexOf('*')
  const items = pick(new RequestReader(requestOf(draft)).json(), path.slice(0, star + 1))
  let signed = draft
  for (const [index, item] of items.entries()) {
    const signature = signatureOver(draft, scheme, signingKey, context, undefined, item)
    if ('failure' in signature) return signature
    const own = `json:${path.with(star, String(index)).join('.')}` as const
    const next = placed(signed, own, signature.text)
    if (next === undefined) return fail('body-malformed', own)
    signed = next
  }
  return { signed, scheme }
}

function signatureOver(
  draft: Draft,
  scheme: Scheme,
  signingKey: string,
  context: SignContext,
  t: string | undefined,
  item: unknown,
): { readonly text: string } | { readonly failure: VerifyFailure } {
  const reader = new RequestReader(requestOf(draft))
  const input: ContentInput = {
    reader,
    scheme,
    options: context.options ?? {},
    publicUrl: draft.url,
    t,
    id: scheme.id === undefined ? undefined : reader.bytes(scheme.id),
    names: signedNames(scheme, reader),
    item,
  }
  const found = contentsOf(input)
  if ('failure' in found) return found
  const [content] = found.contents
  const mac = content === undefined ? undefined : macWith(signingKey, scheme, content)
  return mac === undefined ? fail('secret-malformed') : { text: encodeSignature(mac, scheme.encoding) }
}

function place(
  draft: Draft,
  scheme: Scheme,
  sig: string,
  t: string | undefined,
  context: SignContext,
): SignResult {
  const names = signedNames(scheme, new RequestReader(requestOf(draft))) ?? ''
  const keyId = optionOf(context.options ?? {}, 'publicKey')
  if (keyId === undefined && scheme.format?.includes('{keyId}') === true)
    return fail('option-missing', 'publicKey')
  const value = formatSignature(scheme, { sig, t: t ?? '', names, keyId: keyId ?? '' })
  const signed = placed(draft, scheme.signature, value)
  return signed === undefined ? fail('body-malformed', scheme.signature) : { signed, scheme }
}

/** Which headers a scheme that signs some shall sign: those it lists itself, or the content type. */
function signedNames(scheme: Scheme, reader: RequestReader): string | undefined {
  if (scheme.signedHeaders !== undefined) return reader.text(scheme.signedHeaders)
  if (scheme.format?.includes('{names}') !== true) return undefined
  return reader.headerValues('content-type').length > 0 ? 'content-type' : ''
}

/** The token to send; null where the secret is none of this scheme; undefined where the scheme signs instead. */
function tokenOf(scheme: Scheme, secret: string, now: number): string | null | undefined {
  if (scheme.algorithm !== 'token' && scheme.algorithm !== 'jwt-hs256') return undefined
  const key = sharedKey(secret, scheme)
  if (key === undefined) return null
  return scheme.algorithm === 'jwt-hs256' ? createJwt(key, now) : encodeSignature(key, scheme.encoding)
}

function withCompanions(
  draft: Draft,
  provider: Provider,
  main: Scheme,
  signingKey: string,
  context: SignContext,
): Draft {
  let signed = draft
  for (const scheme of provider.schemes) {
    if (scheme.companion !== true || scheme === main || context.scheme !== undefined) continue
    const result = signWith(signed, scheme, signingKey, context)
    if ('signed' in result) signed = result.signed
  }
  return signed
}

function requestOf(draft: Draft): ProviderRequest {
  return { method: draft.method, target: targetOf(draft.url), headers: draft.headers, body: draft.body }
}

function fail(code: VerifyFailure['code'], subject?: string): { readonly failure: VerifyFailure } {
  return { failure: { code, ...(subject === undefined ? {} : { subject }) } }
}
