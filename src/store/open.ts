import type { Store } from '../core/ports.ts'
import { createMemoryStore } from './memory.ts'
import type { SqliteStoreOptions } from './sqlite.ts'

export interface OpenStoreOptions extends Omit<SqliteStoreOptions, 'path'> {
  /** A file's path, or `:memory:` for a store that ends with the process. */
  readonly location: string
}

/**
 * Opens the store at a location.
 * @throws AppError one of the `store-…` codes
 */
export async function openStore({ location, ...options }: OpenStoreOptions): Promise<Store> {
  if (location === ':memory:') return createMemoryStore(options)
  const { openSqliteStore } = await import('./sqlite.ts')
  return openSqliteStore({ ...options, path: location })
}
