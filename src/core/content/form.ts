import { asBuffer, decodeUtf8 } from './charset.ts'

/** A pair of a form; `start` is its place in the body. */
export interface FormField {
  readonly name: string
  readonly value: string
  readonly start: number
}

const AMPERSAND = 0x26
const EQUALS = 0x3d
const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20

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
  if (!bytes.includes(PERCENT) && !bytes.includes(PLUS)) return decodeUtf8(bytes)
  const plain = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    const value = byte === PERCENT ? hexValue(bytes[i + 1]) * 16 + hexValue(bytes[i + 2]) : Number.NaN
    if (!Number.isNaN(value)) i += 2
    plain[length++] = !Number.isNaN(value) ? value : byte === PLUS ? SPACE : byte
  }
  return decodeUtf8(plain.subarray(0, length))
}

/** NaN for what is no hexadecimal digit. */
function hexValue(byte: number | undefined): number {
  return byte === undefined ? Number.NaN : Number.parseInt(String.fromCharCode(byte), 16)
}
