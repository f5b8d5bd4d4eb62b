import { createHash } from 'node:crypto'
import type { RequestReader } from '../reader.ts'
import { bufferOf, isFormRequest, pick, scalarText } from '../reader.ts'
import type { CanonicalForm } from '../types.ts'
import type { Content, ContentInput, Contents } from './content-input.ts'
import { urlsOf } from './content-input.ts'
import { sameBytes } from './encoding.ts'
import { targetOf } from './url.ts'

/** The signed texts that no template can say. */
export function canonicalContents(form: CanonicalForm, input: ContentInput): Contents {
  return FORMS[form](input)
}

const FORMS: Readonly<Record<CanonicalForm, (input: ContentInput) => Contents>> = {
  twilio,
  adyen,
  sns,
  contentful,
  hook0,
}

/**
 * The URL, then each form field's name and value, sorted by name; a field sent twice with the same value counts
 * once. A body that is no form is bound by its SHA-256 in the URL (twilio-node, `lib/webhooks/webhooks.js`).
 */
function twilio(input: ContentInput): Contents {
  const { reader } = input
  const bodyHash = reader.text('query:bodySHA256')
  const isForm = isFormRequest(reader)
  if (bodyHash !== undefined || (!isForm && reader.request.body.byteLength > 0)) {
    const actual = createHash('sha256').update(reader.request.body).digest('hex')
    const claimed = (bodyHash ?? '').toLowerCase()
    if (!sameBytes(Buffer.from(claimed, 'latin1'), Buffer.from(actual, 'latin1'))) {
      return { failure: { code: 'body-hash-mismatch', subject: 'bodySHA256' } }
    }
  }
  const fields = bodyHash === undefined && isForm ? sortedFields(reader) : ''
  return { contents: urlsOf(input).map((url) => [Buffer.from(url + fields, 'latin1')]) }
}

function sortedFields(reader: RequestReader): string {
  const byName = new Map<string, Set<string>>()
  for (const [name, value] of reader.form()) {
    const values = byName.get(name)
    if (values === undefined) byName.set(name, new Set([value]))
    else values.add(value)
  }
  const names = [...byName.keys()].toSorted(byCodeUnit)
  return names
    .flatMap((name) => [...(byName.get(name) ?? [])].toSorted(byCodeUnit).map((value) => name + value))
    .join('')
}

const ADYEN_FIELDS = [
  ['pspReference'],
  ['originalReference'],
  ['merchantAccountCode'],
  ['merchantReference'],
  ['amount', 'value'],
  ['amount', 'currency'],
  ['eventCode'],
  ['success'],
] as const

/** Eight fields of one notification item, joined with colons, missing ones empty (adyen-node-api-library, `hmacValidator`). */
function adyen({ item }: ContentInput): Contents {
  const values = ADYEN_FIELDS.map(
    (path) => scalarText(pick(item, ['NotificationRequestItem', ...path])[0]) ?? '',
  )
  return { contents: [[Buffer.from(values.join(':'), 'utf8')]] }
}

const SNS_KEYS = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const
const SNS_REQUIRED = ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type'] as const
const SNS_CONFIRMATIONS: readonly unknown[] = ['SubscriptionConfirmation', 'UnsubscribeConfirmation']

/**
 * `Key\nValue\n` of the envelope's keys in byte order, values unescaped, `Token` only in confirmations
 * (docs.aws.amazon.com, "Verifying the signatures of Amazon SNS messages").
 */
function sns({ reader }: ContentInput): Contents {
  const message = reader.json()
  const valueOf = (key: string): unknown => pick(message, [key])[0]
  const isConfirmation = SNS_CONFIRMATIONS.includes(valueOf('Type'))
  const required = isConfirmation ? [...SNS_REQUIRED, 'SubscribeURL', 'Token'] : SNS_REQUIRED
  const absent = required.find((key) => typeof valueOf(key) !== 'string')
  if (absent !== undefined) return { failure: { code: 'body-malformed', subject: absent } }
  const lines = SNS_KEYS.filter((key) => key !== 'Token' || isConfirmation)
    .filter((key) => typeof valueOf(key) === 'string')
    .map((key) => `${key}\n${String(valueOf(key))}\n`)
  return { contents: [[Buffer.from(lines.join(''), 'utf8')]] }
}

// A sender names the headers, and each is looked for.
const MAX_SIGNED_HEADERS = 100

const CONTENTFUL_ALWAYS = ['x-contentful-signed-headers', 'x-contentful-timestamp'] as const

/**
 * Method, path, the signed headers sorted by name, and body, joined with newlines; the query is escaped as a
 * whole and then once more with the path (@contentful/node-apps-toolkit, `signRequest`).
 */
function contentful(input: ContentInput): Contents {
  const { reader, names, t } = input
  const listed = (names ?? '').split(',', MAX_SIGNED_HEADERS).map((name) => name.trim().toLowerCase())
  const present = listed.filter((name) => reader.headerValues(name).length > 0)
  const sorted = [...new Set([...present, ...CONTENTFUL_ALWAYS])].toSorted(byCodeUnit)
  const headers = sorted.map((name) => {
    if (name === 'x-contentful-signed-headers') return `${name}:${sorted.join(',')}`
    if (name === 'x-contentful-timestamp') return `${name}:${t ?? ''}`
    return `${name}:${(reader.headerValues(name)[0] ?? '').trim()}`
  })
  const paths = new Set([reader.request.target, ...urlsOf(input)].map(targetOf).map(encodeTarget))
  const contents = [...paths].map((path): Content => {
    const head = `${reader.request.method.toUpperCase()}\n${path}\n${headers.join(';')}\n`
    return [Buffer.from(head, 'latin1'), reader.request.body]
  })
  return { contents }
}

function encodeTarget(target: string): string {
  const [path = '', query = ''] = target.split('?')
  return encodeURI(query === '' ? path : `${path}?${encodeURIComponent(query)}`)
}

/** Timestamp, names and values of the signed headers, and body, joined with dots (docs.cdp.coinbase.com, "Verify signatures"). */
function hook0({ reader, names, t }: ContentInput): Contents {
  if (t === undefined) return { failure: { code: 'timestamp-missing' } }
  const values = (names ?? '')
    .split(' ', MAX_SIGNED_HEADERS)
    .map((name) => reader.headerValues(name.toLowerCase())[0] ?? '')
    .join('.')
  return { contents: [[Buffer.from(`${t}.${names ?? ''}.${values}.`, 'latin1'), reader.request.body]] }
}

/** The body's JSON written again without spaces, as `JSON.stringify` does. */
export function reserialised(reader: RequestReader): Buffer | undefined {
  const value = reader.json()
  if (value === undefined) return undefined
  try {
    const text = Buffer.from(JSON.stringify(value), 'utf8')
    return text.equals(bufferOf(reader.request.body)) ? undefined : text
  } catch {
    // Nested deeper than the stack: `JSON.parse` takes it, `JSON.stringify` does not.
    return undefined
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
