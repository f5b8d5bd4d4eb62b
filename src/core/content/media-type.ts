/** A media type without what we have no use for. All names are in lower case. */
export interface MediaType {
  /** `application/json` */
  readonly type: string
  readonly charset?: string
  readonly boundary?: string
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/

/** Reads a Content-Type (RFC 9110 §8.3.1); undefined where it is none. The first of a repeated parameter counts. */
export function parseMediaType(header: string): MediaType | undefined {
  const { value, parameters } = parseParameters(header)
  const type = value.toLowerCase()
  if (!TOKEN.test(type)) return undefined
  const charset = parameters.get('charset')?.toLowerCase()
  const boundary = parameters.get('boundary')
  return { type, ...(charset && { charset }), ...(boundary !== undefined && { boundary }) }
}

/** Splits `value; name=token; name="quoted"`, names in lower case. Takes what it can from anything, in one pass. */
export function parseParameters(header: string): { value: string; parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>()
  const first = header.indexOf(';')
  if (first === -1) return { value: header.trim(), parameters }
  let at = first
  while (at < header.length) {
    const nameStart = at + 1
    at = nextOf(header, nameStart, '=;')
    const name = header.slice(nameStart, at).trim().toLowerCase()
    if (header[at] !== '=') continue
    let value: string
    const quote = skipSpace(header, at + 1)
    if (header[quote] === '"') {
      const end = endOfQuoted(header, quote + 1)
      value = header.slice(quote + 1, end).replaceAll(/\\([^])/g, '$1')
      at = nextOf(header, end + 1, ';')
    } else {
      const start = at + 1
      at = nextOf(header, start, ';')
      value = header.slice(start, at).trim()
    }
    if (name !== '' && !parameters.has(name)) parameters.set(name, value)
  }
  return { value: header.slice(0, first).trim(), parameters }
}

function nextOf(text: string, from: number, stops: string): number {
  let at = from
  while (at < text.length && !stops.includes(text.charAt(at))) at++
  return at
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}

function endOfQuoted(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

/** How a content is read, as far as its media type tells. */
export type Syntax = 'json' | 'json-lines' | 'form' | 'multipart' | 'xml' | 'text'

const SYNTAX: ReadonlyMap<string, Syntax> = new Map([
  ['application/json', 'json'],
  ['text/json', 'json'],
  ['application/x-json', 'json'],
  ['application/x-ndjson', 'json-lines'],
  ['application/ndjson', 'json-lines'],
  ['application/jsonl', 'json-lines'],
  ['application/x-jsonlines', 'json-lines'],
  ['application/x-www-form-urlencoded', 'form'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
])

export function syntaxOf(type: string): Syntax | undefined {
  const known = SYNTAX.get(type)
  if (known !== undefined) return known
  if (type.endsWith('+json')) return 'json'
  if (type.endsWith('+xml')) return 'xml'
  if (type.startsWith('multipart/')) return 'multipart'
  return type.startsWith('text/') ? 'text' : undefined
}
