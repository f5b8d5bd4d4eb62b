/** How bytes are read as text. */
export type Charset = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1'

export interface DecodedText {
  /** A byte that is not UTF-8 stands in it as the lone surrogate U+DC80–U+DCFF (`0xDC00 + byte`). */
  readonly text: string
  readonly charset: Charset
  /** Length in bytes of the byte order mark, which is not part of the text. */
  readonly bom: 0 | 2 | 3
  /** The charset declared, where it is one we cannot read: the text was read as UTF-8 then. */
  readonly unknown?: string
}

const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['ascii', 'utf-8'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['iso-8859-1', 'latin1'],
  ['iso8859-1', 'latin1'],
  ['latin1', 'latin1'],
])

/** Reads bytes as text: a byte order mark decides, then the charset declared, then UTF-8. Never fails. */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { text: decodeUtf8(bytes.subarray(3)), charset: 'utf-8', bom: 3 }
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes.subarray(2), 'utf-16le', 2)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes.subarray(2), 'utf-16be', 2)
  const charset = declared === undefined ? 'utf-8' : CHARSETS.get(declared.toLowerCase())
  if (charset === 'utf-16le' || charset === 'utf-16be') return decodeUtf16(bytes, charset, 0)
  if (charset === 'latin1') return { text: asBuffer(bytes).toString('latin1'), charset, bom: 0 }
  const unknown = charset === undefined ? declared : undefined
  return { text: decodeUtf8(bytes), charset: 'utf-8', bom: 0, ...(unknown !== undefined && { unknown }) }
}

function decodeUtf16(bytes: Uint8Array, charset: 'utf-16le' | 'utf-16be', bom: 0 | 2): DecodedText {
  const whole = asBuffer(bytes.subarray(0, bytes.byteLength - (bytes.byteLength % 2)))
  const text = (charset === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le')
  return { text, charset, bom }
}

/** The text of bytes that are UTF-8 throughout, a byte order mark included; undefined for any others. */
export function validUtf8(bytes: Uint8Array): string | undefined {
  const buffer = asBuffer(bytes)
  const text = buffer.toString('utf8')
  // Decoding writes U+FFFD for every fault, and encoding never makes the faulty bytes again.
  return !text.includes('\ufffd') || buffer.equals(Buffer.from(text)) ? text : undefined
}

/** UTF-8 as text, with each byte that is none as the lone surrogate `0xDC00 + byte`: nothing is lost. */
export function decodeUtf8(bytes: Uint8Array): string {
  return validUtf8(bytes) ?? decodeDamagedUtf8(bytes)
}

function decodeDamagedUtf8(bytes: Uint8Array): string {
  const units = Buffer.allocUnsafe(bytes.byteLength * 2)
  let length = 0
  const add = (unit: number): void => {
    units[length++] = unit & 0xff
    units[length++] = unit >> 8
  }
  for (let i = 0; i < bytes.byteLength;) {
    const size = sequenceLength(bytes, i)
    const codePoint = size === 0 ? 0xdc00 + (bytes[i] ?? 0) : codePointAt(bytes, i, size)
    if (codePoint >= 0x10000) {
      add(0xd800 + ((codePoint - 0x10000) >> 10))
      add(0xdc00 + (codePoint & 0x3ff))
    } else add(codePoint)
    i += size === 0 ? 1 : size
  }
  return units.toString('utf16le', 0, length)
}

function codePointAt(bytes: Uint8Array, at: number, size: number): number {
  const lead = bytes[at] ?? 0
  if (size === 1) return lead
  let codePoint = lead & (0x7f >> size)
  for (let i = 1; i < size; i++) codePoint = (codePoint << 6) | ((bytes[at + i] ?? 0) & 0x3f)
  return codePoint
}

/** Length of the well-formed sequence at a place, 0 where there is none (Unicode Standard, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  const second = bytes[at + 1] ?? 0
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let i = 2; i < size; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return size
}

const NOT_UTF8 = /[\udc80-\udcff]/gu

/** How many bytes of `decodeUtf8`'s text were not UTF-8. */
export function invalidBytes(text: string): number {
  return text.match(NOT_UTF8)?.length ?? 0
}

/** How many bytes a decoded text was. */
export function encodedLength(text: string, charset: Charset): number {
  if (charset === 'latin1') return text.length
  if (charset !== 'utf-8') return text.length * 2
  return Buffer.byteLength(text) - invalidBytes(text) * 2
}

/** The longest start of at most `maxBytes` that does not end inside a UTF-8 sequence. */
export function cutUtf8(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.byteLength <= maxBytes) return bytes
  for (let back = 1; back <= 3 && back <= maxBytes; back++) {
    const at = maxBytes - back
    if (sequenceLength(bytes, at) > back) return bytes.subarray(0, at)
  }
  return bytes.subarray(0, maxBytes)
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
