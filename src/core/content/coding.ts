import * as zlib from 'node:zlib'
import type { RawHeaders } from '../request.ts'
import { headerValues } from '../headers.ts'

/** Why a content could not be decoded for display. */
export type CodingFailure =
  | 'unknown-coding'
  /** More codings on top of each other than were asked for. */
  | 'too-many-codings'
  /** Decodes to more than the limit. */
  | 'too-large'
  /** Ends in the middle of the compressed data. */
  | 'truncated'
  | 'malformed'

export type Decoded =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: CodingFailure; readonly coding: string }

export interface CodingLimits {
  /** Most bytes that may come out. */
  readonly maxBytes: number
  /** Most codings on top of each other; never more than four are taken off. */
  readonly maxLayers: number
}

const MOST_LAYERS = 4

/** A compressor that is not out for harm adds a few bytes per block to what it cannot compress; this is ample. */
const MOST_OVERHEAD = 65_536

/** Codings on a content in the order they were applied, in lower case, `identity` left out. */
export function contentCodings(headers: RawHeaders): string[] {
  return headerValues(headers, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** Takes the codings off a content. For display only: what is kept and sent on is always the coded content. */
export function decodeContent(body: Uint8Array, codings: readonly string[], limits: CodingLimits): Decoded {
  if (codings.length > Math.min(limits.maxLayers, MOST_LAYERS)) {
    return { ok: false, code: 'too-many-codings', coding: codings.slice(0, MOST_LAYERS + 1).join(', ') }
  }
  let bytes = body
  for (const coding of codings.toReversed()) {
    const decode = decoderOf(coding)
    if (decode === undefined) return { ok: false, code: 'unknown-coding', coding }
    // Also bounds the time that input without output can take: a million empty gzip members are one body.
    if (bytes.byteLength > limits.maxBytes + MOST_OVERHEAD) return { ok: false, code: 'too-large', coding }
    try {
      bytes = decode(bytes, limits.maxBytes)
    } catch (error) {
      return { ok: false, code: failureOf(error), coding }
    }
  }
  return { ok: true, bytes }
}

type Decoder = (bytes: Uint8Array, maxBytes: number) => Uint8Array

function decoderOf(coding: string): Decoder | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return (bytes, maxOutputLength) => zlib.gunzipSync(bytes, { maxOutputLength })
    case 'deflate':
      return inflate
    case 'br':
      return (bytes, maxOutputLength) => zlib.brotliDecompressSync(bytes, { maxOutputLength })
    case 'zstd':
      return zstdDecoder()
    default:
      return undefined
  }
}

/** `deflate` means zlib (RFC 9110 §8.4.1.2), and yet many send the bare stream. */
function inflate(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return zlib.inflateSync(bytes, { maxOutputLength })
  } catch (error) {
    if (failureOf(error) !== 'malformed') throw error
    return zlib.inflateRawSync(bytes, { maxOutputLength })
  }
}

/** Node has zstd from 22.15 on, and the types of Node 20 do not know it. */
interface WithZstd extends Pick<typeof zlib, 'gunzipSync'> {
  readonly zstdDecompressSync?: (
    bytes: Uint8Array,
    options: { maxOutputLength: number; params: Readonly<Record<number, number>> },
  ) => Uint8Array
}

/** `ZSTD_d_windowLogMax` of zstd's stable interface. */
const WINDOW_LOG_MAX = 100

function zstdDecoder(): Decoder | undefined {
  const { zstdDecompressSync }: WithZstd = zlib
  if (zstdDecompressSync === undefined) return undefined
  // RFC 9659: a window over 8 MB is not allowed in HTTP; a frame could ask for gigabytes otherwise.
  return (bytes, maxOutputLength) =>
    zstdDecompressSync(bytes, { maxOutputLength, params: { [WINDOW_LOG_MAX]: 23 } })
}

function failureOf(error: unknown): CodingFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
  return code === 'Z_BUF_ERROR' ? 'truncated' : 'malformed'
}
