import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { NewRequest } from '../../core/request.ts'
import type { CliDeps } from '../deps.ts'
import { readRequests } from '../request-file.ts'
import { systemCode } from '../session.ts'

/** Files of a folder that hold requests; the others are somebody else's. */
const REQUEST_FILE = /\.(?:json|jsonl|ndjson|http)$/i

/** True for what cannot be a ref: `@file`, `./fixtures`, `fixtures/`. */
export function isPath(word: string): boolean {
  return word.startsWith('@') || /[/\\]/.test(word) || word === '.' || word === '..'
}

/**
 * All requests of a file, or of the files in a folder, in the order in which they came.
 * @throws AppError `file-unreadable` or `usage`
 */
export async function requestsAt(word: string, deps: CliDeps): Promise<readonly NewRequest[]> {
  const path = resolve(deps.io.cwd, word.replace(/^@/, ''))
  const requests: NewRequest[] = []
  for (const file of await filesAt(path)) requests.push(...(await readRequests(file, deps)))
  return requests.toSorted((a, b) => a.receivedAt - b.receivedAt)
}

async function filesAt(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter((name) => REQUEST_FILE.test(name)).toSorted()
    if (names.length > 0) return names.map((name) => join(path, name))
  } catch (error) {
    throw new AppError(
      'file-unreadable',
      { option: 'requests', path, reason: systemCode(error) },
      { cause: error },
    )
  }
  throw new AppError('usage', {
    message: 'there is no request in that folder',
    hint: 'files that end in .json, .jsonl, .ndjson or .http are read',
  })
}
