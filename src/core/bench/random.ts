import { createHash } from 'node:crypto'

/** Uniform in [0, 1). */
export type Uniform = () => number

/**
 * A repeatable stream of numbers, uniform in [0, 1) with 32 bits: the generator sfc32 of Chris Doty-Humphrey's
 * PractRand, its state the SHA-256 of the seed, so that seeds which differ in one letter have nothing in common.
 */
export function createRandom(seed: string): Uniform {
  const digest = createHash('sha256').update(seed).digest()
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let counter = digest.readInt32LE(12)
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
}

/** A gap of a Poisson process. Inverse of the exponential distribution function. */
export function exponential(random: Uniform, mean: number): number {
  return -mean * Math.log(1 - random())
}

/** A copy in random order, every order equally likely (Fisher and Yates, from the inside out). */
export function shuffle<T>(items: readonly T[], random: Uniform): T[] {
  const order: T[] = []
  for (const item of items) {
    const place = Math.floor(random() * (order.length + 1))
    const displaced = order[place]
    if (displaced !== undefined) order.push(displaced)
    order[place] = item
  }
  return order
}
