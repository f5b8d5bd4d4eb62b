import type { BenchResult } from '../../core/bench/result.ts'
import { formatDuration } from '../../core/units.ts'
import { sanitizeLine } from '../sanitize.ts'
import { renderTable } from '../table.ts'
import { cut, displayWidth, packed, wrapped } from '../text.ts'
import type { Theme } from '../theme.ts'
import type { BenchColumn } from './columns.ts'
import { columnsFor } from './columns.ts'
import type { NamedMode } from './names.ts'
import { eventCount, namedModes } from './names.ts'
import { measuredText } from './checks.ts'
import { duration, intervalText } from './numbers.ts'
import { conclusions, headline, partial, remarks } from './sentences.ts'
import { stripLines } from './strips.ts'
import { warningTexts } from './warnings.ts'

const MOST_COLUMNS = 110
/** Below so many columns a table would have nothing left to say. */
const TABLE_COLUMNS = 72

/** A run for a terminal: the answer, the table, the picture, what follows and what to be careful with. */
export function renderBench(result: BenchResult, theme: Theme, columns: number): string {
  const width = Math.min(columns, MOST_COLUMNS)
  const text = (lines: readonly string[], paint = (line: string): string => line): string[] =>
    lines.flatMap((line) => folded(plain(line, theme), width - 1)).map((line) => ` ${paint(line)}`)
  const facts = (parts: readonly string[]): string[] =>
    packed(
      parts.filter((part) => part !== '').map((part) => plain(part, theme)),
      ` ${theme.symbols.dot} `,
      width - 1,
    ).map((line) => ` ${theme.dim(line)}`)
  const stopped = partial(result)
  const strips = stripLines(result, theme, width)
  const warnings = warningTexts(result).flatMap((warning) => text([`! ${warning}`], theme.warn))
  const blocks = [
    facts([...headFacts(result, theme), ...conditions(result)]),
    text(stopped === undefined ? [] : [`! ${stopped}`], theme.warn),
    text([headline(result)], theme.strong),
    width < TABLE_COLUMNS ? cards(result, theme, width) : table(result, theme, width),
    strips,
    conclusions(result).flatMap((sentence) => text([sentence])),
    remarks(result).flatMap((remark) => text([remark], theme.dim)),
    warnings,
    checks(result, theme, width),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

const ARRIVALS = {
  poisson: 'Poisson',
  stratified: 'stratified',
  periodic: 'periodic',
  trace: 'from a trace',
  observed: 'as they came',
}

function headFacts(result: BenchResult, theme: Theme): string[] {
  const { target, design, seed, env } = result
  const { arrivals, meanGapMs, windowMs } = design
  return [
    target.kind === 'builtin'
      ? 'sample service'
      : cut(sanitizeLine(target.url ?? ''), 60, theme.symbols.ellipsis),
    `${eventCount(result)} events, ${ARRIVALS[arrivals]}, one about every ${duration(meanGapMs)}`,
    formatDuration(windowMs),
    `seed ${sanitizeLine(seed)}`,
    `Node ${sanitizeLine(env.node).replace(/^v/, '')}, ${env.cores} cores`,
  ]
}

function conditions({ env }: BenchResult): string[] {
  const { requestMs, clock, timerOvershootMs, otherCpuPct, harnessCpuPct } = env
  return [
    requestMs === undefined ? '' : `request ${duration(requestMs.p50)} (n=${requestMs.n})`,
    clock.boundMs === 0 ? '' : `clock ±${duration(clock.boundMs)}`,
    `timers +${duration(timerOvershootMs.p50)}`,
    `the bench itself took ${Math.round(harnessCpuPct)} % of a core`,
    otherCpuPct === undefined ? '' : `others ${Math.round(otherCpuPct)} % of the machine`,
  ]
}

function table(result: BenchResult, theme: Theme, width: number): string[] {
  const modes = namedModes(result)
  let columns = columnsFor(result)
  for (;;) {
    const lines = tableLines(columns, modes, theme)
    const widest = columns.toSorted((a, b) => b.dropAt - a.dropAt)[0]
    if (widest === undefined || widest.dropAt === 0 || lines.every((line) => displayWidth(line) <= width))
      return lines
    columns = columns.filter((column) => column !== widest)
  }
}

function tableLines(columns: readonly BenchColumn[], modes: readonly NamedMode[], theme: Theme): string[] {
  const cells = columns.map(({ title, align, cell }) => ({
    title,
    align,
    cell: (named: NamedMode) => painted(title, cell(named), theme),
  }))
  return renderTable(cells, modes, theme.dim)
    .split('\n')
    .map((line) => ` ${line}`)
}

function painted(title: string, text: string | undefined, theme: Theme): string {
  if (text === undefined) return theme.dim(theme.symbols.none)
  if (title === 'fit') return text === 'ok' ? theme.ok(text) : theme.bad(text)
  if (title === 'missed' || title === 'coalesced') return text === '0' ? text : theme.warn(text)
  return text
}

/** The same for a narrow terminal: each mode in three lines. */
function cards(result: BenchResult, theme: Theme, width: number): string[] {
  const columns = columnsFor(result)
  return namedModes(result).flatMap((named) => {
    const mean = intervalText(named.mode.delayMs.mean)
    const rest = columns
      .filter(({ title }) => title !== 'how a client learns' && !title.startsWith('mean'))
      .flatMap(({ title, cell }) => {
        const value = cell(named)
        return value === undefined ? [] : [`${title} ${value}`]
      })
    return [
      ` ${theme.strong(named.label)}`,
      `   mean ${mean === undefined ? theme.symbols.none : `${mean} ms`}`,
      ...packed(rest, '  ', width - 3).map((line) => `   ${theme.dim(line)}`),
    ]
  })
}

/** What was asked and what was measured, on one line or, where that is narrow, on two. */
function checks({ assertions }: BenchResult, theme: Theme, width: number): string[] {
  const { ok, bad, ellipsis } = theme.symbols
  return assertions.flatMap((assertion) => {
    const mark = assertion.pass ? theme.ok(ok) : theme.bad(bad)
    const asked = cut(sanitizeLine(assertion.expr), width - 6, ellipsis)
    const measured = measuredText(assertion)
    return displayWidth(`${asked}   ${measured}`) <= width - 6
      ? [` ${mark} ${asked}   ${measured}`]
      : [` ${mark} ${asked}`, ...folded(measured, width - 6).map((line) => `     ${line}`)]
  })
}

const NBSP = '\u00a0'

/** Lines of a sentence; a number stays with its unit. */
function folded(sentence: string, width: number): string[] {
  const tied = sentence.replaceAll(/(?<=\d) (?=(?:ms|s|min|h|%|requests|events|event)\b|%)/g, NBSP)
  return wrapped(tied, width).map((line) => line.replaceAll(NBSP, ' '))
}

/** Our own sentences where the terminal has ASCII only. */
function plain(text: string, { symbols }: Theme): string {
  return symbols.line === '-' ? text.replaceAll('±', '+/-').replaceAll('µ', 'u').replaceAll('’', "'") : text
}
