import { timingSafeEqual } from 'node:crypto'
import type { Encoding } from '../types.ts'

const MAX_SIGNATURE_CHARS = 4096

/**
 * The bytes that a signature's text stands for, or undefined where it is not written in that encoding.
 * Strict, since Node's own decoders skip what they do not know, and one signature would have endless spellings,
 * which the official libraries refuse: only the case of hex digits is free.
 */
export function decodeSignature(text: string, encoding: Encoding): Buffer | undefined {
  if (text === '' || text.length > MAX_SIGNATURE_CHARS) return undefined
  if (encoding === 'raw') return Buffer.from(text, 'latin1')
  if (encoding === 'hex') {
    return text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text) ? Buffer.from(text, 'hex') : undefined
  }
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === text ? bytes : undefined
}

export function encodeSignature(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding === 'raw' ? 'latin1' : encoding)
}

/** Compares in constant time; the length is no secret. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
