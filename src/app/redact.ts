import { jsonTokens } from '../core/content/json.ts'
import { validUtf8 } from '../core/content/charset.ts'
import type { Delivery } from '../core/delivery.ts'
import type { StoredRequest } from '../core/query.ts'
import type { CapturedRequest, RawHeaders } from '../core/request.ts'
import type { ProviderId } from '../core/verdict.ts'
import { parseSource, pick, RequestReader, scalarText } from '../providers/reader.ts'
import type { Provider, Source } from '../providers/types.ts'

/** A request without what must not leave the machine, and what that was. */
export interface Redacted {
  readonly stored: StoredRequest
  /** Names of headers, fields and places; a header's is the sender's own text. */
  readonly hidden: readonly string[]
}

const MARK = 'redacted'
/** Names of headers that hold a credential, whoever sends them. */
const SECRET_HEADER =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$|api[-_]?key|token|secret|passw|credential/i
const SECRET_FIELD = /token|secret|api[-_]?key|passw|credential|^(?:auth|authorization|code|key|sig)$/i
/** Shorter texts stand in requests by chance. */
const LEAST_SECRET = 8

/** Takes credentials out of requests before they are exported. */
export class Redactor {
  /** Places where a provider's scheme sends the secret itself. */
  readonly #places: ReadonlyMap<ProviderId, readonly Source[]>
  readonly #spellings: readonly string[]

  /** @param secrets those that are configured: never exported, wherever they stand */
  constructor(providers: readonly Provider[], secrets: readonly string[]) {
    this.#places = new Map(providers.map((provider) => [provider.id, secretPlaces(provider)]))
    this.#spellings = secrets.filter((secret) => secret.length >= LEAST_SECRET).flatMap(spellingsOf)
  }

  redact(stored: StoredRequest): Redacted {
    const hidden: string[] = []
    const places = this.#places.get(stored.identity.provider ?? '') ?? []
    const { request } = stored
    const redacted: CapturedRequest = {
      ...request,
      target: this.#target(request.target, places, hidden),
      headers: this.#headers(request.headers, places, hidden),
      trailers: this.#headers(request.trailers, places, hidden),
      body: this.#body(request, places, hidden),
    }
    const deliveries = stored.deliveries.map((delivery) => this.#delivery(delivery, hidden))
    return { stored: { ...stored, request: redacted, deliveries }, hidden }
  }

  #headers(headers: RawHeaders, places: readonly Source[], hidden: string[]): RawHeaders {
    const named = new Set(
      places.flatMap((place) => (place.startsWith('header:') ? [place.slice(7).toLowerCase()] : [])),
    )
    return headers.map(([name, value]): readonly [string, string] => {
      const isSecret = SECRET_HEADER.test(name) || named.has(name.toLowerCase())
      const shown = isSecret && value !== '' ? withoutCredential(name, value) : this.#withoutSecrets(value)
      if (shown !== value) hidden.push(name)
      return [name, shown]
    })
  }

  #target(target: string, places: readonly Source[], hidden: string[]): string {
    const named = new Set(places.flatMap((place) => (place.startsWith('query:') ? [place.slice(6)] : [])))
    const withoutUser = target.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, (_, scheme: string) => {
      hidden.push('user and password')
      return `${scheme}${MARK}@`
    })
    const shown = withoutUser.replace(
      /\?([^]*)$/,
      (_, query: string) => `?${redactQuery(query, named, hidden)}`,
    )
    const clean = this.#withoutSecrets(shown)
    if (clean !== shown) hidden.push('path')
    return clean
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
    if (this.#spellings.length === 0) return body
    const latin1 = Buffer.from(body).toString('latin1')
    const clean = this.#spellings.reduce(
      (text, spelling) => text.replaceAll(spelling, '*'.repeat(spelling.length)),
      latin1,
    )
    if (clean === latin1) return body
    hidden.push('body')
    return Buffer.from(clean, 'latin1')
  }

  #delivery(delivery: Delivery, hidden: string[]): Delivery {
    const { outcome } = delivery
    if (outcome.kind !== 'response') return delivery
    return { ...delivery, outcome: { ...outcome, headers: this.#headers(outcome.headers, [], hidden) } }
  }

  #withoutSecrets(text: string): string {
    return this.#spellings.reduce((rest, spelling) => rest.replaceAll(spelling, MARK), text)
  }
}

function redactQuery(query: string, named: ReadonlySet<string>, hidden: string[]): string {
  const fields = query.split('&').map((field) => {
    const [, name = '', value = ''] = /^([^=]*)=([^]*)$/.exec(field) ?? []
    if (value === '' || (!SECRET_FIELD.test(name) && !named.has(name))) return field
    hidden.push(`?${name}`)
    return `${name}=${MARK}`
  })
  return fields.join('&')
}

/** As it stands, in base64 (of which the end depends on what follows), and in a URL. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64').replace(/.{0,2}=+$/, '')
  return [...new Set([bytes.toString('latin1'), base64, encodeURIComponent(secret)])]
}

/** Who asks which way of authorising it was learns that much. */
function withoutCredential(name: string, value: string): string {
  const scheme = /^(?:proxy-)?authorization$/i.test(name)
    ? /^(?:basic|bearer|digest) /i.exec(value)?.[0]
    : undefined
  return `${scheme ?? ''}${MARK}`
}

function secretPlaces({ schemes, handshakes }: Provider): readonly Source[] {
  const tokens = schemes.filter(({ algorithm }) => algorithm === 'token' || algorithm === 'jwt-hs256')
  const captures = (handshakes ?? []).flatMap(({ capture }) => capture ?? [])
  return [...tokens.map(({ signature }) => signature), ...captures]
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
