import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Clock, Execution, Executor } from '../../src/core/ports.ts'
import { openExecutor } from '../../src/exec/runner.ts'
import { systemClock } from '../../src/ui/io.ts'

/** What commands inherit in these tests. */
export const BASE: Readonly<Record<string, string>> = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() }

/** A clock whose timers run out so many times as fast. */
export function hurried(factor: number): Clock {
  return { ...systemClock, after: (ms, callback) => systemClock.after(ms / factor, callback) }
}

export function executor(clock: Clock = systemClock): Executor {
  return openExecutor({
    clock,
    platform: process.platform,
    cwd: tmpdir(),
    env: BASE,
    kill: (pid, signal) => process.kill(pid, signal),
    groups: new Set(),
  })
}

type Parts = Partial<Omit<Execution, 'request'>> & { readonly request?: Partial<Execution['request']> }

export function execution({ request, ...others }: Parts): Execution {
  return {
    request: {
      id: 'abcdefgh',
      seq: 1,
      source: 'captured',
      receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      receivedMonotonic: 0,
      method: 'POST',
      target: '/hook?a=1',
      httpVersion: '1.1',
      headers: [],
      trailers: [],
      body: new Uint8Array(),
      ...request,
    },
    identity: {},
    verdict: { status: 'unsigned' },
    command: ['true'],
    shell: false,
    attempt: 1,
    ...others,
  }
}

/** Runs tasks, so many at once, and gives their results in order. */
export async function inParallel<T>(
  count: number,
  width: number,
  task: (i: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) results[i] = await task(i)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

/** Numbers of the processes alive, zombies aside, that have a word among their arguments. */
export function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(word)
    } catch {
      return false
    }
  })
}
