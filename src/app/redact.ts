import { isSecretField, isSecretHeader, plainMark, withoutCredential } from '../core/credentials.ts'
import type { Mark } from '../core/credentials.ts'
import { jsonTokens } from '../core/content/json.ts'
import { validUtf8 } from '../core/content/charset.ts'
import type { Delivery } from '../core/delivery.ts'
import type { OpenDebt } from '../core/outbox.ts'
import type { StoredRequest } from '../core/query.ts'
import type { CapturedRequest, RawHeaders } from '../core/request.ts'
import type { ProviderId } from '../core/verdict.ts'
import { parseSource, pick, RequestReader, scalarText } from '../providers/reader.ts'
import type { Provider, Scheme, Source } from '../providers/types.ts'

/** A request without what must not leave the machine, and what that was. */
export interface Redacted {
  readonly stored: StoredRequest
  /** Names of headers, fields and places; a header's is the sender's own text. */
  readonly hidden: readonly string[]
}

/** Shorter texts stand in requests by chance. */
const LEAST_SECRET = 8

/** Where in the requests of a provider what is. */
interface Places {
  /** The secret itself. */
  readonly secret: readonly Source[]
  /** A signature, which is no secret, whatever its header is called. */
  readonly signature: readonly Source[]
}

const NO_PLACES: Places = { secret: [], signature: [] }

/** Takes credentials out of requests before they are exported or shown. */
export class Redactor {
  readonly #places: ReadonlyMap<ProviderId, Places>
  readonly #spellings: readonly string[]
  readonly #mark: Mark

  /** @param secrets those that are configured: never exported, wherever they stand */
  constructor(providers: readonly Provider[], secrets: readonly string[], mark: Mark = plainMark) {
    this.#mark = mark
    this.#places = new Map(providers.map((provider) => [provider.id, placesOf(provider)]))
    this.#spellings = secrets.filter((secret) => secret.length >= LEAST_SECRET).flatMap(spellingsOf)
  }

  redact(stored: StoredRequest): Redacted {
    const hidden: string[] = []
    const places = this.#places.get(stored.identity.provider ?? '') ?? NO_PLACES
    const { request } = stored
    const redacted: CapturedRequest = {
      ...request,
      target: this.#target(request.target, places, hidden),
      headers: this.#headers(request.headers, places, hidden),
      trailers: this.#headers(request.trailers, places, hidden),
      body: this.#body(request, places.secret, hidden),
    }
    const deliveries = stored.deliveries.map((delivery) => this.#delivery(delivery, hidden))
    const owed = stored.owed?.map((debt) => this.#debt(debt, hidden))
    return { stored: { ...stored, request: redacted, deliveries, ...(owed && { owed }) }, hidden }
  }

  #headers(headers: RawHeaders, places: Places, hidden: string[]): RawHeaders {
    const secret = namesOf(places.secret, 'header:')
    const signature = namesOf(places.signature, 'header:')
    return headers.map(([name, value]): readonly [string, string] => {
      const key = name.toLowerCase()
      const isSecret = secret.has(key) || (isSecretHeader(name) && !signature.has(key))
      const shown = isSecret && value !== '' ? withoutCredential(name, value, this.#mark) : this.#value(value)
      if (shown !== value) hidden.push(name)
      return [name, shown]
    })
  }

  /** `Referer` and its kin carry a whole target. */
  #value(value: string): string {
    return this.#withoutSecrets(
      /^(?:[a-z][a-z0-9+.-]*:\/)?\//i.test(value) ? this.#url(value, NO_PLACES, []) : value,
    )
  }

  #target(target: string, places: Places, hidden: string[]): string {
    const shown = this.#url(target, places, hidden)
    const clean = this.#withoutSecrets(shown)
    if (clean !== shown) hidden.push('path')
    return clean
  }

  /** Without the user and password of its authority and the credentials of its query. */
  #url(url: string, places: Places, hidden: string[]): string {
    // A password may hold an @, and CONNECT asks for an authority alone.
    const [, start = '', user] = /^((?:[a-z][a-z0-9+.-]*:\/\/)?)([^/?#]+)@/i.exec(url) ?? []
    if (user !== undefined) hidden.push('user and password')
    const rest =
      user === undefined ? url : `${start}${this.#mark(user)}${url.slice(start.length + user.length)}`
    const query = rest.indexOf('?') + 1
    if (query === 0) return rest
    return `${rest.slice(0, query)}${this.#query(rest.slice(query), places, hidden)}`
  }

  #query(query: string, places: Places, hidden: string[]): string {
    const secret = namesOf(places.secret, 'query:')
    const signature = namesOf(places.signature, 'query:')
    const fields = query.split('&').map((field) => {
      const [, name = '', value = ''] = /^([^=]*)=([^]*)$/.exec(field) ?? []
      const key = decoded(name)
      const isSecret =
        secret.has(key.toLowerCase()) || (isSecretField(key) && !signature.has(key.toLowerCase()))
      if (value === '' || !(isSecret || carriesSecret(value))) return field
      hidden.push(`?${name}`)
      return `${name}=${this.#mark(value)}`
    })
    return fields.join('&')
  }

  /** The same number of bytes: the body's length is said in its headers. */
  #body(request: CapturedRequest, places: readonly Source[], hidden: string[]): Uint8Array {
    let body = request.body
    for (const place of places) {
      const masked = maskJson(body, place, new RequestReader(request))
      if (masked === undefined) continue
      hidden.push(place)
      body = masked
    }
    const clean = this.#masked(body)
    if (clean !== body) hidden.push('body')
    return clean
  }

  /** The same bytes, or as many with the configured secrets as asterisks. */
  #masked(bytes: Uint8Array): Uint8Array {
    if (this.#spellings.length === 0) return bytes
    const latin1 = Buffer.from(bytes).toString('latin1')
    const clean = this.#spellings.reduce(
      (text, spelling) => text.replaceAll(spelling, '*'.repeat(spelling.length)),
      latin1,
    )
    return clean === latin1 ? bytes : Buffer.from(clean, 'latin1')
  }

  /** What it is owed to is the user's own word, a URL or a command. */
  #debt(debt: OpenDebt, hidden: string[]): OpenDebt {
    const { destination } = debt
    const isUrl = /^https?:/i.test(destination)
    return {
      ...debt,
      destination: isUrl ? this.#target(destination, NO_PLACES, hidden) : this.#withoutSecrets(destination),
    }
  }

  #delivery(delivery: Delivery, hidden: string[]): Delivery {
    const { outcome, cause } = delivery
    // A command is the user's own words, in which only the configured secrets are known.
    const target =
      cause === 'exec'
        ? this.#withoutSecrets(delivery.target)
        : this.#target(delivery.target, NO_PLACES, hidden)
    if (outcome.kind === 'exit')
      return { ...delivery, target, outcome: { ...outcome, output: this.#masked(outcome.output) } }
    if (outcome.kind !== 'response') return { ...delivery, target }
    const headers = this.#headers(outcome.headers, NO_PLACES, hidden)
    return { ...delivery, target, outcome: { ...outcome, headers, body: this.#masked(outcome.body) } }
  }

  #withoutSecrets(text: string): string {
    return this.#spellings.reduce(
      (rest, spelling) => rest.replaceAll(spelling, () => this.#mark(spelling)),
      text,
    )
  }
}

/** In lower case: of query fields the case is told apart nowhere here, which hides more and not less. */
function namesOf(sources: readonly Source[], kind: 'header:' | 'query:'): ReadonlySet<string> {
  return new Set(
    sources.flatMap((source) => (source.startsWith(kind) ? [source.slice(kind.length).toLowerCase()] : [])),
  )
}

/** A URL in a query, as it stands or escaped, with a credential of its own. */
function carriesSecret(value: string): boolean {
  const text = decoded(value)
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(text)) return true
  return [...text.matchAll(/[?&]([^=&?]{1,256})=[^&]/g)].some(([, name = '']) => isSecretField(name))
}

/** What `%74oken` is to whoever reads it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** As it stands, in base64 (of which the end depends on what follows), and in a URL. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64').replace(/.{0,2}=+$/, '')
  return [...new Set([bytes.toString('latin1'), base64, encodeURIComponent(secret)])]
}

function placesOf({ schemes, handshakes }: Provider): Places {
  const isToken = ({ algorithm }: Scheme): boolean => algorithm === 'token' || algorithm === 'jwt-hs256'
  const captures = (handshakes ?? []).flatMap(({ capture }) => capture ?? [])
  return {
    secret: [...schemes.filter(isToken).map(({ signature }) => signature), ...captures],
    signature: schemes.filter((scheme) => !isToken(scheme)).map(({ signature }) => signature),
  }
}

/** Every string of the body that a place holds, its characters as asterisks; undefined where it holds none. */
function maskJson(body: Uint8Array, place: Source, reader: RequestReader): Uint8Array | undefined {
  const source = parseSource(place)
  if (source.kind !== 'json') return undefined
  const values = new Set(pick(reader.json(), source.path).map((value) => scalarText(value)))
  const text = validUtf8(body)
  if (text === undefined || values.size === 0) return undefined
  let masked = ''
  let at = 0
  for (const { kind, start, end } of jsonTokens(text)) {
    if (kind !== 'string' || !values.has(String(JSON.parse(text.slice(start, end))))) continue
    const inner = text.slice(start + 1, end - 1)
    masked += `${text.slice(at, start + 1)}${'*'.repeat(Buffer.byteLength(inner))}`
    at = end - 1
  }
  return at === 0 ? undefined : Buffer.from(masked + text.slice(at))
}
