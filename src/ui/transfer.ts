import type { RequestSummary } from '../core/query.ts'
import { formatCount } from '../core/units.ts'
import { sanitizeLine } from './sanitize.ts'
import { packed } from './text.ts'

const MOST_NAMES = 6

/** What an export has left out, as half a sentence for stderr. */
export function redactionWords(names: readonly string[]): string {
  const seen = new Map(names.map((name) => [name.toLowerCase(), sanitizeLine(name)]))
  const shown = [...seen.values()].slice(0, MOST_NAMES)
  const more = seen.size > shown.length ? ` and ${seen.size - shown.length} more` : ''
  return `redacted ${shown.join(', ')}${more}; --show-secrets keeps them`
}

/** `day.har, entry 3: headers[2]: expected …`: both parts may hold what a stranger wrote. */
export function importProblem({
  place,
  problem,
}: {
  readonly place: string
  readonly problem: string
}): string {
  return sanitizeLine(`${place === '' ? '' : `${place}: `}${problem}`)
}

/** `imported 12 requests   8 valid · 4 unchecked`; for a dry run what would be. */
export function importSummary(
  verdicts: ReadonlyMap<RequestSummary['verdict']['status'], number>,
  {
    wanted,
    skipped,
    copies,
    dry,
  }: {
    readonly wanted: number
    readonly skipped: number
    /** An earlier import has brought them. */
    readonly copies: number
    readonly dry: boolean
  },
  columns: number,
): string {
  const count = [...verdicts.values()].reduce((sum, one) => sum + one, 0)
  const requests = formatCount(count, 'request')
  const done = dry
    ? `${requests} would be imported`
    : count + copies < wanted
      ? `imported ${count} of ${wanted} requests, then stopped`
      : `imported ${requests}`
  const kinds = [...verdicts].map(([status, number]) => `${number} ${status}`).join(', ')
  const known = copies === 0 ? '' : `${copies} there already (--again takes them in too)`
  const parts = [done, kinds, known, skipped === 0 ? '' : `${skipped} skipped`]
  return packed(
    parts.filter((part) => part !== ''),
    '   ',
    columns,
  ).join('\n')
}
