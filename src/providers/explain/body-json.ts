import { validUtf8 } from '../../core/content/charset.ts'
import { bufferOf } from '../reader.ts'
import { MAX_REWRITTEN_BYTES, changed } from './body.ts'
import { laidOut, LAYOUTS, tokensOf, unescaped } from './json-layout.ts'
import type { Attempt, Subject } from './subject.ts'
import type { JsonEscape, JsonLayout } from './types.ts'

/** Above this only the spaces are tried, not every way to escape: each costs a copy of the body. */
const MAX_ESCAPED_BYTES = 512 * 1024

/** Indented, people's JSON is two or three times as long as without spaces. */
const MAX_GROWTH = 6
const LITTLE = 65_536

/** JSON that was parsed and written again by another writer than the signer's. */
export function* bodyJson(subject: Subject): Generator<Attempt> {
  const text = jsonTextOf(subject)
  const tokens = text === undefined ? undefined : tokensOf(text)
  if (text === undefined || tokens === undefined) return
  const withEscapes = text.length <= MAX_ESCAPED_BYTES
  const maxLength = MAX_GROWTH * text.length + LITTLE
  const seen = new Set([text])
  for (const { layout, escapes, written } of writings(tokens, { withEscapes, maxLength })) {
    if (seen.has(written)) continue
    // Large ones are not kept to spare a comparison; few are made.
    if (withEscapes) seen.add(written)
    const data = escapes === undefined ? { layout } : { layout, escapes }
    yield changed(subject, { code: 'body-json', data }, Buffer.from(written, 'utf8'))
  }
  const compact = asJavaScriptWrites(text)
  const parsed = compact === undefined ? undefined : tokensOf(compact)
  if (parsed === undefined) return
  for (const layout of ['compact', 'indent-2'] as const) {
    const written = laidOut(parsed, layout, maxLength)
    if (written === undefined || seen.has(written)) continue
    yield changed(subject, { code: 'body-json-parsed', data: { layout } }, Buffer.from(written, 'utf8'))
  }
}

function jsonTextOf({ request }: Subject): string | undefined {
  const body = bufferOf(request.body)
  if (body.length > MAX_REWRITTEN_BYTES) return undefined
  return validUtf8(body)?.replace(/^\uFEFF/, '')
}

interface Writing {
  readonly layout: JsonLayout
  /** Absent: as they came. */
  readonly escapes?: readonly JsonEscape[]
  readonly written: string
}

interface WritingLimits {
  readonly withEscapes: boolean
  readonly maxLength: number
}

function* writings(tokens: readonly string[], { withEscapes, maxLength }: WritingLimits): Generator<Writing> {
  for (const layout of LAYOUTS) {
    const written = laidOut(tokens, layout, maxLength)
    if (written !== undefined) yield { layout, written }
  }
  if (!withEscapes) return
  const plain = unescaped(tokens)
  for (const layout of LAYOUTS) {
    const text = laidOut(plain, layout, maxLength)
    if (text === undefined) continue
    for (const escapes of escapesThatMatter(text)) {
      yield { layout, escapes: escapes.length === 0 ? ['none'] : escapes, written: escaped(text, escapes) }
    }
  }
}

/**
 * What some writers escape beyond need. None of these characters stands outside of strings in JSON, so that they
 * can be replaced in the whole text: Python, PHP and Ruby write `\u00e9`, Jackson and .NET `\u00E9`, Go and Rails
 * escape what HTML knows, PHP the slash.
 */
const ESCAPES: Readonly<Record<Exclude<JsonEscape, 'none'>, readonly [RegExp, (char: string) => string]>> = {
  html: [/[<>&\u2028\u2029]/g, (char) => unicodeEscape(char)],
  slashes: [/\//g, () => String.raw`\/`],
  ascii: [/[^\0-\x7f]/g, (char) => unicodeEscape(char)],
  'ascii-upper': [/[^\0-\x7f]/g, (char) => unicodeEscape(char, true)],
}

const COMBINATIONS: readonly (readonly Exclude<JsonEscape, 'none'>[])[] = [
  [],
  ['ascii'],
  ['slashes'],
  ['html'],
  ['slashes', 'ascii'],
  ['html', 'ascii'],
  ['ascii-upper'],
  ['html', 'ascii-upper'],
  ['html', 'slashes'],
  ['html', 'slashes', 'ascii'],
]

function escapesThatMatter(text: string): readonly (readonly Exclude<JsonEscape, 'none'>[])[] {
  return COMBINATIONS.filter((escapes) => escapes.every((escape) => text.search(ESCAPES[escape][0]) !== -1))
}

function escaped(text: string, escapes: readonly Exclude<JsonEscape, 'none'>[]): string {
  let written = text
  for (const escape of escapes) written = written.replaceAll(...ESCAPES[escape])
  return written
}

function unicodeEscape(char: string, upper = false): string {
  const hex = char.charCodeAt(0).toString(16).padStart(4, '0')
  return String.raw`\u` + (upper ? hex.toUpperCase() : hex)
}

function asJavaScriptWrites(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    // Nested deeper than the stack: `JSON.parse` takes it, `JSON.stringify` does not.
    return undefined
  }
}
