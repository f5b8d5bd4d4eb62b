import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { DriverName } from '../../src/store/sqlite-driver.ts'

const SCRIPT = join(import.meta.dirname, 'child.mjs')

export interface ChildOptions {
  readonly count?: number
  readonly group?: number
  readonly umask?: number
  readonly driver?: DriverName
}

/** A process that captures requests. */
export interface Child {
  readonly process: ChildProcess
  /** Ids and body digests that it said were stored. */
  acked(): Map<string, string>
  stderr(): string
  /** Resolves as soon as it has said so many things were stored, or has ended. */
  untilAcked(count: number): Promise<void>
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
}

export function startChild(
  action: 'capture' | 'endless' | 'hold',
  path: string,
  options: ChildOptions,
): Child {
  const child = spawn(process.execPath, [SCRIPT, action, path, JSON.stringify(options)])
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  return {
    process: child,
    acked: () =>
      new Map(Array.from(stdout.matchAll(/^acked (\S+) (\S+)$/gm), ([, id = '', sha = '']) => [id, sha])),
    stderr: () => stderr,
    untilAcked(count) {
      const reached = new Promise<void>((resolve) => {
        const look = (): void => {
          if (ackedLines(stdout).length >= count) resolve()
        }
        child.stdout.on('data', look)
        look()
      })
      return Promise.race([reached, ended.then(() => undefined)])
    },
    ended,
  }
}

function ackedLines(stdout: string): [id: string, digest: string][] {
  return Array.from(stdout.matchAll(/^acked (\S+) (\S+)$/gm), ([, id = '', digest = '']) => [id, digest])
}
