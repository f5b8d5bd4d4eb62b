import type { Provider } from '../types.ts'
import { parseProvider } from './parse.ts'

/** A scheme as it is given on a command line. */
export interface SchemeFlags {
  /** An algorithm: `hmac-sha256`, `ed25519`, `token`, … */
  readonly scheme: string
  /** `{body}` unless given; `{timestamp}.{body}` and so on. */
  readonly signedContent?: string
  /** A header's name, or name and format: `X-Sig: t={t},v1={sig}`. */
  readonly signatureHeader: string
  /** Header with the timestamp, where it is not in the signature. */
  readonly timestampHeader?: string
  readonly timestampUnit?: string
  readonly idHeader?: string
  readonly encoding?: string
  /** How the secret becomes key bytes: `utf8`, `base64`, `hex`. */
  readonly keyForm?: string
  readonly toleranceS?: number
}

const DEFAULT_TOLERANCE_S = 300

/**
 * A provider made of flags, called `custom`.
 * @throws AppError `bad-provider`, as `parseProvider`
 */
export function providerFromFlags(flags: SchemeFlags): Provider {
  const colon = flags.signatureHeader.indexOf(':')
  const header = (colon === -1 ? flags.signatureHeader : flags.signatureHeader.slice(0, colon)).trim()
  const format = colon === -1 ? undefined : flags.signatureHeader.slice(colon + 1).trim()
  const timestamp = timestampOf(flags, format ?? '')
  const scheme = {
    name: 'custom',
    algorithm: flags.scheme,
    signature: `header:${header}`,
    ...given('encoding', flags.encoding),
    ...given('format', format),
    ...given('separator', separatorOf(format ?? '')),
    ...given('content', flags.signedContent),
    ...given('timestamp', timestamp),
    ...given('id', flags.idHeader === undefined ? undefined : `header:${flags.idHeader}`),
    ...given('key', flags.keyForm === undefined ? undefined : { form: flags.keyForm }),
  }
  return parseProvider({ id: 'custom', detect: [{ header }], schemes: [scheme] }, '--scheme')
}

function timestampOf(flags: SchemeFlags, format: string): object | undefined {
  const inSignature = /\{(?:t|timestamp)\}/.test(format)
  if (flags.timestampHeader === undefined && !inSignature) return undefined
  return {
    from: flags.timestampHeader === undefined ? 'signature' : `header:${flags.timestampHeader}`,
    unit: flags.timestampUnit ?? 's',
    toleranceS: flags.toleranceS ?? DEFAULT_TOLERANCE_S,
  }
}

/** What stands between two items of a format: `t={t},v1={sig}` is split at its comma. */
function separatorOf(format: string): string | undefined {
  return /\}([,; &])\s*[\w-]*[=,:]?\{/.exec(format)?.[1]
}

function given<K extends string>(key: K, value: unknown): Partial<Record<K, unknown>> {
  const entry: Partial<Record<K, unknown>> = {}
  if (value !== undefined) entry[key] = value
  return entry
}
