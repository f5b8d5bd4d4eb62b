const BLOCK_PIECES = 4096

/** A text put together from many pieces. V8 holds a sum of strings as a tree, of which each leaf costs 32 bytes. */
export class Pieces {
  readonly #blocks: string[] = []
  #pieces: string[] = []

  add(piece: string): void {
    if (this.#pieces.push(piece) < BLOCK_PIECES) return
    this.#blocks.push(this.#pieces.join(''))
    this.#pieces = []
  }

  text(): string {
    return this.#blocks.join('') + this.#pieces.join('')
  }
}
