/** The first bytes of what a command writes; of the rest only how much there was. */
export class Output {
  readonly #limit: number
  #held: Buffer = Buffer.alloc(0)
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Copied into one block that doubles: a program that writes single bytes would cost a hundred times as much. */
  add(chunk: Buffer): void {
    const used = Math.min(this.#size, this.#limit)
    const kept = chunk.subarray(0, this.#limit - used)
    this.#size += chunk.byteLength
    if (used + kept.byteLength > this.#held.byteLength) {
      const grown = Buffer.alloc(Math.min(this.#limit, 2 * (used + kept.byteLength)))
      this.#held.copy(grown)
      this.#held = grown
    }
    kept.copy(this.#held, used)
  }

  get bytes(): Uint8Array {
    return this.#held.subarray(0, Math.min(this.#size, this.#limit))
  }

  get size(): number {
    return this.#size
  }
}
