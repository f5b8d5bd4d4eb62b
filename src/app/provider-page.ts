import type { ProviderPage, ProviderRow, SchemeFacts } from '../core/provider-page.ts'
import { sampleEvents } from '../providers/samples/index.ts'
import type { KeyRule, Provider, Scheme, SecretForm } from '../providers/types.ts'

export function rowOf(provider: Provider): ProviderRow {
  const [first] = provider.schemes
  const windowS = provider.schemes.find(({ timestamp }) => timestamp?.toleranceS !== undefined)?.timestamp
    ?.toleranceS
  return {
    id: provider.id,
    name: provider.name,
    scheme:
      first === undefined
        ? ''
        : first.encoding === 'raw'
          ? first.algorithm
          : `${first.algorithm} ${first.encoding}`,
    secret: first === undefined ? '' : secretForm(provider.secret),
    handshakes: (provider.handshakes ?? []).map(({ name }) => name),
    samples: sampleEvents(provider.id).length,
    sure: provider.confidence.signature,
    ...(windowS !== undefined && { windowS }),
  }
}

export function pageOf(provider: Provider): ProviderPage {
  const { docs, respond, retry, secret } = provider
  return {
    ...rowOf(provider),
    secret: secret?.hint ?? '',
    aliases: provider.aliases ?? [],
    schemes: provider.schemes.map(schemeFacts),
    options: provider.options ?? [],
    quirks: provider.quirks ?? [],
    laxer: (provider.laxer ?? []).map(({ sdk, note }) => ({ sdk, note })),
    events: sampleEvents(provider.id),
    confidence: provider.confidence,
    ...(docs !== undefined && { docs }),
    ...(secret !== undefined && { env: secret.env }),
    ...(respond !== undefined && { ack: respond }),
    ...(retry !== undefined && { retry }),
  }
}

function schemeFacts(scheme: Scheme): SchemeFacts {
  const { content, timestamp } = scheme
  return {
    name: scheme.name,
    algorithm: scheme.algorithm,
    encoding: scheme.encoding,
    place: placeOf(scheme.signature),
    format: scheme.format ?? '{sig}',
    content: typeof content === 'string' ? content : `(${content.canonical})`,
    key: keyWords(scheme.key),
    ...(scheme.id !== undefined && { id: placeOf(scheme.id) }),
    ...(timestamp !== undefined && {
      timestamp: {
        place: timestamp.from === 'signature' ? 'in the signature' : placeOf(timestamp.from),
        unit: timestamp.unit,
        ...(timestamp.toleranceS !== undefined && { toleranceS: timestamp.toleranceS }),
      },
    }),
  }
}

function placeOf(source: string): string {
  return source.startsWith('header:') ? source.slice('header:'.length) : source
}

function keyWords(key: KeyRule | undefined): string {
  if (key === undefined) return 'as it stands'
  const prefix = key.prefix === undefined ? '' : ` behind ${key.prefix}`
  switch (key.form) {
    case 'utf8':
      return prefix === '' ? 'as it stands' : `the text${prefix}`
    case 'sha1':
      return 'its SHA-1'
    case 'spki':
      return 'a public key, base64 DER'
    case 'certificate':
      return 'a PEM certificate or public key'
    default:
      return `${key.form}${prefix}`
  }
}

function secretForm(secret: SecretForm | undefined): string {
  if (secret === undefined) return 'text'
  const { make } = secret
  const prefix = 'prefix' in make ? (make.prefix ?? '') : ''
  switch (make.kind) {
    case 'ed25519-hex':
    case 'ed25519-base64':
    case 'p256-spki':
      return 'public key'
    case 'rsa-pem':
      return 'certificate'
    default:
      return prefix === '' ? make.kind : `${prefix}…`
  }
}
