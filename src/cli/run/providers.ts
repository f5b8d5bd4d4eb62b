import { pageOf, rowOf } from '../../app/provider-page.ts'
import { EXIT } from '../../core/errors.ts'
import { providerRow, renderProviderPage, renderProviders } from '../../ui/providers.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import type { CliDeps } from '../deps.ts'
import type { SharedOptions } from '../options.ts'
import { openSession } from '../session.ts'
import { isDefinition, readCatalog } from '../signing.ts'

export async function runProviders(
  name: string | undefined,
  flags: SharedOptions,
  deps: CliDeps,
): Promise<number> {
  const { stdout } = deps.io
  const session = await openSession(flags, deps)
  const isFile = name !== undefined && isDefinition(name)
  const catalog = await readCatalog(isFile ? [name] : [], session, deps)
  const one = name === undefined ? undefined : isFile ? catalog.providers[0] : catalog.named(name)
  if (one !== undefined) {
    const page = pageOf(one)
    stdout.write(
      flags.json === true ? toJsonLine(page) : renderProviderPage(page, session.out, stdout.columns()),
    )
    return EXIT.ok
  }
  const rows = catalog.providers.map(rowOf).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (flags.json === true) for (const row of rows) stdout.write(toJsonLine(row))
  else if (!stdout.isTTY) for (const row of rows) stdout.write(`${providerRow(row)}\n`)
  else {
    stdout.write(`${renderProviders(rows, session.out, stdout.columns() ?? 80)}\n`)
    deps.io.stderr.write(
      `${rows.length} providers      one: ${session.err.id('webhook-cli providers stripe')}\n`,
    )
  }
  return EXIT.ok
}
