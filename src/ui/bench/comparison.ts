import type { Comparison, Difference, Distinction, ModeComparison } from '../../core/bench/compare.ts'
import { sanitizeLine } from '../sanitize.ts'
import { renderTable } from '../table.ts'
import { wrapped } from '../text.ts'
import type { Theme } from '../theme.ts'
import { alike, intervalText } from './numbers.ts'

/** Mode by mode the difference from an earlier run, or why there is none to tell. */
export function renderComparison(comparison: Comparison, theme: Theme, columns: number): string {
  const { since, design, environment, modes } = comparison
  const text = (sentence: string): string[] => wrapped(sentence, columns - 1).map((line) => ` ${line}`)
  const title = text(theme.strong(`Against the run of ${sanitizeLine(since)}`))
  if (design.length > 0)
    return block([
      ...title,
      ...text(`The two runs measure different things and are not compared: ${words(design)}.`).map(theme.bad),
    ])
  const rows = modes.flatMap((mode) => rowsOf(mode, theme))
  return block([
    ...title,
    ...renderTable(COLUMNS, rows, theme.dim)
      .split('\n')
      .map((line) => ` ${line}`),
    ...(environment.length === 0
      ? []
      : text(`Not the same surroundings, a difference may be theirs: ${words(environment)}.`).map(
          theme.warn,
        )),
    ...(modes.filter(({ status }) => status === 'compared').length > 1
      ? text(
          'The intervals of all modes hold together: of twenty comparisons without a change one finds a difference.',
        )
      : []),
  ])
}

interface Row {
  readonly mode: string
  readonly figure: string
  readonly before: string
  readonly after: string
  readonly difference: string
  readonly verdict: string
}

const COLUMNS = (
  [
    ['mode', 'left'],
    ['ms', 'left'],
    ['before', 'right'],
    ['now', 'right'],
    ['difference [95% CI]', 'right'],
    ['', 'left'],
  ] as const
).map(([title, align], index) => ({
  title,
  align,
  cell: (row: Row): string =>
    [row.mode, row.figure, row.before, row.after, row.difference, row.verdict][index] ?? '',
}))

function rowsOf(mode: ModeComparison, theme: Theme): Row[] {
  const name = sanitizeLine(mode.name)
  const none = { figure: '', before: '', after: '', difference: '' }
  switch (mode.status) {
    case 'compared':
      return [rowOf(name, 'mean', mode.mean, theme), rowOf('', 'p50', mode.p50, theme)]
    case 'too-few':
      return [{ mode: name, ...none, verdict: theme.dim('too few samples') }]
    case 'only-before':
      return [{ mode: name, ...none, verdict: theme.dim('not in this run') }]
    case 'only-after':
      return [{ mode: name, ...none, verdict: theme.dim('not in the earlier run') }]
  }
}

function rowOf(mode: string, figure: string, difference: Difference, theme: Theme): Row {
  const { before, after, ci95, verdict } = difference
  const stat = { value: after - before, ci95 }
  return {
    mode,
    figure,
    before: alike(before, stat),
    after: alike(after, stat),
    difference: intervalText(stat) ?? '',
    verdict: {
      lower: theme.ok('quicker'),
      higher: theme.bad('slower'),
      unclear: theme.dim('no clear difference'),
    }[verdict],
  }
}

function words(distinctions: readonly Distinction[]): string {
  return distinctions
    .map(({ field, before, after }) => `${field} was ${sanitizeLine(before)}, is ${sanitizeLine(after)}`)
    .join('; ')
}

function block(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
