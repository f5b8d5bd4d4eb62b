import type { ReplayEntry, ReplayOptions } from '../../app/replay.ts'
import { doubtOf, makeParcel } from '../../app/replay-parcel.ts'
import { EXIT } from '../../core/errors.ts'
import { formatCount, formatDuration } from '../../core/units.ts'
import { shortId } from '../../ui/lines.ts'
import { doubtWords, resignWords } from '../../ui/replay-words.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import type { ReplayFlags } from '../commands/replay.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'

const MOST_LINES = 20

interface Planned {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly dueMs?: number
  readonly note: string
}

/** Says what would go where and when, having made each request and sent none. */
export async function printPlan(
  options: ReplayOptions,
  flags: ReplayFlags,
  session: Session,
  deps: CliDeps,
): Promise<number> {
  const { stdout, stderr } = deps.io
  const { entries, repeat } = options
  const count = entries.length * repeat
  for (let index = 0; index < count && !stdout.closed; index++) {
    if (stdout.isTTY && flags.json !== true && index === MOST_LINES) break
    const entry = entries[index % entries.length]
    if (entry === undefined) break
    const planned = await plannedOf(entry, index, options, deps)
    const line = flags.json === true ? jsonLine(planned) : textLine(planned, stdout.isTTY, session)
    if (!stdout.write(line)) await stdout.drained()
  }
  if (flags.quiet === true || flags.json === true) return EXIT.ok
  const span = options.dueMs?.(count - 1)
  const during = span === undefined ? '' : ` within ${formatDuration(span)}`
  stderr.write(`would send ${formatCount(count, 'request')} to ${placesOf(entries, during)}\n`)
  return EXIT.ok
}

async function plannedOf(
  entry: ReplayEntry,
  index: number,
  { parcel: options, dueMs, catalog }: ReplayOptions,
  { io }: CliDeps,
): Promise<Planned> {
  const { id, url } = entry
  const stored = await entry.load()
  const now = io.clock.now()
  const parcel = makeParcel(stored, url, options, { replay: 1, now, id })
  const doubt = doubtOf(stored, options, catalog, now)
  const words = [
    ...(parcel.resigned === undefined ? [] : [resignWords(parcel.resigned)]),
    ...(doubt === undefined ? [] : [doubtWords(doubt, id === '' ? 'this one' : shortId(id))]),
  ]
  return {
    id,
    method: parcel.outgoing.method,
    url: parcel.outgoing.url,
    note: words.join('; '),
    ...(dueMs !== undefined && { dueMs: dueMs(index) }),
  }
}

function jsonLine({ id, note, ...planned }: Planned): string {
  return toJsonLine({ v: 1, type: 'planned', requestId: id, ...planned, ...(note !== '' && { note }) })
}

function textLine({ id, method, url, dueMs, note }: Planned, isTTY: boolean, { out }: Session): string {
  if (!isTTY) return `${[id, method, sanitizeLine(url), dueMs?.toFixed(1) ?? '', note].join('\t')}\n`
  const { arrow } = out.symbols
  const at = dueMs === undefined ? '' : `   ${out.dim(`+${formatDuration(dueMs)}`)}`
  const why = note === '' ? '' : `\n         ${out.dim(note)}`
  return `${arrow} ${out.id(shortId(id).padEnd(4))}   ${method} ${sanitizeLine(url)}${at}${why}\n`
}

/** `http://localhost:3000   first t9de, last z0ka` */
function placesOf(entries: readonly ReplayEntry[], during: string): string {
  const origins = [...new Set(entries.map(({ url }) => new URL(url).origin))]
  const [first = '', last = ''] = [entries.at(0)?.id, entries.at(-1)?.id]
  const where = origins.slice(0, 3).join(', ') + (origins.length > 3 ? ', …' : '') + during
  if (entries.length < 2 || first === '' || last === '') return where
  return `${where}   first ${shortId(first)}, last ${shortId(last)}`
}
