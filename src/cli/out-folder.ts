import { closeSync, constants, lstatSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { makeFolder } from './folders.ts'
import { systemCode } from './session.ts'

/** What ids are made of: nothing that a sender said ever becomes a name. */
const NAME = /^[0-9a-z_-]{1,64}$/
// Windows has no such flag.
const NO_FOLLOW: number = constants.O_NOFOLLOW ?? 0

/**
 * A folder for exported requests, made 0700 where it is not there. It must be a folder itself: through a link,
 * files could land where somebody else chose.
 * @throws AppError `file-unwritable`
 */
export function prepareOutFolder(path: string): void {
  try {
    makeFolder(path, 0o700)
    const found = lstatSync(path)
    if (found.isSymbolicLink()) throw unwritable(path, 'it is a symbolic link')
    if (!found.isDirectory()) throw unwritable(path, 'it is no folder')
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = systemCode(error)
    throw unwritable(path, code === 'EEXIST' || code === 'ENOTDIR' ? 'it is no folder' : code, error)
  }
}

/**
 * Writes a file that only its owner may read, and never through a link. One that exists is an error, or with
 * `force` taken away first.
 * @returns its path
 * @throws AppError `file-unwritable`
 */
export function writeOutFile(
  folder: string,
  name: string,
  extension: string,
  content: Uint8Array,
  { force }: { readonly force: boolean },
): string {
  const path = join(folder, `${name}${extension}`)
  if (!NAME.test(name)) throw unwritable(path, 'its name is not one of ours')
  try {
    if (force && lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path)
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW
    const fd = openSync(path, flags, 0o600)
    try {
      writeFileSync(fd, content)
    } finally {
      closeSync(fd)
    }
    return path
  } catch (error) {
    const code = systemCode(error)
    throw unwritable(path, code === 'EEXIST' ? 'it exists; --force replaces it' : code, error)
  }
}

function unwritable(path: string, reason: string, cause?: unknown): AppError<'file-unwritable'> {
  return new AppError('file-unwritable', { path, reason }, { cause })
}
