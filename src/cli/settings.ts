import { AppError } from '../core/errors.ts'
import { similarNames } from '../core/similar.ts'
import { parseDuration, parseSize } from '../core/units.ts'

/** Where a setting may come from, the strongest first. */
export type SettingSource = 'flag' | 'environment' | 'project' | 'user' | 'default'

/** One setting that a flag, a variable and the settings files share. */
interface SettingDefinition {
  /** Name in the settings files, and of the flag in camel case. */
  readonly key: string
  readonly env: string
  /** `map`: an object in a file; a list of `name=value` everywhere else. */
  readonly kind: 'string' | 'number' | 'boolean' | 'list' | 'map'
  readonly what: string
}

/** Everything that can be set outside the command line; `help environment` and `help paths` print this. */
export const SETTINGS: readonly SettingDefinition[] = [
  {
    key: 'store',
    env: 'WEBHOOK_CLI_STORE',
    kind: 'string',
    what: 'file where captures are kept, or :memory:',
  },
  { key: 'port', env: 'WEBHOOK_CLI_PORT', kind: 'number', what: 'port to listen on' },
  { key: 'host', env: 'WEBHOOK_CLI_HOST', kind: 'string', what: 'address to listen on' },
  { key: 'path', env: 'WEBHOOK_CLI_PATH', kind: 'string', what: 'only take requests on this path' },
  { key: 'respond', env: 'WEBHOOK_CLI_RESPOND', kind: 'number', what: 'status to answer' },
  { key: 'respondBody', env: 'WEBHOOK_CLI_RESPOND_BODY', kind: 'string', what: 'body to answer, or @file' },
  { key: 'respondHeader', env: 'WEBHOOK_CLI_RESPOND_HEADER', kind: 'list', what: 'headers to answer' },
  { key: 'target', env: 'WEBHOOK_CLI_TARGET', kind: 'string', what: 'where requests are passed on to' },
  { key: 'forward', env: 'WEBHOOK_CLI_FORWARD', kind: 'list', what: 'more targets' },
  { key: 'route', env: 'WEBHOOK_CLI_ROUTE', kind: 'list', what: "routes: 'event:invoice.* -> 3000/billing'" },
  { key: 'retries', env: 'WEBHOOK_CLI_RETRIES', kind: 'number', what: 'attempts after the first' },
  { key: 'backoff', env: 'WEBHOOK_CLI_BACKOFF', kind: 'string', what: 'how long between attempts' },
  { key: 'orderBy', env: 'WEBHOOK_CLI_ORDER_BY', kind: 'string', what: 'what is delivered in order' },
  { key: 'concurrency', env: 'WEBHOOK_CLI_CONCURRENCY', kind: 'number', what: 'attempts at once' },
  { key: 'timeout', env: 'WEBHOOK_CLI_TIMEOUT', kind: 'string', what: 'for each attempt' },
  { key: 'hostHeader', env: 'WEBHOOK_CLI_HOST_HEADER', kind: 'string', what: 'target, or keep' },
  { key: 'maxBody', env: 'WEBHOOK_CLI_MAX_BODY', kind: 'string', what: 'largest body taken' },
  { key: 'keep', env: 'WEBHOOK_CLI_KEEP', kind: 'number', what: 'how many requests are kept; 0 is all' },
  {
    key: 'keepSize',
    env: 'WEBHOOK_CLI_KEEP_SIZE',
    kind: 'string',
    what: 'how large the store gets; 0 is any',
  },
  { key: 'tls', env: 'WEBHOOK_CLI_TLS', kind: 'boolean', what: 'listen with TLS' },
  { key: 'cert', env: 'WEBHOOK_CLI_CERT', kind: 'string', what: 'certificate file' },
  { key: 'key', env: 'WEBHOOK_CLI_KEY', kind: 'string', what: 'private key file' },
  { key: 'secrets', env: 'WEBHOOK_CLI_SECRET', kind: 'map', what: 'secrets; in files only env: and file:' },
  { key: 'options', env: 'WEBHOOK_CLI_OPTION', kind: 'map', what: 'what a scheme needs beside the secret' },
  { key: 'providers', env: 'WEBHOOK_CLI_PROVIDERS', kind: 'list', what: 'files that define providers' },
  {
    key: 'publicUrl',
    env: 'WEBHOOK_CLI_PUBLIC_URL',
    kind: 'string',
    what: 'URL that the provider was given',
  },
  { key: 'tolerance', env: 'WEBHOOK_CLI_TOLERANCE', kind: 'string', what: 'how old a signature may be' },
  { key: 'onInvalid', env: 'WEBHOOK_CLI_ON_INVALID', kind: 'string', what: 'mark or reject bad signatures' },
  { key: 'handshake', env: 'WEBHOOK_CLI_HANDSHAKE', kind: 'string', what: 'auto answers challenges; off' },
]

type RawValue = string | boolean | readonly string[]

/** A settings file that was found. */
export interface SettingsFile {
  readonly path: string
  readonly values: ReadonlyMap<string, RawValue>
}

export interface SettingsSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly project?: SettingsFile
  readonly user?: SettingsFile
}

/** Says what is wrong with a settings file. @throws AppError `bad-config` */
export type RefuseConfig = (problem: string) => never

export function refuseConfig(path: string): RefuseConfig {
  return (problem) => {
    throw new AppError('bad-config', { path, problem })
  }
}

/** What a JSON file of settings says, without the name of its schema. @throws AppError `bad-config` */
export function configEntries(text: string, refuse: RefuseConfig): [key: string, value: unknown][] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return refuse(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return refuse('it must be a JSON object')
  return Object.entries(json).filter(([key]) => key !== '$schema')
}

/** Reads a settings file's JSON. Values become the texts a flag would have. @throws AppError `bad-config` */
export function parseSettings(text: string, path: string): SettingsFile {
  const refuse = refuseConfig(path)
  const values = new Map<string, RawValue>()
  for (const [key, value] of configEntries(text, refuse)) {
    const setting = SETTINGS.find((candidate) => candidate.key === key)
    if (setting === undefined) {
      const known = SETTINGS.map((candidate) => candidate.key)
      const close = similarNames(key, known)
      const words = close.length > 0 ? `close: ${close.join(', ')}` : `known are ${known.join(', ')}`
      return refuse(`unknown setting "${key}"; ${words}`)
    }
    values.set(key, rawValue(setting, value) ?? refuse(`"${key}" must be a ${setting.kind}`))
  }
  return { path, values }
}

function rawValue({ kind }: SettingDefinition, value: unknown): RawValue | undefined {
  if (kind === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (kind === 'list') {
    const list: unknown[] = Array.isArray(value) ? value : [value]
    return list.every((item) => typeof item === 'string') ? list : undefined
  }
  if (kind === 'map') return pairsOf(value)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** `{"stripe": "env:A"}` as `stripe=env:A`; several values of one name in a list. */
function pairsOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const pairs: string[] = []
  for (const [name, one] of Object.entries(value)) {
    const texts: unknown[] = Array.isArray(one) ? one : [one]
    for (const text of texts) {
      if (typeof text !== 'string') return undefined
      pairs.push(`${name}=${text}`)
    }
  }
  return pairs
}

/** The value of a setting that no flag gave, and where it is from. */
export function lookUp(
  key: string,
  sources: SettingsSources,
): { value: RawValue; source: SettingSource } | undefined {
  const setting = SETTINGS.find((candidate) => candidate.key === key)
  const variable = setting === undefined ? undefined : sources.env[setting.env]
  if (setting !== undefined && variable !== undefined && variable !== '') {
    if (setting.kind === 'boolean')
      return { value: !['0', 'false', 'no'].includes(variable.toLowerCase()), source: 'environment' }
    return {
      value:
        setting.kind === 'list' || setting.kind === 'map' ? variable.split('\n').filter(Boolean) : variable,
      source: 'environment',
    }
  }
  const project = sources.project?.values.get(key)
  if (project !== undefined) return { value: project, source: 'project' }
  const user = sources.user?.values.get(key)
  return user === undefined ? undefined : { value: user, source: 'user' }
}

/** Turns the text of a flag, a variable or a settings file into a value. @throws AppError `bad-value` */
export type Parse<Value> = (text: string, option: string) => Value

function refuse(option: string, value: string, expected: string): never {
  throw new AppError('bad-value', { option, value, expected })
}

export const parsePort: Parse<number> = (text, option) => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535 ? port : refuse(option, text, 'a port (0 to 65535)')
}

export const parseCount: Parse<number> = (text, option) => {
  const count = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  return count >= 1 ? count : refuse(option, text, 'a whole number from 1')
}

export const parseKeep: Parse<number> = (text, option) =>
  /^\d{1,12}$/.test(text) ? Number(text) : refuse(option, text, 'a whole number (0 keeps all)')

export const parseKeepSize: Parse<number> = (text, option) =>
  parseSize(text) ?? refuse(option, text, 'a size such as 500mb or 2gb (0 keeps all)')

export const parseStatus: Parse<number> = (text, option) => {
  const status = /^\d{3}$/.test(text) ? Number(text) : Number.NaN
  return status >= 200 && status <= 599 ? status : refuse(option, text, 'a final HTTP status (200 to 599)')
}

/** Longest body taken where nobody said otherwise. */
export const DEFAULT_MAX_BODY: number = 25 * 1024 * 1024

export const parseBytes: Parse<number> = (text, option) => {
  const bytes = parseSize(text)
  return bytes !== undefined && bytes > 0 ? bytes : refuse(option, text, 'a size such as 25mb or 64kb')
}

export const parseMs: Parse<number> = (text, option) =>
  parseDuration(text) ?? refuse(option, text, 'a duration such as 30s, 5m or 1h')

/** How long one attempt may take where nobody said otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30_000

/** Elsewhere 0 often means no limit; here it would let every attempt fail. */
export const parseTimeout: Parse<number> = (text, option) => {
  const ms = parseMs(text, option)
  return ms > 0 ? ms : refuse(option, text, 'more than 0')
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** One of a few words. */
export function parseWord<const Word extends string>(words: readonly Word[]): Parse<Word> {
  const expected = (): string => new Intl.ListFormat('en', { type: 'disjunction' }).format(words)
  return (text, option) => words.find((word) => word === text) ?? refuse(option, text, expected())
}

/** `K: V` for a message we write: a name that is a token, a value without controls. */
export const parseHeader: Parse<readonly [string, string]> = (text, option) => {
  const colon = text.indexOf(':')
  const name = withoutBlanks(text.slice(0, Math.max(colon, 0)))
  const value = withoutBlanks(text.slice(colon + 1))
  // Above U+00FF Node would cut the code unit to a byte, and U+010A would become a line feed.
  if (colon < 1 || !TOKEN.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return refuse(option, text, "a header such as 'Retry-After: 5'")
  }
  return [name, value]
}

/** RFC 9110 §5.6.3: spaces and tabs. `trim` would hide a line break instead of having it refused. */
function withoutBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
