import { AppError } from '../core/errors.ts'
import type { RequestId } from '../core/request.ts'
import { similarNames } from '../core/similar.ts'
import type { Ids } from './ids.ts'
import { highWordOf, isIdPrefix, seqOf } from './ids.ts'

const SHORTEST_REF = 4
const SHOWN_MATCHES = 5
const SEARCHED_FOR_CLOSEST = 1000

/** What ref resolution asks of a store. */
export interface SeqIndex {
  /** The lowest and highest sequence number kept, or undefined where nothing is. */
  bounds(): { readonly oldest: number; readonly newest: number } | undefined
  has(seq: number): boolean
  /** At most `limit` sequence numbers, newest first, after leaving out the newest `skip`. */
  newest(limit: number, skip: number): number[]
  receivedAt(seq: number): number | undefined
}

/** Turns what a user types into a sequence number, and back into the shortest text that does so. */
export class Refs {
  readonly #ids: Ids
  readonly #index: SeqIndex

  constructor(ids: Ids, index: SeqIndex) {
    this.#ids = ids
    this.#index = index
  }

  /**
   * The request that an id, a unique start of one (in either case), `last` or `last~N` names.
   * @throws AppError `no-such-request` or `ambiguous-ref`
   */
  resolve(ref: string): number {
    const last = /^last(?:~(\d{1,15}))?$/i.exec(ref)
    if (last !== null) {
      const [seq] = this.#index.newest(1, Number(last[1] ?? 0))
      if (seq === undefined) throw this.noSuchRequest(ref)
      return seq
    }
    const matches = this.#matching(ref.toLowerCase(), SHOWN_MATCHES + 1)
    const [seq] = matches
    if (seq === undefined) throw this.noSuchRequest(ref)
    if (matches.length === 1) return seq
    const shown = matches.slice(0, SHOWN_MATCHES).map((match) => this.#shortest(match))
    throw new AppError('ambiguous-ref', { ref, matches: shown })
  }

  /** Ids that begin with the prefix, newest first. */
  complete(prefix: string, limit: number): RequestId[] {
    const seqs = prefix === '' ? this.#index.newest(limit, 0) : this.#matching(prefix.toLowerCase(), limit)
    return seqs.map((seq) => this.#ids.encode(seq))
  }

  /** The sequence number of a whole id, where that request is kept. */
  find(id: RequestId): number | undefined {
    const seq = this.#ids.decode(id)
    return seq !== undefined && this.#index.has(seq) ? seq : undefined
  }

  /** The error for a ref that names nothing, with the recent request that may have been meant, if one is near. */
  noSuchRequest(ref: string): AppError<'no-such-request'> {
    if (this.#index.bounds() === undefined)
      return new AppError('no-such-request', { ref, storeIsEmpty: true })
    const seq = this.#nearest(ref.toLowerCase())
    const receivedAt = seq === undefined ? undefined : this.#index.receivedAt(seq)
    if (seq === undefined || receivedAt === undefined) return new AppError('no-such-request', { ref })
    return new AppError('no-such-request', { ref, closest: { ref: this.#shortest(seq), receivedAt } })
  }

  /** One that is a slip of the hand away, or that begins with as much of the ref as names a request. */
  #nearest(wanted: string): number | undefined {
    if (wanted.length < SHORTEST_REF) return undefined
    const recent = this.#index
      .newest(SEARCHED_FOR_CLOSEST, 0)
      .map((seq) => ({ seq, start: this.#ids.encode(seq).slice(0, wanted.length) }))
    const [near] = similarNames(
      wanted,
      recent.map(({ start }) => start),
    )
    const shared = wanted.slice(0, SHORTEST_REF)
    return recent.find(({ start }) => start === near || (near === undefined && start.startsWith(shared)))?.seq
  }

  #shortest(seq: number): string {
    const id = this.#ids.encode(seq)
    let length = SHORTEST_REF
    while (length < id.length && this.#matching(id.slice(0, length), 2).length > 1) length++
    return id.slice(0, length)
  }

  /** Requests whose id begins with the prefix, newest first. */
  #matching(prefix: string, limit: number): number[] {
    const bounds = this.#index.bounds()
    if (bounds === undefined || prefix === '' || !isIdPrefix(prefix)) return []
    const lowWords = this.#ids.lowWords(prefix.slice(0, SHORTEST_REF)).toSorted((a, b) => b - a)
    const found: number[] = []
    for (let high = highWordOf(bounds.newest); high >= highWordOf(bounds.oldest); high--) {
      for (const low of lowWords) {
        if (found.length >= limit) return found
        const seq = seqOf(high, low)
        if (seq < bounds.oldest || seq > bounds.newest) continue
        if (prefix.length > SHORTEST_REF && !this.#ids.encode(seq).startsWith(prefix)) continue
        if (this.#index.has(seq)) found.push(seq)
      }
    }
    return found
  }
}
