/*
 * What is a credential, told by the name it goes under: for requests that are exported, and for texts that a user typed
 * and a report repeats.
 */

/** What stands in the place of a secret: by its characters nobody can tell it, by how many there were it is known again. */
export type Mark = (secret: string) => string

export const plainMark: Mark = () => 'redacted'

const SECRET_HEADER =
  /authorization|^(?:set-)?cookie2?$|token|secret|passw|credential|jwt|oidc|session[-_]?id|(?:^|[-_])(?:auth|sid|otp)$|(?:api|auth|access|account|app|client|functions|host|master|private|shared|signing|subscription)[-_]?key/i
/** A signature in a URL is one of that URL: who has it may do what it allows. */
const SECRET_FIELD =
  /token|secret|passw|credential|jwt|session[-_]?id|(?:api|auth|access|account|client|function|private|shared|subscription)[-_]?key|^(?:auth|authorization|code|key|sig|(?:x-(?:amz|goog|oss)-)?signature|pass|pwd|sid|otp)$/i

/** True of headers that hold a credential, whoever sends them. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name)
}

/** The same of fields in a query or in JSON. */
export function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name)
}

/** A header's value without its credential. Who asks which way of authorising it was learns that much. */
export function withoutCredential(name: string, value: string, mark: Mark = plainMark): string {
  const scheme = /authorization$/i.test(name) ? /^(?:basic|bearer|digest) /i.exec(value)?.[0] : undefined
  return `${scheme ?? ''}${mark(value.slice(scheme?.length ?? 0))}`
}

const WORD = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`
/** `"token":"…"`, the same with its quotes escaped, and `X-Api-Key: …` up to a quote or the line's end. */
const NAMED = new RegExp(
  String.raw`(?<![\w/@.-])(?<name>[\w-]{1,64})(?<colon>\\?["']?\s*:\s*)(?<value>\\"[^"\\]*\\"|${WORD}|[^"'\r\n]+)`,
  'g',
)
/** `?token=…`, `TOKEN=… command`, `--token=…` and `--token …`. */
const ASSIGNED = new RegExp(
  String.raw`(?<![\w-])(?<name>-{0,2}[\w.[\]-]{1,64})(?<colon>=|(?<=--[\w-]{1,64})\s+(?!-))(?<value>${WORD}|[^\s&#"']+)`,
  'g',
)
const USER_IN_URL = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"']+@/gi
/** As curl takes it. */
const USER_FLAG = /(?<=\s)(-u\s*|--user[\s=])["']?[^\s:"']+:(?!\/\/)[^\s"']*["']?/g
/** Says where a credential is and not what it is: of a file, of the environment, of a template. */
const REFERENCE = /^(?:(?:basic|bearer|digest|token) )?(?:(?:env|file):\S+|\$\{?\w+\}?|\{[\w/]+\})$/i

/**
 * A URL, a request or a command line as it was typed, without what its names call credentials: fields of a query and
 * of JSON, headers, flags, assignments, and the user of a URL. Names say little of a command line, so this is a help
 * and no promise.
 */
export function redactText(text: string): string {
  const hide = (...[whole, name = '', colon = '', value = '']: readonly string[]): string => {
    const quote = /^\\?["']/.exec(value)?.[0] ?? ''
    const inner = value.slice(quote.length, value.length - quote.length)
    const bare = name.replace(/^-+/, '')
    if (!isSecretHeader(bare) && !isSecretField(bare)) return whole ?? ''
    if (inner === '' || REFERENCE.test(inner)) return whole ?? ''
    return `${name}${colon}${quote}${withoutCredential(bare, inner)}${quote}`
  }
  return text
    .replaceAll(USER_IN_URL, (_, scheme: string) => `${scheme}${plainMark('')}@`)
    .replaceAll(NAMED, hide)
    .replaceAll(ASSIGNED, hide)
    .replaceAll(USER_FLAG, (_, flag: string) => `${flag}${plainMark('')}`)
}
