import { AppError } from './errors.ts'

/** Quoted text, an escaped character, a gap, or plain characters. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([\s"'\\])|(\s+)|([^\s"'\\]+|\\)/gy

/**
 * The words of a command line: parted by blanks, kept together by quotes. Nothing is expanded, no `$`, `*` or `~`,
 * and a backslash works only before a blank, a quote or another backslash, so that `C:\tools\run.exe` needs no quotes.
 * @throws AppError `bad-value` where a quote is left open or nothing is to be run
 */
export function splitCommand(text: string, option = '--exec'): string[] {
  const words: string[] = []
  let word: string | undefined
  let end = 0
  for (const match of text.matchAll(PIECE)) {
    const [whole, single, double, escaped, gap, plain] = match
    end += whole.length
    if (gap === undefined) {
      word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped ?? plain ?? '')
    } else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  if (word !== undefined) words.push(word)
  if (end < text.length)
    throw new AppError('bad-value', { option, value: text, expected: 'a command: a quote is left open' })
  if (words[0] === undefined || words[0] === '')
    throw new AppError('bad-value', { option, value: text, expected: 'a command: it names no program' })
  return words
}
