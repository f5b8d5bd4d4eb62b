import { afterEach, beforeEach } from 'vitest'
import type { Spawned } from './spawn.ts'
import { createHome } from './spawn.ts'

export interface TestHome {
  /** The home folder of the test that runs. */
  readonly home: string
  /** Undoes something when the test ends, what was done last first. */
  cleanUp(undo: () => unknown): void
  /** Kills a process when the test ends. */
  watched<T extends Spawned>(started: T): T
}

/** For each test of the file that calls this: a home of its own for processes, and nothing left of them afterwards. */
export function testHome(): TestHome {
  let home = ''
  const undoings: (() => unknown)[] = []
  beforeEach(() => {
    const made = createHome()
    home = made.home
    undoings.push(made.remove)
  })
  afterEach(async () => {
    for (const undo of undoings.splice(0).toReversed()) await undo()
  })
  return {
    get home() {
      return home
    },
    cleanUp: (undo) => void undoings.push(undo),
    watched(started) {
      undoings.push(async () => {
        started.child.kill('SIGKILL')
        await started.ended
      })
      return started
    },
  }
}
