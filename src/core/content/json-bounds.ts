const QUOTE = 0x22
const BACKSLASH = 0x5c

/** A stranger's JSON is looked at before it is parsed: nesting, and values of a byte each that become objects. */
export const JSON_BOUNDS: { readonly depth: number; readonly values: number } = {
  depth: 256,
  values: 10_000_000,
}

/** The value of a stranger's JSON, in UTF-8, or why there is none. */
export function parseBounded(bytes: Buffer): { readonly value: unknown } | { readonly problem: string } {
  const excess = jsonExcess(bytes)
  if (excess === 'too-deep') return { problem: `its JSON is nested deeper than ${JSON_BOUNDS.depth}` }
  if (excess === 'too-many-values') return { problem: `its JSON has over ${JSON_BOUNDS.values} values` }
  try {
    return { value: JSON.parse(bytes.toString('utf8')) }
  } catch (error) {
    return { problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** What of a text is more than we are ready to parse, whether it is JSON or not. Linear, and holds nothing. */
export function jsonExcess(bytes: Uint8Array): 'too-deep' | 'too-many-values' | undefined {
  let depth = 0
  let values = 1
  for (let at = 0; at < bytes.byteLength; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at + 1)
    else if (byte === 0x5b || byte === 0x7b) {
      values += 1
      if (++depth > JSON_BOUNDS.depth) return 'too-deep'
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1
    else if (byte === 0x2c) values += 1
    if (values > JSON_BOUNDS.values) return 'too-many-values'
  }
  return undefined
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.byteLength && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}
