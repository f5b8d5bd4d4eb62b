import { AppError } from '../core/errors.ts'
import { similarNames } from '../core/similar.ts'
import type { SchemeFlags } from '../providers/custom/flags.ts'
import { providerFromFlags } from '../providers/custom/flags.ts'
import { parseProvider } from '../providers/custom/parse.ts'
import { findProvider, PROVIDERS } from '../providers/table/index.ts'
import type { Provider } from '../providers/types.ts'

/** The providers that count in one run: ours, and the user's own before them. */
export interface Catalog {
  readonly providers: readonly Provider[]
  /** By id or alias, in any case. @throws AppError `unknown-provider` */
  named(name: string): Provider
  find(name: string): Provider | undefined
}

/** An own provider takes the place of one of ours that has the same id. */
export function createCatalog(own: readonly Provider[] = []): Catalog {
  const ids = new Set(own.map(({ id }) => id))
  const providers = own.length === 0 ? PROVIDERS : [...own, ...PROVIDERS.filter(({ id }) => !ids.has(id))]
  const find = (name: string): Provider | undefined => {
    const wanted = name.toLowerCase()
    return (
      own.find(({ id, aliases }) => id === wanted || aliases?.includes(wanted) === true) ?? findProvider(name)
    )
  }
  return {
    providers,
    find,
    named(name) {
      const found = find(name)
      if (found !== undefined) return found
      const known = providers.map(({ id }) => id)
      throw new AppError('unknown-provider', { provider: name, known: similarNames(name, known) })
    },
  }
}

/**
 * A provider that the user wrote as JSON. `source` names the file.
 * @throws AppError `bad-provider`
 */
export function readProvider(text: string, source: string): Provider {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const problem = `it is not JSON: ${error instanceof Error ? error.message : String(error)}`
    throw new AppError('bad-provider', { source, problem }, { cause: error })
  }
  return parseProvider(json, source)
}

/**
 * A provider with one scheme that was given by flags.
 * @throws AppError `bad-provider`
 */
export function schemeOfFlags(flags: SchemeFlags): Provider {
  return providerFromFlags(flags)
}
