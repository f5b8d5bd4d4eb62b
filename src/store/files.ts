import type { Stats } from 'node:fs'
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { StoreNotice } from '../core/ports.ts'

const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700
const OTHERS = 0o077

/** What SQLite and the reserve put beside the database. SQLite opens these through a link without a question. */
const SIDECARS: readonly string[] = ['-wal', '-shm', '-journal', '-reserve']

// Windows has neither flag, nor modes, nor numeric owners.
const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0
const NON_BLOCKING: number = constants.O_NONBLOCK ?? 0

/** Throws where an open file, looked at but not written to, is not a store. */
export type RefuseOthers = (path: string, fd: number) => void

/**
 * Makes sure that a regular file of ours, closed to everybody else, stands at the path before SQLite opens it.
 *
 * SQLite itself would create it under the umask and follow a link that somebody left there. Its `-wal` and
 * `-shm` take over the mode of the database.
 * @param uid the user we run as; undefined where the system has no such thing
 * @param refuseOthers asked before anything is changed: a mistyped `--store /etc/passwd` once took that file's mode
 * @throws AppError `store-unsafe`, `store-unavailable`, or what `refuseOthers` throws
 */
export function prepareStoreFile(
  path: string,
  uid: number | undefined,
  refuseOthers: RefuseOthers,
): StoreNotice[] {
  try {
    const directory = dirname(path)
    makeDirectory(directory)
    const notices = noticesOfDirectory(directory, uid)
    if (!createPrivateFile(path)) notices.push(...secureExisting(path, uid, refuseOthers))
    for (const suffix of SIDECARS) notices.push(...secureExisting(path + suffix, uid))
    return notices
  } catch (error) {
    throw asUnavailable(path, error)
  }
}

/** Node's own `recursive` runs for ever where a file system refuses a new directory with ENOENT, as /proc does. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) makeDirectory(parent)
  try {
    mkdirSync(path, PRIVATE_DIRECTORY)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Creates an empty file 0600; false where something is at the path already, a dangling link included. */
function createPrivateFile(path: string): boolean {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW
    closeSync(openSync(path, flags, PRIVATE_FILE))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function secureExisting(path: string, uid: number | undefined, refuseOthers?: RefuseOthers): StoreNotice[] {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return []
  refuseUnsafe(path, found, uid)
  const fd = openIfThere(path)
  if (fd === undefined) return []
  try {
    // Looked at again through the descriptor: the name may mean another file by now.
    const opened = fstatSync(fd)
    refuseUnsafe(path, opened, uid)
    refuseOthers?.(path, fd)
    const mode = opened.mode & 0o777
    if (uid === undefined || (mode & OTHERS) === 0) return []
    fchmodSync(fd, PRIVATE_FILE)
    return [{ kind: 'mode-narrowed', path, from: mode }]
  } finally {
    closeSync(fd)
  }
}

/** Opens without following a link. Another process that closes the store takes the files beside it away. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | NO_FOLLOW | NON_BLOCKING)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function refuseUnsafe(path: string, stats: Stats, uid: number | undefined): void {
  if (stats.isSymbolicLink()) throw new AppError('store-unsafe', { path, problem: 'symlink' })
  if (!stats.isFile()) throw new AppError('store-unsafe', { path, problem: 'not-a-file' })
  if (uid !== undefined && stats.uid !== uid)
    throw new AppError('store-unsafe', { path, problem: 'other-owner' })
}

function noticesOfDirectory(path: string, uid: number | undefined): StoreNotice[] {
  const owner = statSync(path).uid
  if (uid === undefined || owner === uid || owner === 0) return []
  return [{ kind: 'directory-of-another', path, owner }]
}

function asUnavailable(path: string, error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  // The name turned into a link between looking and opening.
  if (code === 'ELOOP') return new AppError('store-unsafe', { path, problem: 'symlink' }, { cause: error })
  if (code === undefined) return error
  return new AppError('store-unavailable', { path, reason: code }, { cause: error })
}

/** The system's name for what went wrong (`EACCES`), where the error is one of the system's. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
