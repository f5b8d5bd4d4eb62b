/** Our own colour sequences: the only escapes that may be in a text once it has been sanitised. */
const SGR = /\x1b\[[0-9;]*m/g // oxlint-disable-line no-control-regex -- that control character is the point

const ZERO_WIDTH = /^(?:\p{M}|[\u200b-\u200d]|[\ufe00-\ufe0f])$/u
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u

function charWidth(char: string): number {
  if (char < '\u0300') return 1
  if (ZERO_WIDTH.test(char)) return 0
  return WIDE.test(char) ? 2 : 1
}

/** Columns a text takes on a terminal, colours not counted. */
export function displayWidth(text: string): number {
  let width = 0
  for (const char of text.replace(SGR, '')) width += charWidth(char)
  return width
}

/** Cuts a text without colours to a number of columns, and says so with an ellipsis. */
export function cut(text: string, columns: number, ellipsis: string): string {
  if (text.length <= columns && displayWidth(text) <= columns) return text
  const room = columns - ellipsis.length
  if (room <= 0) return ellipsis.slice(0, Math.max(columns, 0))
  let width = 0
  let kept = ''
  for (const char of text) {
    width += charWidth(char)
    if (width > room) return kept + ellipsis
    kept += char
  }
  return kept
}

/** Pads with spaces up to a number of columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

export interface Placing {
  /** Undefined: no terminal, and as much room as one likes. */
  readonly columns: number | undefined
  /** Spaces between the two, beside each other. */
  readonly gap: number
  /** Spaces before the second, below the first. */
  readonly indent: number
}

/** Two texts beside each other; below each other on a terminal that is too narrow. */
export function besideOrBelow(left: string, right: string, { columns, gap, indent }: Placing): string {
  if (right === '') return left
  const fits = columns === undefined || displayWidth(left) + gap + displayWidth(right) <= columns
  return fits ? `${left}${' '.repeat(gap)}${right}` : `${left}\n${' '.repeat(indent)}${right}`
}

/** Texts that stay whole where they can, as many to a line as there is room for; a longer one is broken at spaces. */
export function packed(texts: readonly string[], between: string, width: number): string[] {
  const lines: string[] = []
  for (const text of texts) {
    const last = lines.at(-1)
    const longer = last === undefined ? text : `${last}${between}${text}`
    if (last === undefined || displayWidth(longer) > width) lines.push(text)
    else lines[lines.length - 1] = longer
  }
  return lines.flatMap((line) => (displayWidth(line) <= width ? [line] : wrapped(line, width)))
}

/** Broken at spaces only: what is to be typed stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
