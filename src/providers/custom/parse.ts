import { AppError } from '../../core/errors.ts'
import { placeholdersOf, unknownPlaceholders } from '../engine/content.ts'
import type { Provider, Scheme, SecretRecipe, Selector } from '../types.ts'
import type { Shape } from './shape.ts'
import { condition, headerName, headerText, source } from './fields.ts'
import { handshakeShape } from './handshake-shape.ts'
import {
  dictionary,
  either,
  list,
  object,
  oneOf,
  positive,
  ShapeError,
  text,
  UNSAFE_KEY,
  yes,
} from './shape.ts'

/**
 * A provider of the user's own, from JSON in the shape of `Provider`. `source` names where it came from.
 * @throws AppError `bad-provider` for anything that is unknown, unsafe, or could never verify
 */
export function parseProvider(json: unknown, source: string): Provider {
  try {
    const read = providerShape(json, '')
    const { confidence, event, delivery, ...rest } = read
    return {
      ...rest,
      name: read.name ?? read.id,
      detect: read.detect ?? [],
      schemes: read.schemes.map(checkedScheme),
      ...(event === undefined ? {} : { event }),
      ...(delivery === undefined ? {} : { delivery }),
      // The user's own word for all of it.
      confidence: confidence ?? { signature: 'verified', events: 'verified', delivery: 'verified' },
    }
  } catch (error) {
    if (error instanceof ShapeError) throw new AppError('bad-provider', { source, problem: error.message })
    throw error
  }
}

const ALGORITHMS = [
  'hmac-sha256',
  'hmac-sha1',
  'hmac-sha512',
  'sha256',
  'ed25519',
  'ecdsa-p256-sha256',
  'rsa-sha1',
  'rsa-sha256',
  'token',
  'jwt-hs256',
] as const
const KEY_FORMS = ['utf8', 'base64', 'hex', 'sha1', 'spki', 'certificate'] as const

const selector: Shape<Selector> = either(list(source), source, Array.isArray)
const selectors: Shape<readonly Selector[]> = (value, path) =>
  Array.isArray(value) ? list(selector)(value, path) : [source(value, path)]

const schemeShape = object(
  {
    algorithm: oneOf(ALGORITHMS),
    signature: source,
  },
  {
    name: text(/^[\w.-]+$/, 'letters and digits'),
    encoding: oneOf(['hex', 'base64', 'base64url', 'raw']),
    format: text(),
    separator: text(/^.$/, 'one character'),
    single: yes,
    when: condition,
    key: object(
      { form: oneOf(KEY_FORMS) },
      {
        prefix: text(),
        signingPrefix: text(),
        bare: oneOf([...KEY_FORMS, 'refuse']),
        notPrefixes: list(text()),
      },
    ),
    id: source,
    timestamp: object(
      {
        from: either(oneOf(['signature']), source, (value) => value === 'signature'),
        unit: oneOf(['s', 'ms', 'iso']),
      },
      { toleranceS: positive },
    ),
    content: text(),
    signedHeaders: source,
    also: oneOf(['reserialised-json', 'trailing-newline', 'default-port']),
    alternative: yes,
    companion: yes,
  },
)

const recipe: Shape<SecretRecipe> = (value, path) => {
  const sized = object({ kind: oneOf(['base64', 'hex']), bytes: positive }, { prefix: text() })
  const lettered = object({ kind: oneOf(['alphanumeric']), length: positive }, { prefix: text() })
  const fixed = object({ kind: oneOf(['uuid', 'ed25519-hex', 'ed25519-base64', 'p256-spki', 'rsa-pem']) }, {})
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (kind === 'base64' || kind === 'hex') return sized(value, path)
  return kind === 'alphanumeric' ? lettered(value, path) : fixed(value, path)
}

const confidence = oneOf(['verified', 'secondary', 'recalled'])

const providerShape = object(
  {
    id: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens'),
    schemes: list(schemeShape),
  },
  {
    name: text(),
    aliases: list(text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens')),
    docs: text(/^https?:\/\//, 'a URL'),
    detect: list(object({}, { header: headerName, prefix: text(), where: condition, shared: yes })),
    event: selectors,
    delivery: selectors,
    respond: object(
      { codes: text(/^(?:\d{3}|2xx)(?:,(?:\d{3}|2xx))*$/, '2xx or a list of status codes') },
      { deadlineMs: positive, body: text(), note: text() },
    ),
    retry: object({ delaysS: list(positive) }, { note: text() }),
    send: object(
      {},
      {
        userAgent: headerText,
        contentType: headerText,
        headers: dictionary(headerName, headerText),
        json: dictionary(text(/^[^.]+(?:\.[^.]+)*$/, 'a path'), text()),
      },
    ),
    handshakes: list(handshakeShape),
    secret: object(
      { env: text(/^[A-Z][A-Z0-9_]*$/, 'the name of a variable'), make: recipe, hint: text() },
      {},
    ),
    options: list(object({ name: text(/^\w+$/, 'a word'), about: text() }, {})),
    quirks: list(text()),
    confidence: object({ signature: confidence, events: confidence, delivery: confidence }, {}),
  },
)

type ReadScheme = ReturnType<typeof schemeShape>

/** Refuses what no request could ever satisfy: the message would be "no match" for ever. */
function checkedScheme(read: ReadScheme, index: number): Scheme {
  const path = `schemes[${index}]`
  const isToken = read.algorithm === 'token' || read.algorithm === 'jwt-hs256'
  const scheme: Scheme = {
    ...read,
    name: read.name ?? (index === 0 ? 'default' : `scheme-${index + 1}`),
    encoding: read.encoding ?? (isToken ? 'raw' : 'hex'),
    content: normalised(read.content ?? (isToken ? '' : '{body}')),
    ...(read.format === undefined ? {} : { format: normalised(read.format) }),
  }
  const format = scheme.format ?? '{sig}'
  const content = typeof scheme.content === 'string' ? scheme.content : ''
  const formatNames = placeholdersOf(format)
  const [unknown] = [
    ...formatNames.filter((name) => !['sig', 't', 'names', 'keyId'].includes(name)),
    ...unknownPlaceholders(content),
  ]
  if (unknown !== undefined) throw new ShapeError(path, `unknown placeholder {${unknown}}`)
  if (placeholdersOf(content).some((name) => UNSAFE_KEY.test(name))) {
    throw new ShapeError(`${path}.content`, 'is not a path that can be used')
  }
  checkTogether(scheme, content, formatNames, path)
  return scheme
}

function checkTogether(scheme: Scheme, content: string, formatNames: readonly string[], path: string): void {
  const names = placeholdersOf(content)
  if (!formatNames.includes('sig')) throw new ShapeError(`${path}.format`, 'has no {sig}')
  if (names.includes('t') && scheme.timestamp === undefined) {
    throw new ShapeError(path, 'signs {t} and does not say where the timestamp is')
  }
  if (scheme.timestamp?.from === 'signature' && !formatNames.includes('t')) {
    throw new ShapeError(`${path}.format`, 'has no {t}, though the timestamp is said to be there')
  }
  if (names.includes('id') && scheme.id === undefined) {
    throw new ShapeError(path, 'signs {id} and does not say where the id is')
  }
  if (scheme.algorithm === 'sha256' && !names.includes('secret')) {
    throw new ShapeError(`${path}.content`, 'a plain hash without {secret} can be made by anybody')
  }
}

/** `{timestamp}` and `{signature}` are what people write. */
function normalised(template: string): string {
  return template.replaceAll('{timestamp}', '{t}').replaceAll('{signature}', '{sig}')
}
