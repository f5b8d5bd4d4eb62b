/*
 * What is told of a provider: made from its definition by the app, shown by the ui, printed with --json.
 */

/** A provider in one row. */
export interface ProviderRow {
  readonly id: string
  readonly name: string
  /** How it signs, the first scheme: `hmac-sha256 hex`; empty where it does not. */
  readonly scheme: string
  /** Seconds that a time may be off; absent where no limit is known. */
  readonly windowS?: number
  readonly secret: string
  readonly handshakes: readonly string[]
  readonly samples: number
  /** How sure the facts of the signature are. */
  readonly sure: string
}

/** All there is to know of a provider. */
export interface ProviderPage extends ProviderRow {
  readonly aliases: readonly string[]
  readonly docs?: string
  readonly schemes: readonly SchemeFacts[]
  readonly env?: string
  readonly options: readonly { readonly name: string; readonly about: string }[]
  readonly ack?: {
    readonly codes: string
    readonly deadlineMs?: number
    readonly body?: string
    readonly note?: string
  }
  readonly retry?: { readonly delaysS: readonly number[]; readonly note?: string }
  readonly quirks: readonly string[]
  readonly laxer: readonly { readonly sdk: string; readonly note: string }[]
  readonly events: readonly string[]
  /** How sure the facts of each kind are. */
  readonly confidence: { readonly signature: string; readonly events: string; readonly delivery: string }
}

export interface SchemeFacts {
  readonly name: string
  readonly algorithm: string
  readonly encoding: string
  /** Where the signature stands: a header's name, or a source such as `json:Signature`. */
  readonly place: string
  readonly format: string
  /** What is signed; empty for tokens, a name in brackets for texts with rules of their own. */
  readonly content: string
  readonly key: string
  readonly id?: string
  readonly timestamp?: {
    readonly place: string
    readonly unit: string
    readonly toleranceS?: number
  }
}
