import type { ScanEnd, ScanOptions } from './lines.ts'
import { scanToEnd } from './lines.ts'

/**
 * A small XML tokenizer for display. It checks that tags match and nothing more: entities are never resolved,
 * declarations never followed, so there is nothing to expand or to fetch.
 */
export type XmlTokenKind =
  | 'open'
  | 'close'
  | 'empty'
  | 'text'
  | 'comment'
  | 'cdata'
  | 'instruction'
  | 'doctype'

/** A token is `text.slice(start, end)`. */
export interface XmlToken {
  readonly kind: XmlTokenKind
  readonly start: number
  readonly end: number
}

export const MAX_XML_DEPTH = 256

const NAME = /[A-Za-z_:\u0080-\uffff][^\s<>/="'&]*/y

/** Tokens in order, as far as tags match; returns how it ended. Runs in linear time. */
export function* xmlTokens(text: string, options: ScanOptions = {}): Generator<XmlToken, ScanEnd> {
  const open: string[] = []
  let hasRoot = false
  const atEnd = (): ScanEnd => ({
    ok: false,
    code: options.cut === true ? 'cut' : 'syntax',
    offset: text.length,
  })
  for (let at = 0; at < text.length;) {
    const token = text[at] === '<' ? scanMarkup(text, at) : scanText(text, at)
    if (token === 'unterminated') return atEnd()
    if (token === 'malformed') return { ok: false, code: 'syntax', offset: at }
    const misplaced: ScanEnd = { ok: false, code: 'syntax', offset: token.start }
    switch (token.kind) {
      case 'open':
        if (open.length === 0 && hasRoot) return misplaced
        if (open.length === MAX_XML_DEPTH) return { ok: false, code: 'too-deep', offset: at }
        open.push(nameAt(text, token.start + 1) ?? '')
        hasRoot = true
        break
      case 'empty':
        if (open.length === 0 && hasRoot) return misplaced
        hasRoot = true
        break
      case 'close':
        if (open.length === 0 || open.pop() !== nameAt(text, token.start + 2)) return misplaced
        break
      case 'text':
      case 'cdata':
        if (open.length === 0 && text.slice(token.start, token.end).trim() !== '') return misplaced
        break
      default:
    }
    yield token
    at = token.end
  }
  return hasRoot && open.length === 0 ? { ok: true } : atEnd()
}

function nameAt(text: string, at: number): string | undefined {
  NAME.lastIndex = at
  return NAME.exec(text)?.[0]
}

function scanText(text: string, start: number): XmlToken {
  const end = text.indexOf('<', start)
  return { kind: 'text', start, end: end === -1 ? text.length : end }
}

type Scanned = XmlToken | 'unterminated' | 'malformed'

function scanMarkup(text: string, start: number): Scanned {
  if (text.startsWith('<!--', start)) return scanUntil(text, start, 4, '-->', 'comment')
  if (text.startsWith('<![CDATA[', start)) return scanUntil(text, start, 9, ']]>', 'cdata')
  if (text.startsWith('<?', start)) return scanUntil(text, start, 2, '?>', 'instruction')
  if (text.startsWith('<!DOCTYPE', start)) return scanTag(text, start, 'doctype')
  const closing = text[start + 1] === '/'
  const nameStart = start + (closing ? 2 : 1)
  if (nameStart >= text.length) return 'unterminated'
  if (nameAt(text, nameStart) === undefined) return 'malformed'
  return scanTag(text, start, closing ? 'close' : 'open')
}

function scanUntil(text: string, start: number, skip: number, mark: string, kind: XmlTokenKind): Scanned {
  const found = text.indexOf(mark, start + skip)
  return found === -1 ? 'unterminated' : { kind, start, end: found + mark.length }
}

const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
const SLASH = 0x2f
const LESS = 0x3c
const GREATER = 0x3e
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Up to the `>` that is neither in quotes nor in the brackets of a document type. */
function scanTag(text: string, start: number, kind: 'open' | 'close' | 'doctype'): Scanned {
  let brackets = 0
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      const end = text.indexOf(code === DOUBLE_QUOTE ? '"' : "'", at + 1)
      if (end === -1) return 'unterminated'
      at = end
    } else if (kind === 'doctype' && code === OPEN_BRACKET) brackets++
    else if (kind === 'doctype' && code === CLOSE_BRACKET) brackets--
    else if (code === LESS && kind !== 'doctype') return 'malformed'
    else if (code === GREATER && brackets <= 0) {
      const empty = kind === 'open' && text.charCodeAt(at - 1) === SLASH
      return { kind: empty ? 'empty' : kind, start, end: at + 1 }
    }
  }
  return 'unterminated'
}

/** Whether a text is XML enough to be laid out, and where it stops being it. */
export function checkXml(text: string, options: ScanOptions = {}): ScanEnd {
  return scanToEnd(xmlTokens(text, options))
}
