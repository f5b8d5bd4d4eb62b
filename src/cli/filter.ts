import { AppError } from '../core/errors.ts'
import type { Query } from '../core/query.ts'
import { similarNames } from '../core/similar.ts'
import { parseDuration } from '../core/units.ts'
import type { FilterOptions } from './options.ts'

/** The query that filter flags describe. CEL is compiled, and its library loaded, only where it is used. */
export async function queryOf(flags: FilterOptions, now: number): Promise<Query> {
  return {
    ...(flags.provider !== undefined && { provider: await providerId(flags.provider) }),
    ...(flags.event !== undefined && { event: flags.event }),
    ...(flags.path !== undefined && { path: flags.path }),
    ...(flags.method !== undefined && { method: flags.method }),
    ...(flags.since !== undefined && { since: parseSince(flags.since, now) }),
    ...(flags.grep !== undefined && { grep: flags.grep }),
    ...(flags.failed === true && { failed: true }),
    ...(flags.undelivered === true && { undelivered: true }),
    ...(flags.where !== undefined && { where: await compile(flags.where, '--where') }),
  }
}

/** The id of a provider, by whatever name; what is none of ours may be a definition of the user's. */
async function providerId(name: string): Promise<string> {
  const { createCatalog } = await import('../app/catalog.ts')
  return createCatalog().find(name)?.id ?? name
}

/** Names of providers that a query may have meant by one that there is not. */
export async function similarProviders({ provider }: Query): Promise<readonly string[]> {
  if (provider === undefined) return []
  const { createCatalog } = await import('../app/catalog.ts')
  const catalog = createCatalog()
  if (catalog.find(provider) !== undefined) return []
  const known = catalog.providers.map(({ id }) => id)
  return similarNames(provider, known)
}

/** A CEL condition by itself: `--until`, or a part of `--route`. @throws AppError `bad-filter` */
export async function conditionOf(expression: string, option: string): Promise<Query> {
  return { where: await compile(expression, option) }
}

async function compile(expression: string, option: string): Promise<NonNullable<Query['where']>> {
  const { compileWhere } = await import('../app/where.ts')
  return compileWhere(expression, option)
}

/** Epoch milliseconds of `1h` (ago) or of a date. */
function parseSince(text: string, now: number): number {
  const ago = parseDuration(text)
  if (ago !== undefined) return now - ago
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(date)) {
    throw new AppError('bad-value', {
      option: '--since',
      value: text,
      expected: 'a duration such as 1h or a date such as 2026-01-31T12:00',
    })
  }
  return date
}
