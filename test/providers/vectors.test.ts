import { describe, expect, test } from 'vitest'
import type { VerifyFailure } from '../../src/core/verdict.ts'
import { parseSignature } from '../../src/providers/engine/format.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { parseTimestamp } from '../../src/providers/engine/timestamp.ts'
import { withDefaultPort } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { RequestReader } from '../../src/providers/reader.ts'
import type { Scheme } from '../../src/providers/types.ts'
import type { SignatureVector } from './vectors.ts'
import { providerNamed, requestOf, SIGNATURE_VECTORS } from './vectors.ts'

/** What the vectors call a reason, in our codes. */
const CODES: Readonly<Record<string, VerifyFailure['code']>> = {
  'signature-mismatch': 'no-match',
  'missing-signature': 'header-missing',
  'token-mismatch': 'token-mismatch',
  'no-known-scheme': 'no-known-scheme',
}

function contextOf(vector: SignatureVector): Parameters<typeof verify>[3] {
  return {
    now: vector.now * 1000,
    publicUrl: vector.request.url,
    ...(vector.opts === undefined ? {} : { options: vector.opts }),
  }
}

describe('verify gives each vector its verdict', () => {
  test.for(SIGNATURE_VECTORS)('$provider $name', (vector) => {
    const verdict = verify(
      requestOf(vector),
      providerNamed(vector.provider),
      vector.secrets,
      contextOf(vector),
    )
    if (vector.expected === 'valid') expect(verdict).toMatchObject({ status: 'valid' })
    else if (vector.reason === 'timestamp-outside-tolerance')
      expect(verdict).toMatchObject({ status: 'stale' })
    else expect(verdict).toMatchObject({ status: 'invalid', reason: { code: CODES[vector.reason ?? ''] } })
  })
})

const SIGNED = SIGNATURE_VECTORS.filter(
  ({ expected, reason }) => expected === 'valid' || reason === 'timestamp-outside-tolerance',
)

describe('sign makes each signature again, byte for byte', () => {
  test.for(SIGNED)('$provider $name', (vector) => {
    const scheme = schemeUsed(vector)
    if (scheme.algorithm === 'ecdsa-p256-sha256' || scheme.algorithm.startsWith('rsa')) {
      signsAnew(vector, scheme)
      return
    }
    const draft: Draft = { ...requestOf(vector), url: signedUrlOf(vector) }
    const result = sign(draft, providerNamed(vector.provider), vector.signingKey ?? vector.secrets[0] ?? '', {
      now: timeOf(vector, scheme),
      scheme: scheme.name,
      options: vector.opts ?? {},
    })
    if ('failure' in result) throw new Error(JSON.stringify(result.failure))
    const { signed } = result
    if (ambiguous(vector)) {
      expect(signaturesOf(draft, scheme)).toContain(signaturesOf(signed, scheme)[0])
      return
    }
    expect(signed).toEqual({ ...draft, body: expect.any(Uint8Array) })
    expect(Buffer.from(signed.body).equals(draft.body)).toBe(true)
  })
})

/** Several signatures, or another version beside it: ours is one of them. */
function ambiguous(vector: SignatureVector): boolean {
  return /rotation|with-v0/.test(vector.name)
}

/** One published vector is signed with the port that its URL does not show. */
function signedUrlOf({ name, request }: SignatureVector): string {
  return name === 'published-json-empty' ? withDefaultPort(request.url) : request.url
}

function signaturesOf(request: Draft, scheme: Scheme): readonly string[] {
  const reader = new RequestReader({ ...request, target: '/' })
  const name = scheme.signature.slice(7).toLowerCase()
  const values = scheme.signature.startsWith('header:')
    ? [...reader.headerValues(name), ...reader.numberedHeaders(name.replace('*', ''))]
    : [reader.text(scheme.signature) ?? '']
  return values.flatMap((value) => parseSignature(value, scheme).signatures)
}

function schemeUsed(vector: SignatureVector): Scheme {
  const provider = providerNamed(vector.provider)
  for (const scheme of provider.schemes) {
    const alone = { ...provider, schemes: [scheme] }
    const { status } = verify(requestOf(vector), alone, vector.secrets, contextOf(vector))
    if (status === 'valid' || status === 'stale') return scheme
  }
  throw new Error(`no scheme of ${provider.id} verifies ${vector.name}`)
}

function timeOf(vector: SignatureVector, scheme: Scheme): number {
  const rule = scheme.timestamp
  if (rule === undefined) return vector.now * 1000
  const reader = new RequestReader(requestOf(vector))
  const value =
    rule.from === 'signature'
      ? parseSignature(reader.headerValues(scheme.signature.slice(7).toLowerCase())[0] ?? '', scheme).t
      : reader.text(rule.from)
  return parseTimestamp(value ?? '', rule.unit) ?? Number.NaN
}

/** Signatures that are random, or whose private key nobody has: a fresh one of ours must verify. */
function signsAnew(vector: SignatureVector, scheme: Scheme): void {
  if (vector.signingKey === undefined) return
  const provider = providerNamed(vector.provider)
  const draft: Draft = { ...requestOf(vector), url: vector.request.url }
  const result = sign(draft, provider, vector.signingKey, { now: vector.now * 1000, scheme: scheme.name })
  if ('failure' in result) throw new Error(JSON.stringify(result.failure))
  const verdict = verify(
    { ...requestOf(vector), ...result.signed },
    provider,
    vector.secrets,
    contextOf(vector),
  )
  expect(verdict.status).toBe('valid')
}
