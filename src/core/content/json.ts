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

/** Tokens in order, as far as the text is JSON (RFC 8259); returns how it ended. Runs in linear time. */
export function* jsonTokens(text: string, options: JsonOptions = {}): Generator<JsonToken, ScanEnd> {
  const closers: number[] = []
  let closer: number | undefined
  let expected: Expected = 'value'
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    if (expected === 'end' && options.sequence === true) expected = 'value'
    const code = text.charCodeAt(at)
    const kind = kindOf(code, expected, closer)
    if (kind === undefined) return fault(text, at, options)
    const end = endOf(text, at, kind)
    if (end < 0) {
      if (-end - 1 === text.length) yield { kind, start: at, end: text.length }
      return fault(text, -end - 1, options)
    }
    if (kind === 'open') {
      if (closers.length === MAX_JSON_DEPTH) return { ok: false, code: 'too-deep', offset: at }
      closers.push(code + BRACKET_WIDTH)
      closer = code + BRACKET_WIDTH
    } else if (kind === 'close') {
      closers.pop()
      closer = closers.at(-1)
    }
    yield { kind, start: at, end }
    at = end
    expected = nextExpected(kind, closer)
  }
  return expected === 'end' ? { ok: true } : fault(text, text.length, options)
}

/** What may be the start of a number or literal that goes on beyond a cut. */
const UNFINISHED = /^[-+.0-9a-zA-Z]*$/

function fault(text: string, offset: number, { cut = false }: JsonOptions): ScanEnd {
  return { ok: false, code: cut && UNFINISHED.test(text.slice(offset)) ? 'cut' : 'syntax', offset }
}

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
/** From `[` to `]`, and from `{` to `}`. */
const BRACKET_WIDTH = 2

/** Which token a character begins, if one may stand here. */
function kindOf(code: number, expected: Expected, closer: number | undefined): JsonTokenKind | undefined {
  switch (expected) {
    case 'end':
      return undefined
    case 'colon':
      return code === COLON ? 'colon' : undefined
    case 'comma-or-close':
      return code === COMMA ? 'comma' : code === closer ? 'close' : undefined
    case 'key':
    case 'key-or-close':
      if (code === QUOTE) return 'key'
      return code === closer && expected === 'key-or-close' ? 'close' : undefined
    default:
      if (code === QUOTE) return 'string'
      if (code === OPEN_OBJECT || code === OPEN_ARRAY) return 'open'
      if (code === MINUS || (code >= ZERO && code <= NINE)) return 'number'
      return code === closer && expected === 'value-or-close' ? 'close' : 'literal'
  }
}

function nextExpected(kind: JsonTokenKind, closer: number | undefined): Expected {
  switch (kind) {
    case 'open':
      return closer === CLOSE_OBJECT ? 'key-or-close' : 'value-or-close'
    case 'key':
      return 'colon'
    case 'colon':
      return 'value'
    case 'comma':
      return closer === CLOSE_OBJECT ? 'key' : 'value'
    default:
      return closer === undefined ? 'end' : 'comma-or-close'
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y

/** Where a token ends. Negative: it is faulty at `-end - 1`, which is the length of the text where it is unfinished. */
function endOf(text: string, start: number, kind: JsonTokenKind): number {
  if (kind === 'string' || kind === 'key') return endOfString(text, start)
  if (kind !== 'number' && kind !== 'literal') return start + 1
  const pattern = kind === 'number' ? NUMBER : LITERAL
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : -start - 1
}

const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code < 0x20) return -at - 1
    if (code !== BACKSLASH) continue
    ESCAPE.lastIndex = at + 1
    if (ESCAPE.test(text)) at = ESCAPE.lastIndex - 1
    else if (at + 6 > text.length && /^(?:u[0-9a-fA-F]*)?$/.test(text.slice(at + 1))) break
    else return -at - 1
  }
  return -text.length - 1
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
