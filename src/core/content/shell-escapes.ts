import { Pieces } from './pieces.ts'

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const ANSI_ESCAPE = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|([^]))/g
const PRINTF_ESCAPE = /\\([0-7]{1,3}|[^])|%%/g

/** What `replaceAll` does; it would hold every match until the last is found. */
function replaced(text: string, pattern: RegExp, by: (match: RegExpExecArray) => string): string {
  const pieces = new Pieces()
  let at = 0
  for (const match of text.matchAll(pattern)) {
    pieces.add(text.slice(at, match.index))
    pieces.add(by(match))
    at = match.index + match[0].length
  }
  pieces.add(text.slice(at))
  return pieces.text()
}

/** The escapes of `$'…'` (POSIX.1-2024 §2.2.4); `\u` and `\U` become UTF-8. */
export function unescapeAnsi(text: string): string {
  return replaced(text, ANSI_ESCAPE, ([, hex, short, long, octal, char]) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    const code = short ?? long
    if (code !== undefined) return utf8Of(Number.parseInt(code, 16))
    return char === undefined ? '' : (NAMED[char] ?? (/['"?\\]/.test(char) ? char : `\\${char}`))
  })
}

function utf8Of(code: number): string {
  return code > 0x10ffff ? '' : Buffer.from(String.fromCodePoint(code)).toString('latin1')
}

/** What `printf` prints of a format without arguments, as far as our own commands use it. */
export function unescapePrintf(format: string): string {
  return replaced(format, PRINTF_ESCAPE, ([pair, escape]) => {
    if (escape === undefined) return '%'
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 0xff)
    return NAMED[escape] ?? (escape === '\\' ? escape : pair)
  })
}
