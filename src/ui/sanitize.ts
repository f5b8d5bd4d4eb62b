import { decodeUtf8 } from '../core/content/charset.ts'

/*
 * Whatever a stranger sent is made visible before it reaches a terminal, a pipe or a log:
 *
 *   \n \r \t          line breaks and tabs, where they do not belong
 *   \x1b \x9b \xff    other characters below U+0100, and bytes that are not UTF-8
 *   \u{202e}          everything above
 *
 * A backslash that was sent looks the same. That is a price we pay for readable text: the form shows what would
 * act, it is not meant to be decoded. `--hex` and `--raw` tell the two apart.
 */

/**
 * Characters that act on a terminal or on the reader instead of being seen: controls (C0, DEL, C1), lone
 * surrogates, line and paragraph separators, and all that is ignored when drawn: bidirectional overrides,
 * zero-width characters, byte order marks, tag characters, variation selectors, fillers.
 */
const HIDDEN = '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]'

/** Where such a character does its work in plain sight it stays: in emoji, and in scripts that need joiners. */
const AT_WORK = [
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  `(?<=${letterOf('Arabic', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala')})[\\u200c\\u200d](?=\\p{L})`,
].join('|')

function letterOf(...scripts: string[]): string {
  return `[${scripts.map((script) => `\\p{Script=${script}}`).join('')}]`
}

const HIDDEN_CHARACTER = new RegExp(HIDDEN, 'u')
const SUSPECT = new RegExp(`(${AT_WORK})|${HIDDEN}`, 'gu')
const PLAIN_BLOCK = /^[\t\n\x20-\x7e]*$/

/** A stranger's text as one line: line breaks and tabs are encoded like everything else that acts. */
export function sanitizeLine(text: string): string {
  return encodeHidden(text, escape)
}

/**
 * A stranger's text that may have lines and tabs. Every line but the first begins with `indent`, so that none can
 * be taken for one of ours. CR LF is one line break; a lone CR, which would overwrite a line, is encoded.
 */
export function sanitizeBlock(text: string, indent: string): string {
  const safe = PLAIN_BLOCK.test(text)
    ? text
    : encodeHidden(text.replaceAll('\r\n', '\n'), (char) =>
        char === '\n' || char === '\t' ? char : escape(char),
      )
  return indent === '' ? safe : safe.replaceAll('\n', `\n${indent}`)
}

/** A token of JSON as one line, encoded with JSON's own escapes, so that it remains the same JSON. */
export function sanitizeJson(token: string): string {
  return encodeHidden(token, (char) => (isByte(char) ? escape(char) : escapeJson(char)))
}

/** A value as a line of JSON. `JSON.stringify` itself leaves DEL, C1 and bidirectional controls as they are. */
export function toJsonLine(value: object): string {
  const text = JSON.stringify(value)
  return `${PLAIN_BLOCK.test(text) ? text : sanitizeJson(text)}\n`
}

function encodeHidden(text: string, encode: (char: string) => string): string {
  if (!HIDDEN_CHARACTER.test(text)) return text
  return text.replace(SUSPECT, (char, atWork: string | undefined) =>
    atWork === undefined ? encode(char) : char,
  )
}

/** Bytes as text, those that are not UTF-8 as `\xff`. The text itself is still a stranger's: sanitise it. */
export function decodeUtf8Visible(bytes: Uint8Array): string {
  return decodeUtf8(bytes).replaceAll(/[\udc80-\udcff]/gu, escape)
}

/** `decodeUtf8` writes a byte that is not UTF-8 as a lone surrogate U+DC80–U+DCFF. */
function isByte(char: string): boolean {
  return char >= '\udc80' && char <= '\udcff'
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function escape(char: string): string {
  const named = NAMED.get(char)
  if (named !== undefined) return named
  const code = char.codePointAt(0) ?? 0
  const byte = isByte(char) ? code - 0xdc00 : code
  return byte <= 0xff ? `\\x${byte.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

function escapeJson(char: string): string {
  return Array.from(
    { length: char.length },
    (_unit, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')
}
