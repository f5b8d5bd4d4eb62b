import type { ScanEnd, ScanOptions } from './lines.ts'
import { scanToEnd } from './lines.ts'

/**
 * A JSON tokenizer over the text as it was sent. `JSON.parse` would change what is shown: integers beyond 2^53,
 * `1.0`, `-0`, duplicate keys and the order of keys like `"2"` do not survive it.
 */
export type JsonTokenKind = 'open' | 'close' | 'colon' | 'comma' | 'key' | 'string' | 'number' | 'literal'

/** A token is `text.slice(start, end)`. */
export interface JsonToken {
  readonly kind: JsonTokenKind
  readonly start: number
  readonly end: number
}

export interface JsonOptions extends ScanOptions {
  /** Any number of values one after another, instead of one. */
  readonly sequence?: boolean
}

export const MAX_JSON_DEPTH = 256

type Expected = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'comma-or-close' | 'end'

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y
/** What may be the start of a number or literal that goes on beyond a cut. */
const UNFINISHED = /^[-+.0-9a-zA-Z]*$/

/** Tokens in order, as far as the text is JSON (RFC 8259); returns how it ended. Runs in linear time. */
export function* jsonTokens(text: string, options: JsonOptions = {}): Generator<JsonToken, ScanEnd> {
  const closers: string[] = []
  let expected: Expected = 'value'
  let values = 0
  const fail = (offset: number): ScanEnd =>
    options.cut === true && UNFINISHED.test(text.slice(offset))
      ? { ok: false, code: 'cut', offset }
      : { ok: false, code: 'syntax', offset }

  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    if (expected === 'end') {
      if (options.sequence !== true) return fail(at)
      expected = 'value'
    }
    const token = scanToken(text, at, expected, closers.at(-1))
    if (typeof token === 'number') return fail(token)
    if (token.end === UNTERMINATED) {
      yield { kind: token.kind, start: at, end: text.length }
      return { ok: false, code: options.cut === true ? 'cut' : 'syntax', offset: text.length }
    }
    if (token.kind === 'open') {
      if (closers.length === MAX_JSON_DEPTH) return { ok: false, code: 'too-deep', offset: at }
      closers.push(text[at] === '{' ? '}' : ']')
    } else if (token.kind === 'close') closers.pop()
    yield token
    at = token.end
    expected = nextExpected(token.kind, closers.at(-1))
    if (expected === 'end') values++
  }
  if (expected === 'end' || (options.sequence === true && closers.length === 0 && expected === 'value')) {
    return values > 0 ? { ok: true } : fail(text.length)
  }
  return fail(text.length)
}

function nextExpected(kind: JsonTokenKind, closer: string | undefined): Expected {
  switch (kind) {
    case 'open':
      return closer === '}' ? 'key-or-close' : 'value-or-close'
    case 'key':
      return 'colon'
    case 'colon':
      return 'value'
    case 'comma':
      return closer === '}' ? 'key' : 'value'
    default:
      return closer === undefined ? 'end' : 'comma-or-close'
  }
}

const UNTERMINATED = -1

/** The token at a place; a number is the offset of what should not be there. */
function scanToken(
  text: string,
  at: number,
  expected: Expected,
  closer: string | undefined,
): JsonToken | number {
  const char = text[at]
  const single = (kind: JsonTokenKind): JsonToken => ({ kind, start: at, end: at + 1 })
  switch (expected) {
    case 'colon':
      return char === ':' ? single('colon') : at
    case 'comma-or-close':
      return char === ',' ? single('comma') : char === closer ? single('close') : at
    case 'key-or-close':
      if (char === '}') return single('close')
      return char === '"' ? scanString(text, at, 'key') : at
    case 'key':
      return char === '"' ? scanString(text, at, 'key') : at
    case 'value-or-close':
      return char === ']' ? single('close') : scanValue(text, at)
    default:
      return scanValue(text, at)
  }
}

function scanValue(text: string, at: number): JsonToken | number {
  const char = text[at]
  if (char === '"') return scanString(text, at, 'string')
  if (char === '{' || char === '[') return { kind: 'open', start: at, end: at + 1 }
  const pattern = char === '-' || (char !== undefined && char >= '0' && char <= '9') ? NUMBER : LITERAL
  pattern.lastIndex = at
  if (!pattern.test(text)) return at
  return { kind: pattern === NUMBER ? 'number' : 'literal', start: at, end: pattern.lastIndex }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y

function scanString(text: string, start: number, kind: 'key' | 'string'): JsonToken | number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return { kind, start, end: at + 1 }
    if (code < 0x20) return at
    if (code !== BACKSLASH) continue
    ESCAPE.lastIndex = at + 1
    if (ESCAPE.test(text)) at = ESCAPE.lastIndex - 1
    else if (at + 6 > text.length && /^(?:u[0-9a-fA-F]*)?$/.test(text.slice(at + 1))) break
    else return at
  }
  return { kind, start, end: UNTERMINATED }
}

function skipSpace(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
  }
  return at
}

/** Whether a text is JSON, and where it stops being it. */
export function checkJson(text: string, options: JsonOptions = {}): ScanEnd {
  return scanToEnd(jsonTokens(text, options))
}
