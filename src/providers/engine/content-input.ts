import type { VerifyFailure } from '../../core/verdict.ts'
import type { RequestReader } from '../reader.ts'
import type { Scheme } from '../types.ts'
import { signedUrls, withDefaultPort } from './url.ts'

/** What a signed text is made of. */
export interface ContentInput {
  readonly reader: RequestReader
  readonly scheme: Scheme
  readonly options: Readonly<Record<string, string>>
  readonly publicUrl: string | undefined
  /** The timestamp's text as sent: providers sign the text, not the time. */
  readonly t: string | undefined
  readonly id: Buffer | undefined
  /** Names of the signed headers. */
  readonly names: string | undefined
  /** The item of the body that the signature belongs to, where each has its own. */
  readonly item: unknown
}

/** A text to be signed, in pieces: a body is never copied to stand behind its timestamp. `null` is the secret. */
export type Content = readonly (Uint8Array | null)[]

/** The texts that a signature may be over; more than one where the URL is not known, or a scheme allows variants. */
export type Contents = { readonly contents: readonly Content[] } | { readonly failure: VerifyFailure }

/** URLs that may have been signed, never none. */
export function urlsOf({ scheme, reader, publicUrl }: ContentInput): string[] {
  const urls = signedUrls(reader, publicUrl)
  const all = scheme.also === 'default-port' ? urls.flatMap((url) => [url, withDefaultPort(url)]) : urls
  return all.length === 0 ? [reader.request.target] : all
}

/** An option that the user gave; `constructor` is not one. */
export function optionOf(options: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined
}
