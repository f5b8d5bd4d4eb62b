import type { AnswerDiff, Difference, DiffVerdict } from '../core/diff.ts'
import { DIFF_VERDICTS } from '../core/diff.ts'
import { sanitizeLine } from './sanitize.ts'
import { cut, displayWidth } from './text.ts'
import type { Theme } from './theme.ts'

/** More of one answer are counted: who wants them all takes --json. */
const MOST_SHOWN = 12

const WORDS: Readonly<Record<DiffVerdict, string>> = {
  same: 'same',
  changed: 'changed',
  fixed: 'fixed',
  regressed: 'regressed',
  new: 'nothing to compare with',
}

/** True where the answer is as good as the recorded one, or better. */
export function isGoodDiff({ verdict }: AnswerDiff): boolean {
  return verdict === 'same' || verdict === 'fixed'
}

export function diffWord({ verdict }: AnswerDiff): string {
  return WORDS[verdict]
}

/** `status 200 → 500`, `header etag "a" → "b"`, `body /items/0/id 1 → (none)`: one on each line, none too long. */
export function diffLines(
  { differences, beforeMs }: AnswerDiff,
  afterMs: number,
  theme: Theme,
  columns: number,
): string {
  const indent = ' '.repeat(9)
  const shown = differences.slice(0, MOST_SHOWN).map((difference) => {
    const place = placeOf(difference)
    const room = Math.max(columns - indent.length - displayWidth(place) - 2, 20)
    return `${theme.dim(place)}  ${cut(changeOf(difference, theme), room, theme.symbols.ellipsis)}`
  })
  const more = differences.length - shown.length
  if (more > 0) shown.push(theme.dim(`${more} more (--json shows all)`))
  if (beforeMs !== undefined && differences.length > 0)
    shown.push(
      theme.dim(`latency  ${beforeMs.toFixed(1)} ms ${theme.symbols.arrow} ${afterMs.toFixed(1)} ms`),
    )
  return shown.map((line) => `${indent}${line}\n`).join('')
}

/** The same in one cell of a row for a pipe. */
export function diffCell(diff: AnswerDiff, theme: Theme): string {
  const { differences } = diff
  const parts = differences
    .slice(0, MOST_SHOWN)
    .map((difference) => `${placeOf(difference)} ${changeOf(difference, theme)}`)
  if (differences.length > parts.length) parts.push(`${differences.length - parts.length} more`)
  return parts.length === 0 ? diffWord(diff) : `${diffWord(diff)}: ${parts.join('; ')}`
}

/** `12 same · 1 regressed` */
export function diffTotals(totals: ReadonlyMap<DiffVerdict, number>, theme: Theme): string {
  return DIFF_VERDICTS.filter((verdict) => totals.has(verdict))
    .map((verdict) => `${totals.get(verdict) ?? 0} ${WORDS[verdict]}`)
    .join(` ${theme.symbols.dot} `)
}

function placeOf({ where, name }: Difference): string {
  return name === undefined ? where : `${where} ${sanitizeLine(name)}`
}

function changeOf({ before, after }: Difference, theme: Theme): string {
  const show = (value: string | undefined): string => (value === undefined ? '(none)' : sanitizeLine(value))
  return `${show(before)} ${theme.symbols.arrow} ${show(after)}`
}
