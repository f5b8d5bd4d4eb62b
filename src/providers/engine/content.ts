import { crc32 } from 'node:zlib'
import type { VerifyFailure } from '../../core/verdict.ts'
import { isSource } from '../reader.ts'
import { canonicalContents, reserialised } from './canonical.ts'
import type { Content, ContentInput, Contents } from './content-input.ts'
import { optionOf, urlsOf } from './content-input.ts'

/** The texts that the signature may be over, in the order in which they are likely. */
export function contentsOf(input: ContentInput): Contents {
  const { content: template } = input.scheme
  if (typeof template !== 'string') return canonicalContents(template.canonical, input)
  const contents: Content[] = []
  for (const url of /\{(?:url|hubspot-url)\}/.test(template) ? urlsOf(input) : ['']) {
    const filled = fill(template, input, url)
    if ('failure' in filled) return filled
    contents.push(filled.content)
  }
  return { contents: [...contents, ...variantsOf(input, contents)] }
}

const PLAIN_PLACEHOLDERS: ReadonlySet<string> = new Set([
  'body',
  't',
  'id',
  'method',
  'url',
  'secret',
  'crc32',
  'hubspot-url',
])

/** The placeholders of a template that mean nothing here: a typing error in a user's own definition. */
export function unknownPlaceholders(template: string): string[] {
  return placeholdersOf(template).filter(
    (name) => !PLAIN_PLACEHOLDERS.has(name) && !/^(?:json|form|header|query|option):[^:\s]+$/.test(name),
  )
}

export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '')
}

type Filled = { readonly content: Content } | { readonly failure: VerifyFailure }

function fill(template: string, input: ContentInput, url: string): Filled {
  const content: (Uint8Array | null)[] = []
  for (const part of partsOf(template)) {
    if (typeof part !== 'string') {
      content.push(part)
      continue
    }
    const value = part === 'secret' ? null : valueOf(part, input, url)
    if (value === undefined) return { failure: missing(part) }
    content.push(value)
  }
  return { content }
}

// Templates are the schemes' own, so that there are few.
const parsedTemplates = new Map<string, readonly (Buffer | string)[]>()

/** Literal text as bytes, placeholders by name. */
function partsOf(template: string): readonly (Buffer | string)[] {
  let parts = parsedTemplates.get(template)
  if (parts === undefined) {
    // `split` with a group puts the placeholders at the odd places.
    parts = template
      .split(/\{([^{}]*)\}/)
      .map((piece, index) => (index % 2 === 0 ? Buffer.from(piece, 'utf8') : piece))
      .filter((part) => part.length > 0)
    parsedTemplates.set(template, parts)
  }
  return parts
}

function valueOf(name: string, input: ContentInput, url: string): Uint8Array | undefined {
  const { reader, options } = input
  switch (name) {
    case 'body':
      return reader.request.body
    case 't':
      return input.t === undefined ? undefined : Buffer.from(input.t, 'latin1')
    case 'id':
      return input.id
    case 'method':
      return Buffer.from(reader.request.method, 'latin1')
    case 'url':
      return Buffer.from(url, 'latin1')
    case 'hubspot-url':
      return Buffer.from(decodeHubspotUrl(url), 'latin1')
    case 'crc32':
      return Buffer.from(String(crc32(reader.request.body)), 'latin1')
    default: {
      if (isSource(name)) return reader.bytes(name)
      const value = optionOf(options, name.slice('option:'.length))
      return value === undefined ? undefined : Buffer.from(value, 'utf8')
    }
  }
}

function missing(placeholder: string): VerifyFailure {
  const colon = placeholder.indexOf(':')
  const subject = placeholder.slice(colon + 1)
  switch (placeholder.slice(0, Math.max(colon, 0)) || placeholder) {
    case 't':
      return { code: 'timestamp-missing' }
    case 'id':
      return { code: 'id-missing' }
    case 'option':
      return { code: 'option-missing', subject }
    case 'header':
      return { code: 'header-missing', subject }
    default:
      return { code: 'body-malformed', subject }
  }
}

/**
 * HubSpot v3 hashes the URL with these escapes undone and all others left
 * (developers.hubspot.com, "Validating requests").
 */
function decodeHubspotUrl(url: string): string {
  return url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  )
}

function variantsOf({ scheme, reader }: ContentInput, contents: readonly Content[]): Content[] {
  if (scheme.also === 'trailing-newline') {
    return contents.map((content) => [...content, Buffer.from('\n', 'latin1')])
  }
  const text = scheme.also === 'reserialised-json' ? reserialised(reader) : undefined
  return text === undefined ? [] : [[text]]
}
