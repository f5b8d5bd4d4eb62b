import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Delivery } from '../../core/delivery.ts'
import { AppError } from '../../core/errors.ts'
import { sanitizeLine } from '../../ui/sanitize.ts'
import type { CliDeps } from '../deps.ts'
import type { ReadRequest } from '../request-file.ts'
import { readRecords } from '../request-file.ts'
import { requestFilesIn } from '../request-folder.ts'
import { systemCode } from '../session.ts'

const READ_FROM_FOLDERS = ['json', 'jsonl', 'ndjson', 'har', 'http'] as const

/** True for what cannot be a ref: `@file`, `./fixtures`, `fixtures/`. */
export function isPath(word: string): boolean {
  return word.startsWith('@') || /[/\\]/.test(word) || word === '.' || word === '..'
}

/** A request from a file, with what was answered to it where the files tell. */
export interface Recorded extends ReadRequest {
  readonly deliveries: readonly Delivery[]
}

/**
 * All requests in files and folders, in the order in which they came. What was answered to a request may be in
 * another file than the request itself.
 * @throws AppError `file-unreadable` or `usage`
 */
export async function requestsAt(words: readonly string[], deps: CliDeps): Promise<readonly Recorded[]> {
  const requests: ReadRequest[] = []
  const answered = new Map<string, Delivery[]>()
  for (const word of words) {
    for (const file of await filesAt(resolve(deps.io.cwd, word.replace(/^@/, '')))) {
      const records = await readRecords(file, deps)
      requests.push(...records.requests)
      for (const delivery of records.deliveries) {
        const known = answered.get(delivery.requestId)
        if (known === undefined) answered.set(delivery.requestId, [delivery])
        else known.push(delivery)
      }
    }
  }
  if (requests.length === 0)
    throw new AppError('usage', { message: `there is no request in ${sanitizeLine(words.join(', '))}` })
  return requests
    .map((read) => ({ ...read, deliveries: (read.id !== undefined && answered.get(read.id)) || [] }))
    .toSorted((a, b) => a.request.receivedAt - b.request.receivedAt)
}

async function filesAt(path: string): Promise<readonly string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw new AppError(
        'file-unreadable',
        { option: 'requests', path, reason: systemCode(error) },
        { cause: error },
      )
    },
  )
  if (!isFolder) return [path]
  return (await requestFilesIn(path, READ_FROM_FOLDERS)).map((name) => join(path, name))
}
