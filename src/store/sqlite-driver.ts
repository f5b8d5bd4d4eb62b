import { createRequire, isBuiltin } from 'node:module'
import { AppError } from '../core/errors.ts'
import { BUSY_TIMEOUT_MS, tryPatiently } from './patience.ts'

const require = createRequire(import.meta.url)

/** What SQLite keeps in a column. */
export type SqlValue = null | number | string | Uint8Array
export type SqlRow = Readonly<Record<string, SqlValue>>

/**
 * A prepared statement. It always runs to its end: a statement left halfway would hold its snapshot open,
 * and then no checkpoint could empty the log and no write could begin.
 */
export interface Statement {
  /** Runs it and tells how many rows changed. */
  run(...values: readonly SqlValue[]): number
  get(...values: readonly SqlValue[]): SqlRow | undefined
  all(...values: readonly SqlValue[]): SqlRow[]
}

/** A connection. Every failure comes out as an AppError of one of the `store-…` codes. */
export interface Database {
  readonly path: string
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export type DriverName = 'node:sqlite' | 'libsql'

/** Whoever prints warnings: Node's `process`. */
export interface WarningEmitter {
  emitWarning: (...warning: never[]) => void
}

/** The part of their interfaces that the two drivers share. */
interface NativeDatabase {
  exec(sql: string): unknown
  prepare(sql: string): NativeStatement
  close(): void
}
interface NativeStatement {
  run(...values: readonly unknown[]): { readonly changes: number | bigint }
  get(...values: readonly unknown[]): unknown
  all(...values: readonly unknown[]): unknown[]
}
type NativeConstructor = new (path: string) => NativeDatabase

/** `node:sqlite` where this runtime has it (from 22.13 without a flag), else `libsql`. */
export function defaultDriver(): DriverName {
  return isBuiltin('node:sqlite') ? 'node:sqlite' : 'libsql'
}

/**
 * Opens a database file that exists already. What meets a lock of another process waits for it, for about five
 * seconds; then it fails with `store-busy`.
 * @param path absolute: both drivers take `file:` and libsql even `http:` for more than a file name
 * @param warnings where the runtime would announce that `node:sqlite` is experimental
 */
export function openDatabase(
  path: string,
  driver: DriverName,
  warnings: WarningEmitter | undefined,
): Database {
  const Native = loadDriver(path, driver, warnings)
  const guarded = <T>(action: () => T): T => {
    let outcome: { readonly value: T } | undefined
    tryPatiently(() => {
      try {
        outcome = { value: action() }
      } catch (error) {
        if (!isBusy(error)) throw asStoreError(path, error)
      }
      return outcome !== undefined
    })
    if (outcome === undefined) throw new AppError('store-busy', { path })
    return outcome.value
  }
  const native = guarded(() => new Native(path))
  guarded(() => native.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`))
  return {
    path,
    exec(sql) {
      guarded(() => native.exec(sql))
    },
    prepare(sql) {
      const statement = guarded(() => native.prepare(sql))
      // After `all`, libsql's `get` runs with the values of that `all` once more: each needs a statement of its own.
      let single = driver === 'libsql' ? undefined : statement
      const pass = driver === 'libsql' ? inOneArray : withoutViews
      return {
        run: (...values) => guarded(() => Number(statement.run(...pass(values)).changes)),
        get: (...values) => guarded(() => rowOf((single ??= native.prepare(sql)).get(...pass(values)))),
        all: (...values) =>
          guarded(() =>
            statement
              .all(...pass(values))
              .map(rowOf)
              .filter(isRow),
          ),
      }
    },
    close() {
      guarded(() => native.close())
    },
  }
}

/** Loads a driver only when it is needed: libsql's shared library takes about 20 ms. */
function loadDriver(
  path: string,
  driver: DriverName,
  warnings: WarningEmitter | undefined,
): NativeConstructor {
  try {
    return driver === 'libsql' ? require('libsql') : loadNodeSqlite(warnings)
  } catch (error) {
    throw new AppError('store-unavailable', { path, reason: `cannot load ${driver}` }, { cause: error })
  }
}

/**
 * Node 22 announces on standard error that the module is experimental, which tells the user of a command nothing.
 * A flag or a `warning` listener would silence the whole process. So the emitter is covered only while the module
 * loads, which is synchronous and warns from within the call: no other code runs in between.
 */
function loadNodeSqlite(warnings: WarningEmitter | undefined): NativeConstructor {
  const original = warnings?.emitWarning
  if (warnings !== undefined) warnings.emitWarning = () => {}
  try {
    const module: { readonly DatabaseSync: NativeConstructor } = require('node:sqlite')
    return module.DatabaseSync
  } finally {
    if (warnings !== undefined && original !== undefined) warnings.emitWarning = original
  }
}

/** libsql takes a single object, null included, for named parameters; a list is always positional to it. */
function inOneArray(values: readonly SqlValue[]): readonly unknown[] {
  return [values]
}

/** Node 22 takes an empty view of a buffer for NULL: an empty answer was then a damaged row to whoever read it. */
function withoutViews(values: readonly SqlValue[]): readonly unknown[] {
  return values.map((value) => (value instanceof Uint8Array && value.byteLength === 0 ? EMPTY : value))
}

const EMPTY = new Uint8Array()

/** libsql hands out blobs as ArrayBuffer and adds an object of its own to each row. */
function rowOf(native: unknown): SqlRow | undefined {
  if (typeof native !== 'object' || native === null) return undefined
  const row: Record<string, SqlValue> = {}
  for (const [name, value] of Object.entries(native)) {
    if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value)
    else if (isSqlValue(value)) row[name] = value
  }
  return row
}

function isSqlValue(value: unknown): value is SqlValue {
  return (
    value === null || typeof value === 'number' || typeof value === 'string' || value instanceof Uint8Array
  )
}

function isRow(row: SqlRow | undefined): row is SqlRow {
  return row !== undefined
}

/** Primary result codes of https://www.sqlite.org/rescode.html. */
const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  IOERR: 10,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  TOOBIG: 18,
  AUTH: 23,
} as const

/**
 * Our error for a driver's. What SQLite cannot do with a statement of ours (no such table, a constraint broken,
 * a number out of range) means that the file is not what we left: our statements are right where the file is.
 */
function asStoreError(path: string, error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined || !(error instanceof Error)) return error
  const reason = error.message
  switch (code) {
    case SQLITE.FULL:
      return new AppError('store-write-failed', { path, reason, full: true }, { cause: error })
    case SQLITE.IOERR:
    case SQLITE.READONLY:
    case SQLITE.NOMEM:
    case SQLITE.TOOBIG:
      return new AppError('store-write-failed', { path, reason, full: false }, { cause: error })
    case SQLITE.CANTOPEN:
    case SQLITE.PERM:
    case SQLITE.AUTH:
      return new AppError('store-unavailable', { path, reason }, { cause: error })
    default:
      return new AppError('store-corrupt', { path, reason }, { cause: error })
  }
}

function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code === SQLITE.BUSY || code === SQLITE.LOCKED || code === SQLITE.PROTOCOL
}

/** SQLite's primary result code: `errcode` with node:sqlite, `rawCode` with libsql, both extended. */
function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const extended = 'errcode' in error ? error.errcode : 'rawCode' in error ? error.rawCode : undefined
  if (typeof extended === 'number') return extended & 0xff
  // node:sqlite, for an integer beyond 2^53: we never write one.
  return 'code' in error && error.code === 'ERR_OUT_OF_RANGE' ? 0 : undefined
}
