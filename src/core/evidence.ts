/** A part of the text that was signed. */
export type SignedPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'body'; readonly bytes: number }
  | { readonly kind: 'secret' }
  /** Something that was not in the request. */
  | { readonly kind: 'absent'; readonly name: string }
  /** Put together by rules of the provider's own. */
  | { readonly kind: 'canonical'; readonly form: string }

/** What a verdict rests on. Holds no secret, and of each signature only its beginning. */
export interface Evidence {
  /** Where the signature stood, as people write it: a header's name, `json:signature.signature`. */
  readonly place?: string
  readonly signature?: string
  readonly timestamp?: {
    /** Epoch milliseconds. */
    readonly at: number
    /** How far it lies behind the moment of checking; negative is in the future. */
    readonly skewMs: number
    /** Seconds allowed either way; absent where the scheme knows no window. */
    readonly toleranceS?: number
  }
  readonly signed: readonly SignedPiece[]
  readonly secrets: readonly { readonly origin: string; readonly masked: string; readonly fits: boolean }[]
}
