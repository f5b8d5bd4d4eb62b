import { asBuffer, validUtf8 } from './charset.ts'

/*
 * Words for a POSIX shell. They are read on a terminal and pasted into a shell, so they hold nothing but characters
 * that are seen and do nothing, on one line: what a stranger sent can fool neither shell nor terminal nor reader.
 */

/** Letters, digits, marks, punctuation and symbols of any script; no control, no space but ours, nothing invisible. */
export const SAFE: string = '(?!\\p{Default_Ignorable_Code_Point})[ \\p{L}\\p{N}\\p{M}\\p{P}\\p{S}]'
const SAFE_TEXT = new RegExp(`^(?:${SAFE})*$`, 'u')
const BARE = /^[A-Za-z0-9_\-./:=@%+,]+$/

/** Bytes that are text a shell takes in single quotes, as that text. */
export function quotableText(bytes: Uint8Array): string | undefined {
  const text = validUtf8(bytes)
  return text !== undefined && SAFE_TEXT.test(text) ? text : undefined
}

/** Bytes other than NUL as one word: bare, in single quotes, or printed. */
export function shellWord(bytes: Uint8Array): string {
  const text = quotableText(bytes)
  if (text === undefined) return `"$(printf '${printfFormat(bytes)}')"`
  return BARE.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

const TO_ENCODE = new RegExp(`['\\\\%!]|^-|(?!${SAFE})[^]`, 'gu')

/**
 * A format with which `printf` prints exactly these bytes, to be put into single quotes. A `-` in front would be an
 * option, and a `!` within double quotes is history to an interactive shell.
 */
export function printfFormat(bytes: Uint8Array): string {
  const text = validUtf8(bytes)
  if (text === undefined)
    return asBuffer(bytes)
      .toString('latin1')
      .replaceAll(/[^ -~]|['\\%!]|^-/g, (char) => encode(char, 'latin1'))
  return text.replaceAll(TO_ENCODE, (char) => encode(char, 'utf8'))
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['%', '%%'],
  ['\\', '\\\\'],
])

function encode(char: string, encoding: 'latin1' | 'utf8'): string {
  const named = NAMED.get(char)
  if (named !== undefined) return named
  return Array.from(Buffer.from(char, encoding), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
