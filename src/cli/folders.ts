import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './session.ts'

/**
 * Makes a folder and those above it that are not there. Node's own `recursive` runs for ever, deaf to signals,
 * where a file system refuses a new folder with ENOENT, as /proc and automounts do.
 * @throws the system's error
 */
export function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent, mode)
  try {
    mkdirSync(path, mode)
  } catch (error) {
    // Somebody else was faster.
    if (systemCode(error) !== 'EEXIST') throw error
  }
}
