import type { ProviderId, VerifyFailure } from '../../core/verdict.ts'
import type { VerifyContext } from '../engine/verify.ts'
import type { Algorithm, Encoding, Laxness, Provider, TimestampRule } from '../types.ts'

/** A secret of the user, under the name by which the user knows it. */
export interface KnownSecret {
  readonly provider?: ProviderId
  /** What may be shown: `STRIPE_WEBHOOK_SECRET`, never the secret. */
  readonly label: string
  readonly value: string
}

/** How much may be tried. Trying stops at whichever comes first. */
export interface Limits {
  readonly attempts: number
  /** Bytes of body hashed or rewritten in all. */
  readonly bytes: number
}

export interface ExplainContext extends VerifyContext {
  /** Every secret the user has configured, for whatever provider: perhaps it is one of these. */
  readonly others?: readonly KnownSecret[]
  /** The providers that may have signed; those of the table unless given. */
  readonly providers?: readonly Provider[]
  readonly limits?: Partial<Limits>
}

/** How JSON was laid out when it was signed: without spaces, Python's `json.dumps`, or one line per value. */
export type JsonLayout = 'compact' | 'spaced' | 'indent-2' | 'indent-4' | 'tabs'

/** How characters in strings were written when signed, where it is not as they came. */
export type JsonEscape = 'none' | 'ascii' | 'ascii-upper' | 'html' | 'slashes'

/** One difference between the URL as seen here and as signed. */
export type UrlChange =
  | 'scheme'
  | 'host'
  | 'port-added'
  | 'port-removed'
  | 'port-changed'
  | 'slash-added'
  | 'slash-removed'
  | 'prefix-added'
  | 'prefix-removed'
  | 'path-rewritten'
  | 'query-dropped'
  | 'query-changed'

/** What can be wrong with a secret's text: it has this, and the signer's has not. */
export type SecretBlemish =
  | 'newline'
  | 'whitespace'
  | 'quotes'
  | 'assignment'
  | 'escaped-newlines'
  | 'byte-order-mark'

/** Kinds of things that were tried in vain. */
export type ProbeGroup = 'secret' | 'signature' | 'provider' | 'body' | 'url' | 'timestamp'

type NoData = Readonly<Record<string, never>>

/** What is the matter, each with the data for its words. "Signed" means: as the signer had it. */
interface CauseData {
  valid: NoData
  stale: { readonly skewMs: number; readonly toleranceS?: number; readonly laxer?: Laxness }
  /** Signed, and no secret is known. */
  unchecked: { readonly env?: string }
  /** `never`: this provider signs nothing. */
  unsigned: { readonly never: boolean }
  /** No provider that we know; headers that look like signatures. */
  unrecognised: { readonly headers: readonly string[] }

  'other-secret': { readonly label: string; readonly for?: ProviderId }
  'secret-trimmed': { readonly label: string; readonly blemish: SecretBlemish }
  /** The signer's has a newline at its end. */
  'secret-newline': { readonly label: string }
  /** The key is the whole text, prefix and all. */
  'secret-verbatim': { readonly label: string }
  /** The key is the text behind the prefix. */
  'secret-unprefixed': { readonly label: string; readonly prefix: string }
  'secret-decoded': { readonly label: string; readonly form: 'hex' | 'base64'; readonly prefix?: string }

  'other-provider': { readonly providers: readonly ProviderId[] }
  'other-scheme': { readonly scheme: string }
  'other-header': { readonly header: string; readonly expected: string }
  'signature-encoding': { readonly encoding: Encoding; readonly expected: Encoding }
  'signature-algorithm': { readonly algorithm: Algorithm; readonly expected: Algorithm }
  'signature-format': { readonly format: string; readonly expected: string }
  /** The text that was signed is put together in another way, as these providers do. */
  'signed-content': { readonly content: string; readonly like: readonly ProviderId[] }

  'timestamp-unit': { readonly unit: TimestampRule['unit']; readonly expected: TimestampRule['unit'] }
  'timestamp-source': { readonly header: string }

  url: { readonly url: string; readonly changes: readonly UrlChange[] }

  'body-newline-added': { readonly bytes: number }
  'body-newline-removed': { readonly newline: 'lf' | 'crlf' }
  'body-line-ends': { readonly signed: 'lf' | 'crlf' }
  'body-bom': { readonly change: 'added' | 'removed' }
  'body-json': { readonly layout: JsonLayout; readonly escapes?: readonly JsonEscape[] }
  /** Signed as JavaScript writes it: numbers and order of keys differ too. */
  'body-json-parsed': { readonly layout: JsonLayout }
  /** It came compressed, and what was signed is not. */
  'body-compressed': { readonly coding: string }
  'body-decompressed': { readonly coding: string }
  /** It came as a form, and what was signed is the value of one field. */
  'body-form-field': { readonly field: string }
  /** It came as the value of a form's field, and what was signed is the form. */
  'body-form-unwrapped': { readonly field: string }
  'body-form-decoded': NoData
  'body-form-reencoded': { readonly space: '+' | '%20' }
  /** It came as JSON made from a form, and what was signed is the form. */
  'body-form-parsed': NoData
  'body-charset': { readonly change: 'latin1-to-utf8' | 'utf8-to-latin1' }
  'body-appended': { readonly bytes: number }

  /** Not found by trying but seen: bytes are missing. */
  truncated: { readonly size: number; readonly expected?: number }
  /** Seen: it says that it is compressed, and is not. */
  'coding-mismatch': { readonly coding: string }
  /** Seen: U+FFFD, which takes the place of bytes that are not UTF-8. */
  'characters-replaced': { readonly count: number }
  'nothing-found': {
    readonly attempts: number
    readonly tried: readonly ProbeGroup[]
    /** False where the body is so large that not all was tried. */
    readonly complete: boolean
    readonly signsUrl: boolean
    readonly publicUrlGiven: boolean
    /** What the provider's secret looks like, and where it is shown. */
    readonly hint?: string
  }
}

type FailureCode = Exclude<VerifyFailure['code'], 'no-match'>

export interface FailureData {
  readonly failure: VerifyFailure
  readonly laxer?: Laxness
}

type AllData = CauseData & Readonly<Record<FailureCode, FailureData>>

export type ExplanationCode = keyof AllData

/** A code with its data: `code` narrows `data`. */
export type CauseOf<Code extends ExplanationCode> = {
  [One in Code]: { readonly code: One; readonly data: AllData[One] }
}[Code]

export type Cause = CauseOf<ExplanationCode>

/** Why a signature verifies or does not. Holds no secret and no signature. */
export type Explanation = Cause & {
  readonly provider?: ProviderId
  /** The change found makes the signature right, and its time lies outside the window too. */
  readonly skewMs?: number
}

export interface Words {
  readonly text: string
  /** Empty where there is nothing to do. */
  readonly fix: string
}

/** The words of each code; `name` is the provider's for people. */
export type WordsOf<Code extends ExplanationCode> = {
  readonly [One in Code]: (data: AllData[One], name: string) => Words
}
