import type { Random } from '../../core/ports.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { JsonStyle, Sample, SampleBody, Template } from './types.ts'

/** Where the values of placeholders come from. `now` is epoch milliseconds. */
export interface FillSource {
  readonly random: Random
  readonly now: number
}

/** A sample that is ready to be signed and sent. */
export interface FilledSample {
  readonly method: 'POST'
  readonly contentType: string
  /** Without the content type. */
  readonly headers: RawHeaders
  readonly body: Uint8Array
}

/** Fills every placeholder. The same random bytes and clock give the same event. */
export function fillSample(sample: Sample, source: FillSource): FilledSample {
  const fill = textFiller(source)
  return {
    method: 'POST',
    contentType: sample.contentType ?? defaultContentType(sample.body),
    headers: Object.entries(sample.headers ?? {}).map(([name, value]) => [name, fill(value)] as const),
    body: new TextEncoder().encode(serialise(sample.body, fill)),
  }
}

type Fill = (text: string) => string

const PLACEHOLDER =
  /\{#?(?:(uuid|(?:id|lower|upper|int|hex):\d{1,3})|now:([a-z0-9]+)([+-]\d+[smhd])?)(?:@([a-z-]+))?\}/g
const NUMBER = /^\{#[^{}]+\}$/

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

function textFiller({ random, now }: FillSource): Fill {
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
  const text = Array.from(random(Number(size)), (byte) => alphabet.charAt(byte % alphabet.length)).join('')
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
    case 'rfc2822':
      return date.toUTCString().replace('GMT', '+0000')
    default:
      return date.toISOString()
  }
}

function defaultContentType(body: SampleBody): string {
  if ('form' in body) return 'application/x-www-form-urlencoded'
  return 'json' in body ? 'application/json' : 'text/plain'
}

function serialise(body: SampleBody, fill: Fill): string {
  if ('text' in body) return fill(body.text)
  if ('json' in body) return toJson(fillTemplate(body.json, fill), body.style ?? 'compact') + (body.end ?? '')
  const fields = Object.entries(body.form).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? fill(value) : `${Buffer.from(fill(value.base64)).toString('base64')}\n`,
  ])
  return new URLSearchParams(fields).toString()
}

function fillTemplate(template: Template, fill: Fill): Template {
  if (typeof template === 'string') {
    const text = fill(template)
    return NUMBER.test(template) ? Number(text) : text
  }
  if (typeof template !== 'object' || template === null) return template
  if (isList(template)) return template.map((item) => fillTemplate(item, fill))
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillTemplate(value, fill)]))
}

/** `Array.isArray` does not know a readonly array. */
function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template)
}

function toJson(value: Template, style: JsonStyle): string {
  if (style === 'pretty') return JSON.stringify(value, null, 2)
  const compact = JSON.stringify(value)
  if (style === 'compact') return compact
  // Both stand only inside strings, so that the text may be changed as a whole.
  return compact
    .replaceAll('/', String.raw`\/`)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
