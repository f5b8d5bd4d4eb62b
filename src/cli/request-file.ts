import { resolve } from 'node:path'
import { readImport } from '../app/import.ts'
import { asBuffer } from '../core/content/charset.ts'
import { deliveryFromJson } from '../core/content/delivery-read.ts'
import { parseBounded } from '../core/content/json-bounds.ts'
import { requestFromHttp } from '../core/content/http-read.ts'
import { requestFromJson } from '../core/content/jsonv1-read.ts'
import type { Delivery } from '../core/delivery.ts'
import { AppError } from '../core/errors.ts'
import type { NewRequest } from '../core/request.ts'
import { readBounded } from './bounded-read.ts'
import type { CliDeps } from './deps.ts'

/**
 * The request in `@file` or, for `-`, in what is piped in: JSON as `show --json` writes it, or an HTTP message.
 * @throws AppError `file-unreadable` or `usage`
 */
export async function readRequest(source: string, { io }: CliDeps): Promise<NewRequest> {
  const path = source === '-' ? 'stdin' : source.slice(1)
  const bytes =
    source === '-' ? await io.stdin.readAll() : await readBounded('request', resolve(io.cwd, path))
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('latin1')
  return /^(?:\xef\xbb\xbf)?\s*\{/.test(text) ? fromJson(bytes, path) : fromHttp(bytes, path, io.clock.now())
}

/** A request from a file, with the id that it has there. */
export interface ReadRequest {
  readonly id?: string
  readonly request: NewRequest
}

/** What a file holds: requests, and what was answered to some of them. */
export interface ReadRecords {
  readonly requests: readonly ReadRequest[]
  readonly deliveries: readonly Delivery[]
}

/**
 * All that is in a file: our JSON, one object, a list of them or one on each line, or whatever else `import` reads.
 * @throws AppError `file-unreadable` or `usage`
 */
export async function readRecords(path: string, { io }: CliDeps): Promise<ReadRecords> {
  const bytes = await readBounded('request', resolve(io.cwd, path))
  if (bytes.byteLength === 0) return { requests: [], deliveries: [] }
  const isJson = /^(?:\xef\xbb\xbf)?\s*[[{]/.test(bytes.toString('latin1', 0, 64))
  const values = isJson ? jsonValues(bytes, path).flat() : []
  const deliveries = values.flatMap((value) => deliveryFromJson(value) ?? [])
  const requests = values
    .filter((value) => isRequest(value))
    .map((value): ReadRequest => ({ request: fromValue(value, path), ...idOf(value) }))
  if (requests.length + deliveries.length > 0) return { requests, deliveries }
  return { requests: fromForeign(bytes, path, io.clock.now()), deliveries }
}

/** A request that is left out unseen would make the rest look like all. */
function fromForeign(bytes: Uint8Array, path: string, now: number): ReadRequest[] {
  // The file was bounded, and with it what is in it.
  const entries = readImport(bytes, 'auto', { now, maxBodyBytes: Number.MAX_SAFE_INTEGER })
  return Array.from(entries, (entry) => {
    if ('request' in entry) return { request: entry.request }
    const { place, problem } = entry
    return refuse(path, place === '' ? problem : `${place}: ${problem}`, ['webhook-cli import --help'])
  })
}

function idOf(value: unknown): { readonly id?: string } {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  return typeof id === 'string' && /^[0-9a-z]{1,64}$/.test(id) ? { id } : {}
}

function fromHttp(bytes: Uint8Array, path: string, now: number): NewRequest {
  const read = requestFromHttp(bytes, now)
  if (!read.ok) return refuse(path, `line ${read.line}: expected ${read.expected}`)
  return read.request
}

function fromJson(bytes: Uint8Array, path: string): NewRequest {
  const lines = jsonValues(bytes, path)
  const requests = lines.length === 1 ? lines : lines.filter((line) => isRequest(line))
  if (requests.length !== 1) return refuse(path, `it holds ${requests.length} requests, and one is meant`)
  return fromValue(requests[0], path)
}

function fromValue(value: unknown, path: string): NewRequest {
  const read = requestFromJson(value)
  return read.ok
    ? read.request
    : refuse(path, `${read.path === '' ? 'it' : read.path}: expected ${read.expected}`)
}

/** One value, or one a line: what `listen --json` wrote. */
function jsonValues(bytes: Uint8Array, path: string): unknown[] {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = asBuffer(isMarked ? bytes.subarray(3) : bytes)
  const whole = parseBounded(text)
  if ('value' in whole) return [whole.value]
  const values: unknown[] = []
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\n', at)
    const line = text.subarray(at, found === -1 ? text.length : found)
    at += line.length + 1
    if (line.toString('latin1').trim() === '') continue
    const read = parseBounded(line)
    if ('problem' in read) return refuse(path, whole.problem)
    values.push(read.value)
  }
  return values
}

function isRequest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'request'
}

const OUR_JSON = ['webhook-cli show last --json > request.json', 'webhook-cli verify --help']

function refuse(path: string, hint: string, next: readonly string[] = OUR_JSON): never {
  throw new AppError('usage', { message: `there is no request in ${path}`, hint, next })
}
