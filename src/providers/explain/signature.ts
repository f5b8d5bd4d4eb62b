import { parseSource } from '../reader.ts'
import type { Algorithm, Encoding, Scheme } from '../types.ts'
import type { Attempt, Subject } from './subject.ts'
import { isShared, isSigned, shown, withHeaderOf, withScheme } from './subject.ts'
import type { Cause } from './types.ts'

const ENCODINGS = ['hex', 'base64', 'base64url'] as const satisfies readonly Encoding[]
const ALGORITHMS = [
  'hmac-sha256',
  'hmac-sha1',
  'hmac-sha512',
  'sha256',
] as const satisfies readonly Algorithm[]

/** The signature written or made in another way: first one difference, then several that often come together. */
export function* signatureWriting(subject: Subject): Generator<Attempt> {
  for (const scheme of subject.schemes.filter(isSigned)) {
    for (const differences of [oneDifference, severalDifferences]) {
      for (const [other, cause] of differences(scheme)) {
        yield { cause, provider: withScheme(subject.provider, other) }
      }
    }
  }
}

type Variant = readonly [Scheme, Cause]

function* oneDifference(scheme: Scheme): Generator<Variant> {
  const { encoding: expected } = scheme
  for (const encoding of ENCODINGS) {
    if (encoding !== expected)
      yield [
        { ...scheme, encoding },
        { code: 'signature-encoding', data: { encoding, expected } },
      ]
  }
  for (const format of otherFormats(scheme)) {
    yield [
      { ...scheme, format },
      { code: 'signature-format', data: { format, expected: scheme.format ?? '{sig}' } },
    ]
  }
  for (const algorithm of otherAlgorithms(scheme)) yield ofAlgorithm(scheme, algorithm, scheme)
}

function* severalDifferences(scheme: Scheme): Generator<Variant> {
  for (const algorithm of otherAlgorithms(scheme)) {
    for (const format of [scheme.format, ...otherFormats(scheme)]) {
      for (const encoding of ENCODINGS) {
        yield ofAlgorithm(scheme, algorithm, {
          ...scheme,
          encoding,
          ...(format === undefined ? {} : { format }),
        })
      }
    }
  }
  for (const format of otherFormats(scheme)) {
    for (const encoding of ENCODINGS) {
      if (encoding === scheme.encoding) continue
      yield [
        { ...scheme, format, encoding },
        { code: 'signature-encoding', data: { encoding, expected: scheme.encoding } },
      ]
    }
  }
}

function ofAlgorithm(scheme: Scheme, algorithm: Algorithm, written: Scheme): Variant {
  // A plain digest covers the secret where the key was, in front.
  const content =
    algorithm === 'sha256' && typeof scheme.content === 'string'
      ? `{secret}${scheme.content}`
      : scheme.content
  return [
    { ...written, algorithm, content },
    { code: 'signature-algorithm', data: { algorithm, expected: scheme.algorithm } },
  ]
}

function otherAlgorithms(scheme: Scheme): Algorithm[] {
  return isShared(scheme) ? ALGORITHMS.filter((algorithm) => algorithm !== scheme.algorithm) : []
}

const FORMATS = ['{sig}', 'sha256={sig}', 'sha1={sig}', 'sha512={sig}', 'v1={sig}', 'v1,{sig}'] as const

/** What else may stand before a signature. Lists keep their form: there, other labels are other versions. */
function otherFormats({ format = '{sig}', separator }: Scheme): string[] {
  return separator === undefined ? FORMATS.filter((other) => other !== format) : []
}

// Shorter is no signature: base64 of a SHA-1 has 28 characters.
const LIKE_A_SIGNATURE = /^(?:[A-Za-z0-9]{1,10}[=,:])?[A-Za-z0-9+/_-]{26,512}={0,2}$/
const MAX_HEADERS = 40

/** As long as a digest, and none: a form's type, words of every client, what proxies add to find a request again. */
const NEVER_SIGNATURES: ReadonlySet<string> = new Set([
  'content-type',
  'cookie',
  'traceparent',
  'user-agent',
  'x-amzn-trace-id',
  'x-correlation-id',
  'x-request-id',
])

/** Headers whose value looks like a signature. Names that no header can have are left out. */
export function signatureLike({ request }: Pick<Subject, 'request'>): (readonly [string, string])[] {
  return request.headers.filter(
    ([name, value]) =>
      /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) &&
      !NEVER_SIGNATURES.has(name.toLowerCase()) &&
      value.split(/[,; ]\s*/, 4).some(isLikeSignature),
  )
}

function isLikeSignature(item: string): boolean {
  return LIKE_A_SIGNATURE.test(item)
}

/** The signature under another header's name: a proxy renamed it, or the sender did. */
export function* otherHeader(subject: Subject): Generator<Attempt> {
  const { request, provider } = subject
  for (const scheme of provider.schemes.filter(isSigned)) {
    const source = parseSource(scheme.signature)
    if (source.kind !== 'header') continue
    const expected = scheme.signature.slice('header:'.length)
    const target = expected.replace('*', '1')
    for (const [name, value] of signatureLike(subject).slice(0, MAX_HEADERS)) {
      if (name.toLowerCase() === target.toLowerCase()) continue
      yield {
        cause: { code: 'other-header', data: { header: shown(name, subject), expected } },
        provider: withScheme(provider, scheme),
        request: withHeaderOf(request, target, value),
      }
    }
  }
}
