import { open } from 'node:fs/promises'
import { AppError } from '../core/errors.ts'
import { systemCode } from './session.ts'

/** A file of requests is read into memory; above this nobody meant to. */
const MAX_FILE_BYTES = 268_435_456

/**
 * All of a file or a pipe, up to the limit: what a name leads to may have no end.
 * @param option what the error says that it is for
 * @throws AppError `file-unreadable`
 */
export async function readBounded(option: string, path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    const file = await open(path)
    for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
      size += chunk.byteLength
      refuseOverLong(option, path, size)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('file-unreadable', { option, path, reason: systemCode(error) }, { cause: error })
  }
  return Buffer.concat(chunks)
}

/** @throws AppError `file-unreadable` */
export function refuseOverLong(option: string, path: string, size: number): void {
  if (size > MAX_FILE_BYTES)
    throw new AppError('file-unreadable', { option, path, reason: 'it is over 256 MiB' })
}
