import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../core/errors.ts'
import { sanitizeLine } from '../ui/sanitize.ts'
import { systemCode } from './session.ts'

/**
 * Names of the files of a folder that may hold requests, in their order. Links and folders within are left alone:
 * they could lead anywhere.
 * @param endings those that are read, without a dot
 * @throws AppError `usage` where there is none, `file-unreadable`
 */
export async function requestFilesIn(folder: string, endings: readonly string[]): Promise<readonly string[]> {
  const isRead = (name: string): boolean =>
    endings.some((ending) => name.toLowerCase().endsWith(`.${ending}`))
  const names = await readdir(folder, { withFileTypes: true }).then(
    (entries) => entries.filter((entry) => entry.isFile() && isRead(entry.name)).map(({ name }) => name),
    (error: unknown) => {
      throw new AppError(
        'file-unreadable',
        { option: 'requests', path: folder, reason: systemCode(error) },
        { cause: error },
      )
    },
  )
  if (names.length > 0) return names.toSorted()
  const listed = endings.map((ending) => `.${ending}`)
  throw new AppError('usage', {
    message: `there is no request in the folder ${sanitizeLine(basename(folder))}`,
    hint: `files that end in ${listed.slice(0, -1).join(', ')} or ${listed.at(-1)} are read`,
  })
}
