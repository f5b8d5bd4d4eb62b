import { requestToJson, summaryToJson } from '../../core/content/jsonv1.ts'
import { EXIT } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { Query, RequestSummary } from '../../core/query.ts'
import { plainRow, shortId } from '../../ui/lines.ts'
import { renderListing } from '../../ui/listing.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import { displayWidth } from '../../ui/text.ts'
import type { ListFlags } from '../commands/list.ts'
import type { CliDeps } from '../deps.ts'
import { queryOf, similarProviders } from '../filter.ts'
import { openSession } from '../session.ts'
import type { Session } from '../session.ts'
import { parseCount } from '../settings.ts'

const DEFAULT_LIMIT = 20

export async function runList(flags: ListFlags, deps: CliDeps): Promise<number> {
  const { io } = deps
  const limit = flags.limit === undefined ? DEFAULT_LIMIT : parseCount(flags.limit, '--limit')
  const filter = await queryOf(flags, io.clock.now())
  const session = await openSession(flags, deps)
  const store = await session.openStore()
  try {
    const before = flags.before === undefined ? undefined : (await store.get(flags.before)).request.seq
    const query: Query = { ...filter, limit, ...(before !== undefined && { beforeSeq: before }) }
    if (flags.json === true) await printJson(store, query, flags.bodies === true, deps)
    else if (io.stdout.isTTY) await printTable(store, query, session, deps)
    else await printRows(store, query, deps)
    return EXIT.ok
  } finally {
    await store.close()
  }
}

async function printJson(store: Store, query: Query, bodies: boolean, { io }: CliDeps): Promise<void> {
  if (bodies) {
    for await (const stored of store.read(query)) await print(requestToJson(stored, { bodies: true }))
  } else {
    for await (const summary of store.list(query)) await print(summaryToJson(summary))
  }
  async function print(value: object): Promise<void> {
    if (!io.stdout.write(toJsonLine(value))) await io.stdout.drained()
  }
}

async function printRows(store: Store, query: Query, { io }: CliDeps): Promise<void> {
  let any = false
  for await (const summary of store.list(query)) {
    any = true
    if (io.stdout.closed) return
    if (!io.stdout.write(`${plainRow(summary)}\n`)) await io.stdout.drained()
  }
  if (any) return
  if ((await store.count()) === 0) io.stderr.write('nothing captured yet\n')
  else io.stderr.write(await misspelt(query))
}

async function printTable(store: Store, query: Query, { out, err }: Session, { io }: CliDeps): Promise<void> {
  const rows: RequestSummary[] = []
  for await (const summary of store.list(query)) rows.push(summary)
  const kept = await store.count()
  const oldest = rows.at(-1)
  if (oldest === undefined) {
    if (kept > 0) io.stderr.write(`${noneWords(query, kept)}\n${await misspelt(query)}`)
    else {
      io.stderr.write('nothing captured yet\n')
      io.stderr.write(`  ${err.dim('$')} ${err.id('webhook-cli listen')}\n`)
      io.stderr.write(`  ${err.dim('$')} ${err.id('curl -d hello http://localhost:8484/')}\n`)
    }
    return
  }
  const columns = io.stdout.columns() ?? 80
  io.stdout.write(`${renderListing(rows, { now: io.clock.now(), theme: out, columns })}\n`)
  const parts = [`${rows.length} of ${kept}`]
  if (rows.length === query.limit)
    parts.push(`older: ${err.id(`webhook-cli list --before ${shortId(oldest.request.id)}`)}`)
  parts.push(`one: ${err.id(`webhook-cli show ${shortId(rows[0]?.request.id ?? '')}`)}`)
  if (rows.some(({ request }) => request.source === 'sent')) parts.push(`${err.symbols.arrow} sent from here`)
  const oneLine = parts.join('      ')
  io.stderr.write(`${displayWidth(oneLine) <= columns ? oneLine : parts.join('\n')}\n`)
}

/** Why a provider that nobody has heard of has sent nothing. */
async function misspelt(query: Query): Promise<string> {
  const close = await similarProviders(query)
  if (close.length === 0) return ''
  return `there is no provider "${sanitizeLine(query.provider ?? '')}"; close: ${close.join(', ')}\n`
}

function noneWords({ limit: _limit, ...conditions }: Query, kept: number): string {
  const isAboutDelivery = conditions.undelivered === true && Object.keys(conditions).length === 1
  return isAboutDelivery ? `nothing is left to deliver among the ${kept} kept` : `none of ${kept} matches`
}
