import type { BenchResult } from '../../core/bench/result.ts'
import { sanitizeLine } from '../sanitize.ts'
import { measuredText } from './checks.ts'
import { columnsFor } from './columns.ts'
import { eventCount, namedModes } from './names.ts'
import { duration } from './numbers.ts'
import { conclusions, headline, partial, remarks } from './sentences.ts'
import { warningTexts } from './warnings.ts'

/** The run for a pull request: answer, table, what follows from it. GitHub's Markdown. */
export function benchToMarkdown(result: BenchResult): string {
  const { seed, design, env, assertions } = result
  const columns = columnsFor(result)
  const stopped = partial(result)
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const checks = assertions.map(
    (check) =>
      `${check.pass ? '✓' : '✗'} ${code(check.expr)}${check.pass ? '' : ' does not hold'}: ${literal(measuredText(check))}`,
  )
  const list = (items: readonly string[]): string[] =>
    items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')]
  const blocks = [
    ...(stopped === undefined ? [] : [`⚠ ${stopped}`]),
    `**${headline(result)}**`,
    [
      row(columns.map(({ title }) => literal(title))),
      row(columns.map(({ align }) => (align === 'right' ? '--:' : ':--'))),
      ...namedModes(result).map((named) => row(columns.map(({ cell }) => literal(cell(named) ?? '–')))),
    ].join('\n'),
    ...list([...conclusions(result), ...remarks(result)]),
    ...list(warningTexts(result).map((text) => `⚠ ${literal(text)}`)),
    ...list(checks),
    `<sub>${eventCount(result)} events, one about every ${duration(design.meanGapMs)}, seed ${code(seed)}, Node ${literal(env.node)}, ${env.cores} cores, ${literal(result.startedAt)}</sub>`,
  ]
  return `${blocks.join('\n\n')}\n`
}

/** Text that is text: nothing in it makes a link, a mention, a tag or a cell. */
function literal(text: string): string {
  return sanitizeLine(text)
    .replaceAll(/[\\`*_{}[\]<>#|!~]/g, (char) => `\\${char}`)
    .replaceAll(/:(?=\/\/)|(?<=www)\./gi, (char) => `\\${char}`)
    .replaceAll('@', '@\u200b')
    .replaceAll('&', '&amp;')
}

/** Code holds any text that has no backtick in it; it never stands in a table. */
function code(text: string): string {
  return `\`${sanitizeLine(text).replaceAll('`', "'")}\``
}
