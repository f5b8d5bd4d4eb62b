import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/ports.ts'
import { parseDuration } from '../core/units.ts'
import type { Version } from './conditions.ts'
import { isUnchanged, validators } from './conditions.ts'
import { Problem } from './problem.ts'

/** A request and all that is needed to answer it. */
export type Exchange = Context<{ Bindings: HttpBindings }>
export type Handler = (exchange: Exchange) => Response | Promise<Response>

const MOST_BODY_BYTES = 1024 * 1024
const MOST_WAIT_MS = 60_000

export function answerJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Response(text, { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

/** 304 where the client has this version, else the representation. */
export function answerVersion(
  exchange: Exchange,
  version: Version,
  clock: Clock,
  represent: () => { readonly body: unknown; readonly headers?: Readonly<Record<string, string>> },
): Response {
  const tags = validators(version, clock)
  if (isUnchanged(version, (name) => exchange.req.header(name)))
    return new Response(null, { status: 304, headers: tags })
  const { body, headers } = represent()
  return answerJson(200, body, { ...tags, ...headers })
}

/**
 * The object that the body holds.
 * @throws Problem 400, 413, 415 or 422
 */
export async function readObject(exchange: Exchange): Promise<Readonly<Record<string, unknown>>> {
  const type = exchange.req.header('content-type') ?? ''
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new Problem(415, 'the body must be JSON, with Content-Type: application/json')
  const bytes = await readBody(exchange.env.incoming)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Problem(400, 'the body is not JSON in UTF-8')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem(422, 'the body must be a JSON object')
  return { ...value }
}

function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const refuse = (): void => {
      incoming.off('data', take)
      // What still comes is dropped: closing on a client that is sending would reset the connection under the answer.
      incoming.resume()
      reject(new Problem(413, 'bodies may have 1 MiB'))
    }
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size > MOST_BODY_BYTES) refuse()
      else chunks.push(chunk)
    }
    if (Number(incoming.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return refuse()
    incoming.on('data', take)
    incoming.once('end', () => resolve(Buffer.concat(chunks)))
    incoming.once('error', () => reject(new Problem(400, 'the body was cut off')))
  })
}

/**
 * Waits until the webhooks of what has just happened have left. HTTP clients look at a connection that was idle for one
 * turn of the event loop before they write to it, and an answer written in that turn would go first: half a
 * millisecond that every subscriber would wait.
 */
export function announcementsFirst(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** A whole number of the query. @throws Problem 400 */
export function queryNumber(
  exchange: Exchange,
  name: string,
  range: { readonly least: number; readonly most: number },
): number | undefined {
  const text = exchange.req.query(name)
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.least && value <= range.most) return value
  throw new Problem(400, `${name} must be a whole number from ${range.least} to ${range.most}`)
}

export const ANY_CURSOR: { readonly least: number; readonly most: number } = {
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
}

/** Milliseconds to wait for news: `?wait=30s`, at most a minute. @throws Problem 400 */
export function queryWait(exchange: Exchange): number | undefined {
  const text = exchange.req.query('wait')
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined) throw new Problem(400, 'wait must be a duration such as 30s')
  return Math.min(ms, MOST_WAIT_MS)
}

/** Globs over event names: `?events=order.*,payment_*`. @throws Problem 400 */
export function queryPatterns(exchange: Exchange): readonly string[] {
  return splitPatterns(exchange.req.query('events') ?? '')
}

export function splitPatterns(text: string): readonly string[] {
  const patterns = text.split(',').filter((pattern) => pattern !== '')
  if (!arePatterns(patterns)) throw new Problem(400, 'events must be event names or globs, at most 20')
  return patterns
}

export function arePatterns(patterns: readonly unknown[]): patterns is readonly string[] {
  return (
    patterns.length <= 20 &&
    patterns.every((pattern) => typeof pattern === 'string' && /^[\w.:*?-]{1,80}$/.test(pattern))
  )
}
