/**
 * Pairs of a query or an `application/x-www-form-urlencoded` body. Names and values are strings of bytes
 * (one character each, 0-255): a provider signs the bytes, which need not be UTF-8.
 */
export type FieldPairs = readonly (readonly [name: string, value: string])[]

const MAX_FIELDS = 10_000

/** Splits and decodes; a broken escape stays as it is. `text` is a string of bytes too. */
export function parseFields(text: string): FieldPairs {
  const pairs: [string, string][] = []
  if (text === '') return pairs
  for (const item of text.split('&', MAX_FIELDS)) {
    if (item === '') continue
    const equals = item.indexOf('=')
    if (equals === -1) pairs.push([decodeField(item), ''])
    else pairs.push([decodeField(item.slice(0, equals)), decodeField(item.slice(equals + 1))])
  }
  return pairs
}

/** Writes one value the way browsers do, from a string of bytes. */
export function encodeField(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9*._-]/g, (char) =>
    char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** The text that a string of bytes spells in UTF-8. */
export function utf8Of(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The bytes of a text in UTF-8, as a string of bytes. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function decodeField(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
