import type { Scheme } from '../types.ts'

/** What one value of a signature header, or field, says. */
export interface SignatureSet {
  /** Every text in the place of `{sig}`. */
  readonly signatures: readonly string[]
  readonly t?: string
  /** Names of the headers that are signed. */
  readonly names?: string
  /** True where there were items, none of which is of this scheme: another version's, perhaps. */
  readonly foreign: boolean
}

type Token = { readonly literal: string } | { readonly name: string }

const MAX_ITEMS = 2000

/** Takes a value apart along the scheme's format. `keyId`: only signatures with this id count. */
export function parseSignature(value: string, scheme: Scheme, keyId?: string): SignatureSet {
  const items = compiledItems(scheme)
  const parts = (scheme.separator === undefined ? [value] : value.split(scheme.separator, MAX_ITEMS))
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const signatures: string[] = []
  const named: { t?: string; names?: string } = {}
  let foreign = false
  for (const part of parts) {
    const captures = firstMatch(items, part)
    if (captures === undefined) {
      foreign ||= /^[A-Za-z0-9_-]{1,32}[=,:|]/.test(part)
      continue
    }
    const { sig, t, names } = captures
    const isOurs = captures['keyId'] === undefined || keyId === undefined || captures['keyId'] === keyId
    if (sig !== undefined && isOurs) signatures.push(sig)
    // The first one counts, as with a header that is sent twice.
    if (t !== undefined) named.t ??= t
    if (names !== undefined) named.names ??= names
  }
  return { ...named, signatures, foreign }
}

/** Writes a value that `parseSignature` understands. */
export function formatSignature(scheme: Scheme, values: Readonly<Record<string, string>>): string {
  return itemsOf(scheme)
    .map((item) => item.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''))
    .join(scheme.separator ?? '')
}

function itemsOf(scheme: Scheme): string[] {
  const format = scheme.format ?? '{sig}'
  return scheme.separator === undefined ? [format] : format.split(scheme.separator)
}

const compiled = new WeakMap<Scheme, readonly (readonly Token[])[]>()

function compiledItems(scheme: Scheme): readonly (readonly Token[])[] {
  let items = compiled.get(scheme)
  if (items === undefined) {
    items = itemsOf(scheme).map(tokensOf)
    compiled.set(scheme, items)
  }
  return items
}

function tokensOf(item: string): Token[] {
  return item
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece.startsWith('{') ? { name: piece.slice(1, -1) } : { literal: piece }))
}

function firstMatch(
  items: readonly (readonly Token[])[],
  part: string,
): Partial<Record<string, string>> | undefined {
  for (const tokens of items) {
    const captures = matchItem(tokens, part)
    if (captures !== undefined) return captures
  }
  return undefined
}

/** Reads literal after literal; a placeholder takes what lies before the next one. Linear: formats are short. */
function matchItem(tokens: readonly Token[], part: string): Partial<Record<string, string>> | undefined {
  const captures: Record<string, string> = {}
  let at = 0
  for (const [index, token] of tokens.entries()) {
    if ('literal' in token) {
      if (!part.startsWith(token.literal, at)) return undefined
      at += token.literal.length
      continue
    }
    const next = tokens[index + 1]
    const end = next !== undefined && 'literal' in next ? part.indexOf(next.literal, at) : part.length
    if (end === -1) return undefined
    captures[token.name] = part.slice(at, end).trim()
    at = end
  }
  return at === part.length ? captures : undefined
}
