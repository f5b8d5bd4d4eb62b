import { asBuffer, validUtf8 } from './charset.ts'
import { SAFE } from './shell.ts'

const TO_ESCAPE = new RegExp(`(?!${SAFE})[^]`, 'gu')

/**
 * A text as a string of JavaScript. It is read in editors and pasted into consoles: what is not seen, or would act
 * there, is escaped, so that no line of a stranger stands in the code as one of ours.
 */
export function jsString(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  // Single quotes: bodies are mostly JSON, and full of the other ones.
  const quoted = escaped.replaceAll(/\\(.)|'/g, (pair, char: string | undefined) =>
    char === '"' ? char : char === undefined ? String.raw`\'` : pair,
  )
  return `'${quoted.replaceAll(TO_ESCAPE, escape)}'`
}

function escape(char: string): string {
  return Array.from(
    { length: char.length },
    (_unit, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

/** A text as an expression, each of its lines on a line: for files that are read. */
export function jsLines(text: string): string {
  const lines = text.split('\n')
  if (lines.length === 1) return jsString(text)
  return `[\n${lines.map((line) => `  ${jsString(line)},\n`).join('')}].join('\\n')`
}

/** Bytes as an expression: of their text where they are UTF-8, else of their base64. */
export function jsBytes(
  bytes: Uint8Array,
  make: { readonly ofText: (text: string) => string; readonly ofBase64: (literal: string) => string },
): string {
  const text = validUtf8(bytes)
  return text === undefined ? make.ofBase64(`'${asBuffer(bytes).toString('base64')}'`) : make.ofText(text)
}
