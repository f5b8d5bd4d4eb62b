import type { RawHeaders } from './request.ts'

/** The first value of a header, by case-insensitive name. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1]
}

/** Every value of a header, in the order sent. */
export function headerValues(headers: RawHeaders, name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([candidate]) => candidate.toLowerCase() === wanted).map(([, value]) => value)
}

/** Pairs from Node's flat `rawHeaders` list. */
export function pairsOf(flat: readonly string[]): RawHeaders {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return pairs
}

/** The flat list that Node, undici and the store use; the inverse of `pairsOf`. */
export function flatOf(headers: RawHeaders): string[] {
  const flat: string[] = []
  for (const [name, value] of headers) flat.push(name, value)
  return flat
}

/** RFC 9110 §7.6.1, and those that browsers and proxies of old invented. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The headers meant for whoever gets the request in the end, order, case and duplicates kept. Left out is what was
 * said to the next hop only, every header that `Connection` names among it.
 */
export function endToEndHeaders(headers: RawHeaders): RawHeaders {
  let named: Set<string> | undefined
  for (const value of headerValues(headers, 'connection')) {
    named ??= new Set()
    for (const name of value.toLowerCase().split(',')) named.add(name.trim())
  }
  return headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !HOP_BY_HOP.has(lower) && named?.has(lower) !== true
  })
}

/**
 * Each edit replaces the first header of its name where that stands, and removes the others of the name; a new one
 * goes to the end, and an empty value only removes.
 */
export function editHeaders(headers: RawHeaders, edits: RawHeaders): RawHeaders {
  return edits.reduce<RawHeaders>((edited, [name, value]) => {
    const wanted = name.toLowerCase()
    const at = edited.findIndex(([candidate]) => candidate.toLowerCase() === wanted)
    const others = (pair: RawHeaders[number], index: number): boolean =>
      pair[0].toLowerCase() !== wanted || (index === at && value !== '')
    const replaced = edited
      .filter(others)
      .map((pair): RawHeaders[number] => (pair[0].toLowerCase() === wanted ? [pair[0], value] : pair))
    return at === -1 && value !== '' ? [...replaced, [name, value]] : replaced
  }, headers)
}
