import type { Random } from '../../src/core/ports.ts'

/** Bytes that differ and are the same in every run: a small linear congruential generator. */
export function countingRandom(seed = 1): Random {
  let state = seed
  return (size) =>
    Uint8Array.from({ length: size }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 16
    })
}
