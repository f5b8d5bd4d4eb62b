const EMPTY: Buffer = Buffer.alloc(0)
const FIRST_CAPACITY = 4096

/**
 * Gathers a body as it comes into one buffer. A body that comes in one piece is not copied at all, one of declared
 * length is copied once, one of unknown length is copied on average twice.
 *
 * Keeping the pieces for a `Buffer.concat` would hold a large body twice at its end, and would let a sender of
 * one-byte chunks make us hold a hundred times the bytes that were counted.
 */
export class BodyBuffer {
  #bytes: Buffer = EMPTY
  #length = 0
  readonly #declared: number

  /** @param declared the length announced, 0 where none was */
  constructor(declared: number) {
    this.#declared = declared
  }

  get length(): number {
    return this.#length
  }

  append(piece: Buffer): void {
    const end = this.#length + piece.length
    if (this.#length === 0) this.#bytes = piece
    else {
      if (end > this.#bytes.length) this.#grow(end)
      piece.copy(this.#bytes, this.#length)
    }
    this.#length = end
  }

  /** The body. What is appended later may or may not show in it. */
  finish(): Buffer {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length)
  }

  /** Lets go of the bytes; `length` still tells how many there were. */
  discard(): void {
    this.#bytes = EMPTY
  }

  #grow(needed: number): void {
    const doubled = Math.max(needed, this.#bytes.length * 2, FIRST_CAPACITY)
    const capacity = this.#declared >= needed ? this.#declared : doubled
    const grown = Buffer.allocUnsafeSlow(capacity)
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
