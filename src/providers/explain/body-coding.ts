import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { contentCodings, decodeContent } from '../../core/content/coding.ts'
import { bufferOf } from '../reader.ts'
import { MAX_REWRITTEN_BYTES, changed } from './body.ts'
import type { Attempt, Subject } from './subject.ts'

/** Compressing costs more than hashing does, brotli at its best a second per megabyte. */
const MAX_COMPRESSED_BYTES = 256 * 1024

/** A body that is compressed where it should not be, or the other way round. */
export function* bodyCoding(subject: Subject): Generator<Attempt> {
  const { request } = subject
  const declared = contentCodings(request.headers)
  const codings = declared.length > 0 ? declared : sniffed(request.body)
  if (codings.length === 0) return
  const coding = codings.join(', ')
  const decoded = decodeContent(request.body, codings, { maxBytes: MAX_REWRITTEN_BYTES, maxLayers: 2 })
  if (decoded.ok) {
    yield changed(subject, { code: 'body-compressed', data: { coding: named(coding) } }, decoded.bytes)
    return
  }
  if (request.body.byteLength > MAX_COMPRESSED_BYTES || codings.length > 1) return
  for (const body of compressed(request.body, coding)) {
    yield changed(subject, { code: 'body-decompressed', data: { coding: named(coding) } }, body)
  }
}

/** The coding that the headers name and the body does not have. */
export function mismatchedCoding({ request }: Subject): string | undefined {
  const codings = contentCodings(request.headers)
  if (codings.length === 0 || request.body.byteLength === 0) return undefined
  const decoded = decodeContent(request.body, codings, { maxBytes: MAX_REWRITTEN_BYTES, maxLayers: 2 })
  return !decoded.ok && decoded.code === 'malformed' ? named(decoded.coding) : undefined
}

const MAGIC = [
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
] as const

/** The coding of a body that begins as only compressed data does. */
function sniffed(body: Uint8Array): string[] {
  const found = MAGIC.find(([, magic]) => bufferOf(body.subarray(0, magic.length)).equals(magic))
  if (found !== undefined) return [found[0]]
  const [first = 0, second = 0] = body
  // RFC 1950: deflate with a 32 kB window, and a checksum over the two bytes.
  return first === 0x78 && ((first << 8) | second) % 31 === 0 ? ['deflate'] : []
}

/** As zlib's and brotli's defaults compress; other writers' streams cannot be made again. */
function* compressed(body: Uint8Array, coding: string): Generator<Uint8Array> {
  if (coding === 'br') yield brotliCompressSync(body)
  for (const level of [6, 9, 1]) {
    if (coding === 'gzip') yield gzipSync(body, { level })
    if (coding === 'deflate') yield deflateSync(body, { level })
  }
}

/** A header may say anything for a coding. */
function named(coding: string): string {
  return /^[a-z0-9-]{1,20}(?:, [a-z0-9-]{1,20})?$/.test(coding) ? coding : 'an unknown coding'
}
