import { setFlagsFromString } from 'node:v8'
import { Environment } from '@marcbachmann/cel-js'
import { decodeText } from '../core/content/charset.ts'
import { contentCodings, decodeContent } from '../core/content/coding.ts'
import { formFields } from '../core/content/form.ts'
import { parseMediaType } from '../core/content/media-type.ts'
import { AppError } from '../core/errors.ts'
import { headerValue } from '../core/headers.ts'
import type { Answer } from '../core/ports.ts'
import type { Predicate, StoredRequest } from '../core/query.ts'
import type { RawHeaders } from '../core/request.ts'
import { pathOf, queryOf } from '../core/request.ts'

/**
 * `matches` takes a pattern of the user's own and text of a stranger's, and CEL promises it linear time (RE2, see
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#regular-expressions). V8 keeps that with its second
 * engine, to which it turns after 50,000 steps back: `^(a+)+$` took 3 s for 25 letters, and twice as long for 26.
 * Patterns that look around or back, which RE2 does not know, and counts of counts have no such bound.
 */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** What an expression sees: `request` and its fields. CEL has no loops and no side effects; nothing is evaluated as code. */
const environment: Environment = new Environment({ enableOptionalTypes: true }).registerVariable({
  name: 'request',
  schema: {
    method: 'string',
    path: 'string',
    query: 'map<string, string>',
    headers: 'map<string, string>',
    body: 'dyn',
    event: 'string',
    provider: 'string',
    size: 'int',
  },
})

/** What `--expect` sees: `response` and its fields; `ms` is how long it took. */
const responseEnvironment: Environment = new Environment({ enableOptionalTypes: true }).registerVariable({
  name: 'response',
  schema: { status: 'int', headers: 'map<string, string>', body: 'dyn', ms: 'int' },
})

/**
 * Compiles a CEL condition. A field that a request does not have makes the condition false for it, not an error:
 * one filter is put to requests of every shape.
 * @throws AppError `bad-filter` for a syntax error, an unknown name, or a result that is not true or false
 */
export function compileWhere(expression: string, option: string): Predicate {
  const holds = compile(environment, expression, option)
  return (stored) => holds({ request: variablesOf(stored) })
}

/**
 * Compiles a CEL expression over `request` whose value, as text, tells which requests belong together. A request that
 * has no such field belongs with the others that have none.
 * @throws AppError `bad-filter`
 */
export function compileKey(expression: string, option: string): (stored: StoredRequest) => string {
  const evaluate = prepare(environment, expression, option)
  return (stored) => {
    try {
      const value = evaluate({ request: variablesOf(stored) })
      return typeof value === 'string' ? value : JSON.stringify(value, plainly)
    } catch {
      return ''
    }
  }
}

/** CEL counts with whole numbers that JSON does not know. */
function plainly(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Map ? [...value] : value
}

/** The same over an answer. @throws AppError `bad-filter` */
export function compileResponse(expression: string, option: string): (answer: Answer, ms: number) => boolean {
  const holds = compile(responseEnvironment, expression, option)
  return ({ status, headers, body }, ms) =>
    holds({
      response: {
        status: BigInt(status),
        headers: headerMap(headers),
        body: bodyOf({ headers, body }),
        ms: BigInt(Math.round(ms)),
      },
    })
}

/** Told of a value that has no such field, a condition is false. */
function compile(
  within: Environment,
  expression: string,
  option: string,
): (variables: Record<string, unknown>) => boolean {
  const evaluate = prepare(within, expression, option, ['bool', 'dyn'])
  return (variables) => {
    try {
      return evaluate(variables) === true
    } catch {
      return false
    }
  }
}

function prepare(
  within: Environment,
  expression: string,
  option: string,
  types?: readonly string[],
): (variables: Record<string, unknown>) => unknown {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new AppError('bad-filter', { option, expression, problem }, { cause })
  }
  let parsed: ReturnType<Environment['parse']>
  try {
    parsed = within.parse(expression)
  } catch (error) {
    return refuse(firstLine(error), error)
  }
  const { valid, type, error } = parsed.check()
  if (!valid) return refuse(firstLine(error), error)
  if (types?.includes(type ?? '') === false) return refuse(`what it gives is ${type}, not true or false`)
  return (variables) => parsed(variables)
}

/** The library draws the expression with a caret below; the sentence above that is enough. */
function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
}

function variablesOf({ request, identity }: StoredRequest): Record<string, unknown> {
  return {
    method: request.method,
    path: pathOf(request.target),
    query: firstOfEach(new URLSearchParams(queryOf(request.target) ?? '')),
    headers: headerMap(request.headers),
    body: bodyOf(request),
    event: identity.event ?? '',
    provider: identity.provider ?? '',
    size: BigInt(request.body.byteLength),
  }
}

function headerMap(headers: RawHeaders): Map<string, string> {
  return firstOfEach(headers.map(([name, value]) => [name.toLowerCase(), value] as const))
}

/** A map without inherited names, whatever a sender calls its fields; the first of equal names counts. */
function firstOfEach(pairs: Iterable<readonly [string, string]>): Map<string, string> {
  const map = new Map<string, string>()
  for (const [name, value] of pairs) if (!map.has(name)) map.set(name, value)
  return map
}

const MAX_BODY_BYTES = 32 * 1024 * 1024

/** The body as a value: of JSON and forms their content, of everything else its text. */
function bodyOf({ headers, body }: Pick<Answer, 'headers' | 'body'>): unknown {
  const decoded = decodeContent(body, contentCodings(headers), { maxBytes: MAX_BODY_BYTES, maxLayers: 4 })
  const bytes = decoded.ok ? decoded.bytes : body
  const header = headerValue(headers, 'content-type')
  const media = header === undefined ? undefined : parseMediaType(header)
  const { text } = decodeText(bytes, media?.charset)
  try {
    return JSON.parse(text) as unknown
  } catch {
    if (media?.type !== 'application/x-www-form-urlencoded') return text
    return firstOfEach(Array.from(formFields(bytes), ({ name, value }) => [name, value] as const))
  }
}
