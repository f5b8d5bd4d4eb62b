import { createHash } from 'node:crypto'
import type { Random } from '../../src/core/ports.ts'

/** Bytes that follow from a seed, never the same twice within one run. */
export function seededBytes(seed: string): Random {
  let count = 0
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      createHash('sha256').update(`${seed} ${count++}`).digest(),
    )
    return Buffer.concat(blocks).subarray(0, size)
  }
}
