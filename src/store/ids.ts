import { createHash } from 'node:crypto'
import type { RequestId } from '../core/request.ts'

/** 32 letters without look-alikes: no `l`, `o`, `0`, `1`. So `last` can never be the start of an id. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]))

const HALF_BITS = 10
const HALF_MASK = (1 << HALF_BITS) - 1
const WORD_BITS = 2 * HALF_BITS
const WORDS = 1 << WORD_BITS
const ROUNDS = 4
const WORD_LETTERS = 4

/** Length in bytes of the key a store draws once and keeps. */
export const ID_KEY_BYTES = 16

/** Sequence numbers from 0 to here have an id: 2^40, which is 34 years at a thousand requests a second. */
export const MAX_SEQ: number = WORDS * WORDS - 1

/** The ids of one store: a keyed permutation of its sequence numbers. */
export interface Ids {
  encode(seq: number): RequestId
  /** The sequence number that a whole id stands for, whether such a request is kept or not. */
  decode(id: RequestId): number | undefined
  /** The low twenty bits of every sequence number whose id begins with the prefix of one to four letters. */
  lowWords(prefix: string): number[]
}

/** True for text that an id of any store can begin with. */
export function isIdPrefix(text: string): boolean {
  return text.length <= 2 * WORD_LETTERS && Array.from(text).every((letter) => VALUES.has(letter))
}

export function highWordOf(seq: number): number {
  return Math.floor(seq / WORDS)
}

export function seqOf(highWord: number, lowWord: number): number {
  return highWord * WORDS + lowWord
}

/**
 * Ids that need neither an index nor a check for collisions, because they are computed from the sequence number.
 *
 * Its low twenty bits alone decide the first four letters, through a permutation: among 2^20 requests in a row no
 * two share them, and four letters lead back to a handful of rows. The other bits decide the last four letters.
 * The permutations are small Feistel networks. They make ids look random and differ between stores; they keep
 * nothing secret, so ten-bit tables do for round functions.
 */
export function createIds(key: Uint8Array): Ids {
  const low = new Feistel(key, 'low')
  const high = new Feistel(key, 'high')
  const tweak = new Feistel(key, 'tweak')
  return {
    encode(seq) {
      const lowWord = seq % WORDS
      return letters(low.permute(lowWord)) + letters(high.permute(highWordOf(seq) ^ tweak.permute(lowWord)))
    },
    decode(id) {
      if (id.length !== 2 * WORD_LETTERS || !isIdPrefix(id)) return undefined
      const lowWord = low.invert(valueOf(id.slice(0, WORD_LETTERS)))
      return seqOf(high.invert(valueOf(id.slice(WORD_LETTERS))) ^ tweak.permute(lowWord), lowWord)
    },
    lowWords(prefix) {
      const freeBits = WORD_BITS - 5 * prefix.length
      const start = valueOf(prefix) << freeBits
      return Array.from({ length: 1 << freeBits }, (_, offset) => low.invert(start + offset))
    },
  }
}

/** A permutation of the twenty-bit words, fixed by a key and a name. */
class Feistel {
  readonly #rounds: readonly Uint16Array[]

  constructor(key: Uint8Array, name: string) {
    const bytes = createHash('shake256', { outputLength: ROUNDS * 2 * (HALF_MASK + 1) })
      .update(key)
      .update(name)
      .digest()
    const words = Uint16Array.from(
      { length: ROUNDS << HALF_BITS },
      (_, i) => bytes.readUInt16LE(2 * i) & HALF_MASK,
    )
    this.#rounds = Array.from({ length: ROUNDS }, (_, round) =>
      words.subarray(round << HALF_BITS, (round + 1) << HALF_BITS),
    )
  }

  permute(word: number): number {
    let left = word >>> HALF_BITS
    let right = word & HALF_MASK
    for (const table of this.#rounds) [left, right] = [right, left ^ (table[right] ?? 0)]
    return (left << HALF_BITS) | right
  }

  invert(word: number): number {
    let left = word >>> HALF_BITS
    let right = word & HALF_MASK
    for (const table of this.#rounds.toReversed()) [left, right] = [right ^ (table[left] ?? 0), left]
    return (left << HALF_BITS) | right
  }
}

function letters(word: number): string {
  let text = ''
  for (let shift = WORD_BITS - 5; shift >= 0; shift -= 5) text += ALPHABET[(word >>> shift) & 31] ?? ''
  return text
}

function valueOf(prefix: string): number {
  return Array.from(prefix).reduce((value, letter) => value * 32 + (VALUES.get(letter) ?? 0), 0)
}
