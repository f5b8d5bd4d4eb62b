import type { Evidence, SignedPiece } from '../core/evidence.ts'
import type { ContentInput } from '../providers/engine/content-input.ts'
import { optionOf, urlsOf } from '../providers/engine/content-input.ts'
import type { SignatureSet } from '../providers/engine/format.ts'
import { findSignatures } from '../providers/engine/locate.ts'
import { parseTimestamp, skewOf } from '../providers/engine/timestamp.ts'
import type { VerifyContext } from '../providers/engine/verify.ts'
import { verify } from '../providers/engine/verify.ts'
import type { ProviderRequest } from '../providers/reader.ts'
import { isSource, parseSource, RequestReader } from '../providers/reader.ts'
import type { Provider, Scheme } from '../providers/types.ts'
import type { NamedSecret } from './secrets.ts'
import { maskSecret } from './secrets.ts'

const SIGNATURE_CHARS = 8
const MAX_VALUE_CHARS = 200

/** What can be seen of a signature: where it stands, what it covers, which secret makes it. */
export function evidenceOf(
  request: ProviderRequest,
  provider: Provider,
  secrets: readonly NamedSecret[],
  context: VerifyContext,
): Evidence {
  const reader = new RequestReader(request)
  const holds = (schemes: readonly Scheme[], values: readonly string[]): boolean => {
    const { status } = verify(request, { ...provider, schemes }, values, context)
    return status === 'valid' || status === 'stale'
  }
  const carried = provider.schemes.filter(
    (scheme) =>
      (scheme.when === undefined || reader.matches(scheme.when)) &&
      findSignatures(reader, scheme, optionOf(context.options ?? {}, 'publicKey')) !== undefined,
  )
  const values = secrets.map(({ value }) => value)
  const scheme = carried.find((one) => holds([one], values)) ?? carried[0]
  const judged = secrets.map(({ origin, value }) => ({
    origin,
    masked: maskSecret(value),
    fits: scheme !== undefined && holds([scheme], [value]),
  }))
  if (scheme === undefined) return { signed: [], secrets: judged }
  return { ...schemeEvidence(reader, scheme, context), secrets: judged }
}

function schemeEvidence(
  reader: RequestReader,
  scheme: Scheme,
  context: VerifyContext,
): Omit<Evidence, 'secrets'> {
  const units = findSignatures(reader, scheme, optionOf(context.options ?? {}, 'publicKey')) ?? []
  const set = units[0]?.sets[0]
  const timestamp = timestampOf(reader, scheme, set, context)
  const place =
    parseSource(scheme.signature).kind === 'header'
      ? scheme.signature.slice('header:'.length)
      : scheme.signature
  return {
    place,
    signature: shownSignature(reader, scheme, set),
    signed: piecesOf(reader, scheme, set, context),
    ...(timestamp !== undefined && { timestamp }),
  }
}

/** The value as it stands, each signature cut; of a token nothing, as it is the secret itself. */
function shownSignature(reader: RequestReader, scheme: Scheme, set: SignatureSet | undefined): string {
  const isSecret = scheme.algorithm === 'token' || scheme.algorithm === 'jwt-hs256'
  if (isSecret) return '…'
  const signatures = set?.signatures ?? []
  let value = reader.text(scheme.signature) ?? signatures[0] ?? ''
  if (signatures.length === 0)
    return value.length > SIGNATURE_CHARS ? `${value.slice(0, SIGNATURE_CHARS)}…` : value
  for (const signature of signatures.slice(0, 20)) {
    value = value.replaceAll(signature, () => `${signature.slice(0, SIGNATURE_CHARS)}…`)
  }
  return value.slice(0, MAX_VALUE_CHARS)
}

function timestampText(
  reader: RequestReader,
  { timestamp }: Scheme,
  set: SignatureSet | undefined,
): string | undefined {
  if (timestamp === undefined) return undefined
  return timestamp.from === 'signature' ? set?.t : reader.text(timestamp.from)
}

function timestampOf(
  reader: RequestReader,
  scheme: Scheme,
  set: SignatureSet | undefined,
  context: VerifyContext,
): Evidence['timestamp'] {
  const text = timestampText(reader, scheme, set)
  const unit = scheme.timestamp?.unit
  const at = text === undefined || unit === undefined ? undefined : parseTimestamp(text, unit)
  if (at === undefined || unit === undefined) return undefined
  const toleranceS = context.toleranceS ?? scheme.timestamp?.toleranceS
  return { at, skewMs: skewOf(at, context.now, unit), ...(toleranceS !== undefined && { toleranceS }) }
}

function piecesOf(
  reader: RequestReader,
  scheme: Scheme,
  set: SignatureSet | undefined,
  context: VerifyContext,
): SignedPiece[] {
  const { content } = scheme
  if (typeof content !== 'string') return [{ kind: 'canonical', form: content.canonical }]
  const input: ContentInput = {
    reader,
    scheme,
    options: context.options ?? {},
    publicUrl: context.publicUrl,
    t: timestampText(reader, scheme, set),
    id: scheme.id === undefined ? undefined : reader.bytes(scheme.id),
    names: undefined,
    item: undefined,
  }
  const pieces: SignedPiece[] = []
  for (const [index, piece] of content.split(/\{([^{}]*)\}/).entries()) {
    // `split` with a group puts the placeholders at the odd places.
    const next: SignedPiece = index % 2 === 0 ? { kind: 'text', text: piece } : pieceOf(piece, input)
    const last = pieces.at(-1)
    if (next.kind === 'text' && last?.kind === 'text')
      pieces[pieces.length - 1] = { kind: 'text', text: last.text + next.text }
    else if (next.kind !== 'text' || next.text !== '') pieces.push(next)
  }
  return pieces
}

function pieceOf(name: string, input: ContentInput): SignedPiece {
  const { reader, options, t, id } = input
  const text = (value: string | undefined): SignedPiece =>
    value === undefined ? { kind: 'absent', name } : { kind: 'text', text: value.slice(0, MAX_VALUE_CHARS) }
  switch (name) {
    case 'body':
      return { kind: 'body', bytes: reader.request.body.byteLength }
    case 'secret':
      return { kind: 'secret' }
    case 't':
      return text(t)
    case 'id':
      return text(id?.toString('latin1'))
    case 'method':
      return text(reader.request.method)
    case 'url':
    case 'hubspot-url':
      return text(urlsOf(input)[0])
    default:
      if (isSource(name)) return text(reader.text(name))
      return name.startsWith('option:')
        ? text(optionOf(options, name.slice('option:'.length)))
        : { kind: 'canonical', form: name }
  }
}
