import { wastedPct } from '../../core/bench/assert.ts'
import type { BenchResult } from '../../core/bench/result.ts'
import type { NamedMode } from './names.ts'
import { namedModes } from './names.ts'
import { alike, intervalText, percent, statText } from './numbers.ts'

/** A column of the table, the same on a terminal, in Markdown and in HTML. */
export interface BenchColumn {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Where it is narrow, the columns with the highest number go first. */
  readonly dropAt: number
  /** Undefined where there is nothing to say. */
  readonly cell: (named: NamedMode) => string | undefined
}

const NAME: BenchColumn = {
  title: 'how a client learns',
  align: 'left',
  dropAt: 0,
  cell: ({ label }) => label,
}

const COLUMNS: readonly BenchColumn[] = [
  NAME,
  right('n', 0, ({ mode }) => String(mode.detected)),
  right('mean ms [95% CI]', 0, ({ mode }) => intervalText(mode.delayMs.mean)),
  right('model', 3, ({ mode }) => mode.model && alike(mode.model.meanMs, mode.delayMs.mean)),
  right('p50', 0, ({ mode }) => statText(mode.delayMs.p50)),
  right('p90', 7, ({ mode }) => statText(mode.delayMs.p90)),
  right('p99', 8, ({ mode }) => statText(mode.delayMs.p99)),
  right('fit', 4, ({ mode }) => mode.model && (mode.model.fit ? 'ok' : 'no')),
  right('req/event', 1, ({ mode }) => mode.requestsPerEvent.toFixed(2)),
  right('wasted', 5, ({ mode }) => (mode.requests === 0 ? undefined : percent(wastedPct(mode)))),
  right('B/event', 6, ({ mode }) => String(Math.round(mode.bytes.perEvent))),
]

/** Told only where there is something to tell. */
const TROUBLES: readonly BenchColumn[] = [
  right('coalesced', 2, ({ mode }) => String(mode.coalesced)),
  right('missed', 1, ({ mode }) => String(mode.missed)),
]

function right(title: string, dropAt: number, cell: BenchColumn['cell']): BenchColumn {
  return { title, align: 'right', dropAt, cell }
}

/** The columns that say something of this run. */
export function columnsFor(result: BenchResult): BenchColumn[] {
  const modes = namedModes(result)
  const troubles = TROUBLES.filter(({ cell }) => modes.some((named) => cell(named) !== '0'))
  return [...COLUMNS, ...troubles].filter(({ cell }) => modes.some((named) => cell(named) !== undefined))
}
