import { asBuffer, validUtf8 } from './charset.ts'
import { SAFE } from './shell.ts'

const TO_ESCAPE = new RegExp(`(?!${SAFE})[^]`, 'gu')

/**
 * A text as a string of JavaScript. It is read in editors and pasted into consoles: what is not seen, or would act
 * there, is escaped, so that no line of a stranger stands in the code as one of ours.
 */
export function jsString(text: string): string {
  return JSON.stringify(text).replaceAll(TO_ESCAPE, (char) =>
    Array.from(
      { length: char.length },
      (_unit, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

/** Bytes as an expression: of a text where they are UTF-8, else of base64. */
export function jsBytes(
  bytes: Uint8Array,
  make: { readonly ofText: (text: string) => string; readonly ofBase64: (base64: string) => string },
): string {
  const text = validUtf8(bytes)
  return text === undefined
    ? make.ofBase64(`'${asBuffer(bytes).toString('base64')}'`)
    : make.ofText(jsString(text))
}
