import { encodeField, bytesOf, parseFields } from '../fields.ts'
import type { FieldPairs } from '../fields.ts'
import { bufferOf, isRecord, scalarText } from '../reader.ts'
import { changed } from './body.ts'
import type { Attempt, Subject } from './subject.ts'
import { shown } from './subject.ts'

/** Forms are small; a body above this is none that anybody decoded. */
const MAX_FORM_BYTES = 256 * 1024
const MAX_FIELDS = 200

/** A form that was decoded, or one field of it taken for the whole. */
export function* bodyForm(subject: Subject): Generator<Attempt> {
  const body = bufferOf(subject.request.body)
  if (body.length === 0 || body.length > MAX_FORM_BYTES) return
  const text = body.toString('latin1')
  const isJson = /^\s*[[{]/.test(text)
  if (isJson) yield* fromJson(subject, text)
  else yield* fromForm(subject, text)
}

/** Fields that hold a whole JSON document: GitHub's, Slack's and those of others. */
const WRAPPERS = ['payload', 'data', 'json', 'body'] as const

function* fromJson(subject: Subject, text: string): Generator<Attempt> {
  for (const field of WRAPPERS) {
    for (const encode of [encodeField, percentEncoded]) {
      const form = `${field}=${encode(text)}`
      yield changed(subject, { code: 'body-form-unwrapped', data: { field } }, Buffer.from(form, 'latin1'))
    }
  }
  const pairs = flatPairs(subject.reader.json())
  if (pairs === undefined) return
  for (const encode of [encodeField, percentEncoded]) {
    const form = written(pairs, encode)
    yield changed(subject, { code: 'body-form-parsed', data: {} }, Buffer.from(form, 'latin1'))
  }
}

function* fromForm(subject: Subject, text: string): Generator<Attempt> {
  const pairs = parseFields(text)
  if (!text.includes('=') || pairs.length === 0 || pairs.length > MAX_FIELDS) return
  for (const [field, value] of pairs) {
    if (value.length < 2) continue
    const cause = { code: 'body-form-field', data: { field: shown(field, subject) } } as const
    yield changed(subject, cause, Buffer.from(value, 'latin1'))
  }
  const decoded = pairs.map(([name, value]) => `${name}=${value}`).join('&')
  if (decoded !== text) {
    yield changed(subject, { code: 'body-form-decoded', data: {} }, Buffer.from(decoded, 'latin1'))
  }
  for (const [space, encode] of [
    ['+', encodeField],
    ['%20', percentEncoded],
  ] as const) {
    const form = written(pairs, encode)
    if (form === text) continue
    yield changed(subject, { code: 'body-form-reencoded', data: { space } }, Buffer.from(form, 'latin1'))
  }
}

function written(pairs: FieldPairs, encode: (bytes: string) => string): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}

/** RFC 3986 §2.3: everything but unreserved characters, as PHP's `rawurlencode` and Python's `quote` write it. */
function percentEncoded(bytes: string): string {
  return bytes.replace(
    /[^A-Za-z0-9._~-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** The fields of an object that may have been a form: texts only. */
function flatPairs(value: unknown): FieldPairs | undefined {
  if (!isRecord(value) || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > MAX_FIELDS) return undefined
  const pairs = entries.map(([name, item]) => [bytesOf(name), bytesOf(scalarText(item) ?? '')] as const)
  return entries.every(([, item]) => scalarText(item) !== undefined) ? pairs : undefined
}
