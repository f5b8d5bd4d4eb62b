/**
 * A value of a sample's body. Strings may hold placeholders, filled when the sample is sent:
 *
 * - `{uuid}`, `{id:24}` letters and digits, `{upper:11}` and `{lower:11}` letters of one case and digits,
 *   `{int:13}` digits, `{hex:40}`
 * - `{now:unix}`, `{now:ms}`, `{now:iso}` with milliseconds, `{now:utc}` without,
 *   `{now:local}` without a zone, `{now:sql}` the same with a space, `{now:date}`, `{now:rfc2822}`; an offset
 *   moves it: `{now:utc-2h}`, `{now:unix+30d}`
 *
 * `@name` at the end makes it the same value wherever it stands: `{int:13@order}`. `#` at the beginning makes a
 * string that is only that placeholder a number: `{#int:13@order}`. Other braces stay as they are.
 */
export type Template =
  | string
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [key: string]: Template }

/**
 * How the provider writes its JSON: `compact`; `pretty` with two spaces; `escaped` as PHP does, with `\/` and
 * everything beyond ASCII as `\u…`.
 */
export type JsonStyle = 'compact' | 'pretty' | 'escaped'

export type SampleBody =
  /** `end` is what the provider sends after the JSON. */
  | { readonly json: Template; readonly style?: JsonStyle; readonly end?: string }
  /** URL-encoded fields, in this order. */
  | { readonly form: Readonly<Record<string, string | { readonly base64: string }>> }
  | { readonly text: string }

/** A ready-made event in the shape that a provider sends it, without its signature. */
export interface Sample {
  /** What it is asked for by: the name that the provider gives it, unless there is `wire`. */
  readonly event: string
  /** The name in the request, where that is no name to type or several samples share it; null: it has none. */
  readonly wire?: string | null
  /** What happened, in one line. */
  readonly summary: string
  /** What the event's requests carry beside, or in another form than, the headers in `SendFacts`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: SampleBody
}
