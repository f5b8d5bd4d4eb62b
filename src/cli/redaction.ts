import type { Catalog } from '../app/catalog.ts'
import type { Mark } from '../core/credentials.ts'
import { Redactor } from '../app/redact.ts'
import type { CliDeps } from './deps.ts'
import { readableSecrets } from './secrets.ts'
import type { Session } from './session.ts'

/** What takes credentials out of what leaves the store, also those of the settings; undefined with `--show-secrets`. */
export async function redactorFor(
  flags: { readonly showSecrets?: boolean },
  catalog: Catalog,
  session: Session,
  deps: CliDeps,
  mark?: Mark,
): Promise<Redactor | undefined> {
  if (flags.showSecrets === true) return undefined
  return new Redactor(catalog.providers, await readableSecrets(catalog, session, deps), mark)
}
