import type { ProviderId } from '../core/verdict.ts'

/**
 * Where a value lies in a request.
 *
 * `header:` names are case-insensitive and written as the provider sends them. `json:` takes a path of keys and
 * array indexes (`json:event.type`, `json:0.eventType`); `*` stands for every item of an array, and all of them
 * must agree. `form:` and `query:` take the literal name of a field. `key:a,b` is the first key of the JSON body
 * that is not in the list, for providers that name the event by it. `xml:field/element` is the text of an element
 * in the base64 XML of a form field, which is what Braintree sends.
 */
export type Source =
  | `header:${string}`
  | `json:${string}`
  | `form:${string}`
  | `query:${string}`
  | `key:${string}`
  | `xml:${string}`

/** Sources that must have a value, be there at all (`true`), or be absent (`null`); all of them. */
export type Condition = Readonly<Partial<Record<Source, string | number | true | null>>>

/** One source, or several whose values are joined with a dot; the first of them must exist. */
export type Selector = Source | readonly Source[]

/** How sure a group of facts is: read in an official SDK or document, in somebody else's text, or from memory. */
export type Confidence = 'verified' | 'secondary' | 'recalled'

export interface FactConfidence {
  /** Header, algorithm, encoding, signed content and key. */
  readonly signature: Confidence
  /** Where event and delivery id are found, and what else a request carries. */
  readonly events: Confidence
  /** Codes, deadline and retries. */
  readonly delivery: Confidence
}

/**
 * A sign that a request comes from a provider. Every condition present must hold.
 * A rule without `header` looks at the body or query only, after all rules that have one.
 */
export interface DetectRule {
  readonly header?: string
  /** What the header's value begins with, case-sensitive: for names that several providers share. */
  readonly prefix?: string
  readonly where?: Condition
  /** Others use this very sign too: it decides only where nothing better does, and never lets a challenge be answered. */
  readonly shared?: true
}

export type Algorithm =
  | 'hmac-sha256'
  | 'hmac-sha1'
  | 'hmac-sha512'
  /** A plain digest; the secret is part of the signed content. */
  | 'sha256'
  | 'ed25519'
  | 'ecdsa-p256-sha256'
  | 'rsa-sha1'
  | 'rsa-sha256'
  /** The secret itself is sent. */
  | 'token'
  /** A JSON Web Token signed with the secret; says nothing of the body. */
  | 'jwt-hs256'

/** How signature bytes are written. `raw` is for tokens that are sent as they are. */
export type Encoding = 'hex' | 'base64' | 'base64url' | 'raw'

/**
 * How the text of a secret becomes key bytes. `sha1` is the digest of its UTF-8 bytes. For public keys: `hex` and
 * `base64` are the raw 32 bytes of Ed25519, `spki` is base64 DER, `certificate` a PEM certificate or public key.
 */
export type KeyForm = 'utf8' | 'base64' | 'hex' | 'sha1' | 'spki' | 'certificate'

export interface KeyRule {
  readonly form: KeyForm
  /** Beginning of a secret that is not part of the key; the private half's prefix is `signingPrefix`. */
  readonly prefix?: string
  readonly signingPrefix?: string
  /** What a secret without the prefix is; `refuse`: this scheme is not meant by it. The same as `form` unless given. */
  readonly bare?: KeyForm | 'refuse'
  /** Secrets that begin so belong to another scheme of this provider. */
  readonly notPrefixes?: readonly string[]
}

export interface TimestampRule {
  /** `signature`: the `{t}` of the scheme's format. */
  readonly from: Source | 'signature'
  readonly unit: 's' | 'ms' | 'iso'
  /** Seconds that it may lie before or after the verifier's clock; absent where the scheme knows no window. */
  readonly toleranceS?: number
}

/** Signed texts that need code; each is documented where it is written, `engine/canonical.ts`. */
export type CanonicalForm = 'twilio' | 'adyen' | 'sns' | 'contentful' | 'hook0'

/** One way of signing. */
export interface Scheme {
  /** Tells this scheme from the provider's others: `v1a`, `sha1`, `token`. */
  readonly name: string
  readonly algorithm: Algorithm
  readonly encoding: Encoding
  /** Where the signature is. A header name may end in `*`: a numbered family. */
  readonly signature: Source
  /**
   * Parses and writes the signature's value: `t={t},v1={sig}`. Names: `{sig}`, `{t}`, `{names}` (signed headers),
   * `{keyId}`. Default `{sig}`.
   */
  readonly format?: string
  /** Splits value and format into items; every item with the text before `{sig}` is a candidate. */
  readonly separator?: string
  /** A second signature in one request is refused. */
  readonly single?: true
  /** The scheme applies only to requests for which this holds. */
  readonly when?: Condition
  readonly key?: KeyRule
  readonly id?: Source
  readonly timestamp?: TimestampRule
  /**
   * What is signed. Placeholders: `{body}`, `{t}`, `{id}`, `{method}`, `{url}`, `{secret}`, `{crc32}` of the body,
   * `{hubspot-url}`, `{option:name}` and `{json:…}`, `{form:…}`, `{header:…}`, `{query:…}`. Empty for tokens.
   */
  readonly content: string | { readonly canonical: CanonicalForm }
  /** Where the names of the signed headers are listed, if not in the signature itself. */
  readonly signedHeaders?: Source
  /** Other forms of the content that the provider's own SDK accepts too. */
  readonly also?: 'reserialised-json' | 'trailing-newline' | 'default-port'
  /** The source of the certificate's URL, and the whole of what it may be: the user supplies the certificate itself. */
  readonly certificate?: { readonly url: Source; readonly allowed: RegExp }
  /** As good as the schemes before it: tried too where one of those has failed. */
  readonly alternative?: true
  /** The provider sends it beside the first scheme's signature; `sign` does the same. */
  readonly companion?: true
}

/** A challenge that a provider sends to the endpoint, and the answer it wants. */
export interface Handshake {
  readonly name: string
  readonly when: {
    readonly method?: string
    readonly where?: Condition
    readonly pattern?: { readonly source: Source; readonly regex: RegExp }
  }
  /** A source that must equal an option of the user, or the answer is `refusal`. */
  readonly check?: { readonly source: Source; readonly option: string }
  /**
   * `valid`: answered only if the signature holds. `not-invalid`: also where it could not be checked.
   * Absent where the provider does not sign it.
   */
  readonly signed?: 'valid' | 'not-invalid'
  /** Status for a wrong check or signature; absent: no answer of ours. */
  readonly refusal?: number
  readonly reply: HandshakeReply
  /** Holds the secret for all later requests. */
  readonly capture?: Source
  /** A URL that has to be fetched to confirm, never on our own; `allowed` as in `Scheme.certificate`. */
  readonly fetch?: { readonly url: Source; readonly allowed: RegExp }
  /** The provider's side: the request that starts it, and which answers it takes. */
  readonly play: HandshakePlay
}

/**
 * Values are templates: `{source}`, `{option:name}`, and `{hmac-sha256-hex:source}` keyed with the secret
 * (also sha1, base64). An answer with a source that is absent, or a secret or option that was not given, is not given.
 */
export interface HandshakeReply {
  readonly status: number
  /** Sent as text/plain with nosniff: a stranger chose it. */
  readonly text?: string
  readonly json?: Readonly<Record<string, string | number>>
  readonly headers?: Readonly<Record<string, string>>
}

export interface HandshakePlay {
  readonly method: string
  /** Values may hold `{challenge}`, `{secret}`, `{option:name}` and the placeholders of samples. */
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** The body, as JSON text with the same placeholders inside its strings. */
  readonly json?: string
  /** Signed with the provider's own scheme. */
  readonly signed?: true
  /** Accepted status codes: `200`, `2xx`, `200,204`. */
  readonly status: string
  /** How the answer's body is compared with `reply`; `challenge`: it holds the challenge anywhere. */
  readonly body?: 'same' | 'challenge' | 'any'
  /** A header that the answer must carry as `reply` does, or as `*`. */
  readonly header?: string
  readonly deadlineMs?: number
}

/** What the provider takes as success. */
export interface AckRule {
  /** `2xx`, `200`, `200,204`. */
  readonly codes: string
  readonly deadlineMs?: number
  readonly body?: string
  readonly note?: string
}

export interface RetrySchedule {
  /** Seconds between one attempt and the next, from the first failure on; empty where it never retries. */
  readonly delaysS: readonly number[]
  readonly note?: string
}

/** What a request of the provider carries beside its signature. */
export interface SendFacts {
  readonly userAgent?: string
  readonly contentType?: string
  /** Templates with `{event}` and the placeholders of samples: `{uuid}`, `{hex:32}`, `{now:iso}`, … */
  readonly headers?: Readonly<Record<string, string>>
  /** Fields that a JSON body of this provider always has, by path: added where they are absent. */
  readonly json?: Readonly<Record<string, string>>
}

/** How a fresh secret is made: random bytes or letters behind a prefix, or a key pair. */
export type SecretRecipe =
  | { readonly kind: 'base64' | 'hex'; readonly bytes: number; readonly prefix?: string }
  | { readonly kind: 'alphanumeric'; readonly length: number; readonly prefix?: string }
  | { readonly kind: 'uuid' | 'ed25519-hex' | 'ed25519-base64' | 'p256-spki' | 'rsa-pem' }

export interface SecretForm {
  /** The environment variable people use. */
  readonly env: string
  readonly make: SecretRecipe
  /** What the secret looks like, and where the provider shows it. */
  readonly hint: string
}

/** Something a scheme or handshake needs beside the secret: `--option name=value`. */
export interface ProviderOption {
  readonly name: string
  readonly about: string
}

/** Where the official SDK accepts what we do not. */
export interface Laxness {
  readonly sdk: string
  readonly accepts: 'future-timestamp' | 'any-timestamp' | 'wider-timestamp' | 'sloppy-signature'
  readonly note: string
}

/** A provider, as data: everything that verify, sign, detect, handshake and the documentation need. */
export interface Provider {
  readonly id: ProviderId
  readonly name: string
  readonly aliases?: readonly string[]
  readonly docs?: string
  readonly detect: readonly DetectRule[]
  /** In order of preference; empty where the provider does not sign. */
  readonly schemes: readonly Scheme[]
  /** The first that exists names the event, or the delivery. */
  readonly event?: readonly Selector[]
  readonly delivery?: readonly Selector[]
  readonly handshakes?: readonly Handshake[]
  readonly respond?: AckRule
  readonly retry?: RetrySchedule
  readonly send?: SendFacts
  readonly secret?: SecretForm
  readonly options?: readonly ProviderOption[]
  /** One short sentence each, for people. */
  readonly quirks?: readonly string[]
  readonly laxer?: readonly Laxness[]
  readonly confidence: FactConfidence
}
