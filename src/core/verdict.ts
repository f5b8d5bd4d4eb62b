/** Key of a provider in the table (`stripe`, `github`, …) or of one the user defined. */
export type ProviderId = string

/** Why a signature did not verify. Data, not words: `ui` puts it into a sentence. */
export interface VerifyFailure {
  readonly code:
    | 'no-match'
    /** The secret that was sent along is another one. */
    | 'token-mismatch'
    /** It carries signatures, but only of versions that we do not accept. */
    | 'no-known-scheme'
    | 'header-missing'
    | 'header-malformed'
    | 'timestamp-missing'
    | 'timestamp-malformed'
    | 'id-missing'
    | 'id-malformed'
    | 'secret-malformed'
    | 'body-hash-mismatch'
    | 'body-malformed'
    | 'option-missing'
    | 'token-expired'
    | 'too-many-signatures'
    /** It names a certificate on a host that is not the provider's. */
    | 'certificate-untrusted'
  /** How many signatures the request carried, where that was counted. */
  readonly candidates?: number
  /** The header, body path or option that `code` is about. */
  readonly subject?: string
}

/** What is known of a request's signature. */
export type Verdict =
  | { readonly status: 'unsigned' }
  /** It carries a signature, but no secret for that provider is known. */
  | { readonly status: 'unchecked'; readonly provider: ProviderId }
  | { readonly status: 'valid'; readonly provider: ProviderId }
  /** The signature is right and its time lies outside the window; positive skew is in the past. */
  | { readonly status: 'stale'; readonly provider: ProviderId; readonly skewMs: number }
  | { readonly status: 'invalid'; readonly provider: ProviderId; readonly reason: VerifyFailure }

export const UNSIGNED: Verdict = { status: 'unsigned' }

/** Who sent a request and what it announces, as far as its headers and body say. */
export interface Identity {
  readonly provider?: ProviderId
  readonly event?: string
  /** The provider's own id for this delivery; the same on each of its retries. */
  readonly deliveryId?: string
}
