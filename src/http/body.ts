const EMPTY: Buffer = Buffer.alloc(0)
const SMALLEST_SEGMENT = 4096
const LARGEST_SEGMENT = 1024 ** 2

/**
 * Gathers a body as it comes. One that comes in one piece is not copied at all, one of declared length is copied once,
 * one of unknown length twice.
 *
 * The memory held stays close to the bytes counted: keeping the pieces as they are would let a sender of one-byte chunks
 * make us hold a hundred times as much, and a buffer that doubles leaves its smaller selves behind as garbage.
 */
export class BodyBuffer {
  /** Those before the last are full. */
  #segments: Buffer[] = []
  #last: Buffer = EMPTY
  /** Bytes of the last segment that are in use. */
  #used = 0
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
    if (this.#length === 0) {
      this.#last = piece
      this.#used = piece.length
    } else this.#copy(piece)
    this.#length += piece.length
  }

  /** The whole body as one buffer, for which nothing may be appended any more. */
  finish(): Buffer {
    const last = this.#used === this.#last.length ? this.#last : this.#last.subarray(0, this.#used)
    return this.#segments.length === 0 ? last : Buffer.concat([...this.#segments, last], this.#length)
  }

  /** Lets go of the bytes; `length` still tells how many there were. */
  discard(): void {
    this.#segments = []
    this.#last = EMPTY
    this.#used = 0
  }

  #copy(piece: Buffer): void {
    for (let copied = 0; copied < piece.length;) {
      if (this.#used === this.#last.length) this.#extend()
      const count = piece.copy(this.#last, this.#used, copied)
      this.#used += count
      copied += count
    }
  }

  #extend(): void {
    if (this.#declared > this.#length) {
      const whole = Buffer.allocUnsafeSlow(this.#declared)
      this.#last.copy(whole)
      this.#last = whole
      return
    }
    this.#segments.push(this.#last)
    this.#last = Buffer.allocUnsafeSlow(Math.min(Math.max(this.#length, SMALLEST_SEGMENT), LARGEST_SEGMENT))
    this.#used = 0
  }
}
