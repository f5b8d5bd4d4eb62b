import { readFileSync } from 'node:fs'
import type { WorkerMark, Workers } from '../core/outbox.ts'

export interface WorkersOptions {
  /** Our own process. */
  readonly pid: number
  /** Asks the system whether a process is there; throws where it is not, or may not be asked. */
  readonly probe: (pid: number) => unknown
}

/** Who delivers from a store on this machine. */
export function createWorkers({ pid, probe }: WorkersOptions): Workers {
  return {
    self: { pid, began: beganOf(pid) },
    isRunning: (mark: WorkerMark) => isThere(mark.pid, probe) && beganOf(mark.pid) === mark.began,
  }
}

function isThere(pid: number, probe: (pid: number) => unknown): boolean {
  try {
    probe(pid)
    return true
  } catch (error) {
    // It is there and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * When a process began: in ticks since the machine did (proc(5), `starttime`), which no later process of the same pid
 * shares, and since which start of the machine: after the next one the same pid may begin at the same tick. Empty on
 * systems that do not say.
 */
function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, in parentheses, may hold anything, blanks and parentheses too.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${ticks}`
  } catch {
    return ''
  }
}
