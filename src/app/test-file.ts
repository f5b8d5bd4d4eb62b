import { copyTarget } from '../core/content/copy-target.ts'
import { fetchHeaders } from '../core/content/fetch.ts'
import type { Piece, Resigning, TestHeader, Validity } from '../core/content/vitest-file.ts'
import { toVitestFile } from '../core/content/vitest-file.ts'
import { wasAccepted } from '../core/delivery.ts'
import { destinationUrl } from '../core/destination.ts'
import type { StoredRequest } from '../core/query.ts'
import { formatSignature } from '../providers/engine/format.ts'
import { findSignatures } from '../providers/engine/locate.ts'
import { RequestReader } from '../providers/reader.ts'
import type { Provider, Scheme } from '../providers/types.ts'

/** A test file with the request as its fixture, whose signature is right on the day it runs. */
export function testFileOf(
  stored: StoredRequest,
  provider: Provider | undefined,
  to: string | undefined,
): string {
  const { request, identity } = stored
  const { origin, target } = copyTarget(request, to)
  const scheme = provider === undefined ? undefined : carriedScheme(stored, provider)
  const validity = validityOf(stored, provider, scheme)
  const answer = stored.deliveries.findLast(({ outcome }) => wasAccepted(outcome))?.outcome
  return toVitestFile({
    request: { ...request, target: destinationUrl(`${origin}/`, target).slice(origin.length) },
    headers: fetchHeaders(request.headers).map((header) => computed(header, provider, scheme, validity)),
    validity,
    origin,
    title: [`${request.id}:`, printable(identity.provider ?? request.method), printable(identity.event ?? '')]
      .filter((part) => part !== '')
      .join(' '),
    ...(answer?.kind === 'response' && { status: answer.status }),
  })
}

/** It stands in a comment and in a test's name; a stranger may have written it. */
function printable(text: string): string {
  return text.replaceAll(/[^\w.:/-]/g, '?').slice(0, 80)
}

/** The first way of signing that the request shows. */
function carriedScheme(stored: StoredRequest, provider: Provider): Scheme | undefined {
  const reader = new RequestReader(stored.request)
  return provider.schemes.find(
    (scheme) =>
      (scheme.when === undefined || reader.matches(scheme.when)) &&
      findSignatures(reader, scheme, undefined)?.some(({ sets }) =>
        sets.some(({ signatures }) => signatures.length > 0),
      ) === true,
  )
}

function validityOf(
  stored: StoredRequest,
  provider: Provider | undefined,
  scheme: Scheme | undefined,
): Validity {
  if (provider === undefined || scheme?.timestamp?.toleranceS === undefined) return { kind: 'lasting' }
  const how = resigningOf(stored, scheme)
  return how === undefined ? { kind: 'frozen' } : { kind: 'resigned', secretEnv: secretEnvOf(provider), how }
}

function secretEnvOf({ id, secret }: Provider): string {
  return secret?.env ?? `${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_WEBHOOK_SECRET`
}

const HASHES: Readonly<Partial<Record<Scheme['algorithm'], Resigning['hash']>>> = {
  'hmac-sha1': 'sha1',
  'hmac-sha256': 'sha256',
  'hmac-sha512': 'sha512',
}

/** How to sign anew with a few lines; undefined where the scheme is more than an HMAC over text, time and body. */
function resigningOf(stored: StoredRequest, scheme: Scheme): Resigning | undefined {
  const { algorithm, encoding, key = { form: 'utf8' }, signature, timestamp } = scheme
  const hash = HASHES[algorithm]
  const { form } = key
  const isKeyPlain = (form === 'utf8' || form === 'base64' || form === 'hex') && (key.bare ?? form) === form
  const isTimePlain = timestamp?.from === 'signature' || timestamp?.from.startsWith('header:') === true
  const content = contentPieces(stored, scheme)
  if (hash === undefined || encoding === 'raw' || !isKeyPlain || !isTimePlain || content === undefined)
    return undefined
  if (!signature.startsWith('header:') || signature.endsWith('*')) return undefined
  return {
    hash,
    encoding,
    key: { form, ...(key.prefix !== undefined && { prefix: key.prefix }) },
    unit: timestamp.unit,
    content,
  }
}

function contentPieces({ request }: StoredRequest, { content, id }: Scheme): Piece[] | undefined {
  if (typeof content !== 'string') return undefined
  const reader = new RequestReader(request)
  const pieces: Piece[] = []
  // `split` with a group puts the placeholders at the odd places.
  for (const [index, part] of content.split(/\{([^{}]*)\}/).entries()) {
    const piece = index % 2 === 0 ? { text: part } : placeholder(part)
    if (piece === undefined) return undefined
    if (typeof piece === 'string' || !('text' in piece) || piece.text !== '') pieces.push(piece)
  }
  return pieces

  function placeholder(name: string): Piece | undefined {
    if (name === 't' || name === 'body') return name
    if (name === 'method') return { text: request.method }
    const text = name === 'id' && id !== undefined ? reader.text(id) : undefined
    return text === undefined ? undefined : { text }
  }
}

/** Headers that the test makes anew: the signature, the time, and the secret where that is what is sent. */
function computed(
  [name, value]: readonly [string, string],
  provider: Provider | undefined,
  scheme: Scheme | undefined,
  validity: Validity,
): TestHeader {
  const source = `header:${name.toLowerCase()}`
  if (provider === undefined || scheme === undefined) return [name, value]
  const isSignature = scheme.signature.toLowerCase() === source
  if (isSignature && scheme.algorithm === 'token') {
    const secret = secretEnvOf(provider)
    const encoding = scheme.encoding === 'base64' ? 'base64' : 'utf8'
    return [name, piecesOf(scheme, { secret, encoding })]
  }
  if (validity.kind !== 'resigned') return [name, value]
  if (isSignature) return [name, piecesOf(scheme, 'sig')]
  const { timestamp } = scheme
  return timestamp !== undefined && timestamp.from.toLowerCase() === source ? [name, ['t']] : [name, value]
}

/** The scheme's form of a signature, cut where time and signature go. */
function piecesOf(scheme: Scheme, sig: Piece): Piece[] {
  return formatSignature(scheme, { sig: '\0sig\0', t: '\0t\0' })
    .split('\0')
    .flatMap((part): Piece[] =>
      part === 'sig' ? [sig] : part === 't' ? ['t'] : part === '' ? [] : [{ text: part }],
    )
}
