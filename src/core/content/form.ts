import { asBuffer, decodeUtf8 } from './charset.ts'

/** A pair of a form; `start` is its place in the body. */
export interface FormField {
  readonly name: string
  readonly value: string
  readonly start: number
}

const AMPERSAND = 0x26
const EQUALS = 0x3d

/**
 * Pairs of an application/x-www-form-urlencoded body in order, duplicates kept (WHATWG URL Standard §5.1).
 * A `%` that is no escape stays as it is, and so does every byte that is not UTF-8 (see `decodeUtf8`).
 */
export function* formFields(body: Uint8Array): Generator<FormField> {
  const buffer = asBuffer(body)
  for (let start = 0; start < buffer.length;) {
    const found = buffer.indexOf(AMPERSAND, start)
    const end = found === -1 ? buffer.length : found
    if (end > start) {
      const pair = buffer.subarray(start, end)
      const equals = pair.indexOf(EQUALS)
      const nameEnd = equals === -1 ? pair.length : equals
      yield { name: unescape(pair.subarray(0, nameEnd)), value: unescape(pair.subarray(nameEnd + 1)), start }
    }
    start = end + 1
  }
}

function unescape(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  if (!text.includes('%') && !text.includes('+')) return decodeUtf8(bytes)
  const plain = text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decodeUtf8(Buffer.from(plain, 'latin1'))
}
