import type { Random } from '../../core/ports.ts'

/** Where the values of placeholders come from. `now` is epoch milliseconds. */
export interface FillSource {
  readonly random: Random
  readonly now: number
}

/** Puts values in the place of the placeholders of a text. */
export type Fill = (text: string) => string

const PLACEHOLDER =
  /\{#?(?:(uuid|(?:id|lower|upper|int|hex):\d{1,3})|now:(unix|ms|iso|utc|local|sql|date|rfc2822)([+-]\d+[smhd])?)(?:@([a-z-]+))?\}/g

const DIGITS = '0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ALPHABETS: Readonly<Record<string, string>> = {
  id: UPPER + UPPER.toLowerCase() + DIGITS,
  upper: UPPER + DIGITS,
  lower: UPPER.toLowerCase() + DIGITS,
  int: DIGITS,
  hex: `${DIGITS}abcdef`,
}

const OFFSET_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Fills the placeholders that `Template` lists, in one request: a name has the same value in all its texts.
 * The same random bytes and clock give the same values.
 */
export function placeholderFiller({ random, now }: FillSource): Fill {
  const named = new Map<string, string>()
  const one = (placeholder: string, kind = '', format = '', offset = '', name = ''): string => {
    if (format !== '') return formatTime(now + offsetMs(offset), format)
    if (name === '') return randomText(random, kind)
    const key = placeholder.replace('#', '')
    const value = named.get(key) ?? randomText(random, kind)
    named.set(key, value)
    return value
  }
  return (text) => text.replace(PLACEHOLDER, one)
}

function randomText(random: Random, kind: string): string {
  if (kind === 'uuid') return randomUuid(random)
  const [letters = '', size] = kind.split(':')
  const alphabet = ALPHABETS[letters] ?? ''
  let text = ''
  for (const byte of random(Number(size))) text += alphabet.charAt(byte % alphabet.length)
  // A number that began with 0 would lose a digit.
  return letters === 'int' && text.startsWith('0') ? `7${text.slice(1)}` : text
}

/** A version 4 UUID (RFC 9562, 5.4). */
function randomUuid(random: Random): string {
  const bytes = random(16)
  const hex = Array.from(bytes, (byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x40
    return index === 8 ? (byte & 0x3f) | 0x80 : byte
  })
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function offsetMs(offset: string): number {
  return Number(offset.slice(0, -1)) * (OFFSET_MS[offset.slice(-1)] ?? 0)
}

function formatTime(ms: number, format: string): string {
  const date = new Date(ms)
  switch (format) {
    case 'unix':
      return String(Math.floor(ms / 1000))
    case 'ms':
      return String(Math.floor(ms))
    case 'utc':
      return date.toISOString().replace(/\.\d+Z$/, 'Z')
    case 'date':
      return date.toISOString().slice(0, 10)
    case 'local':
      return date.toISOString().slice(0, 19)
    case 'sql':
      return date.toISOString().slice(0, 19).replace('T', ' ')
    case 'rfc2822':
      return date.toUTCString().replace('GMT', '+0000')
    default:
      return date.toISOString()
  }
}
