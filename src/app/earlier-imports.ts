import { createHash } from 'node:crypto'
import type { Store } from '../core/ports.ts'
import type { NewRequest } from '../core/request.ts'

/** Epoch milliseconds, both included. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

/**
 * Requests that earlier imports have brought, so that reading a file again does not double them. A copy has the same
 * bytes on the wire, from the same address, at the same millisecond. Each one that is stored stands for one copy and
 * no more: a file that holds two requests that look alike brings two. Formats that tell no time (curl, HTTP) have no
 * copies. What was captured or sent here is no import's, however much it looks like one.
 */
export class EarlierImports {
  /** How many of each are stored, by fingerprint. */
  readonly #unmatched = new Map<string, number>()

  /** Reads what was imported of a span of time. Bodies are read only where there is something, one batch at a time. */
  static async within({ from, to }: TimeSpan, store: Store): Promise<EarlierImports> {
    const earlier = new EarlierImports()
    let first: number | undefined
    let last = 0
    for await (const { request } of store.list({ since: from, oldestFirst: true })) {
      if (request.source !== 'imported' || request.receivedAt > to) continue
      first ??= request.seq
      last = request.seq
    }
    if (first === undefined) return earlier
    const imported = store.read({ since: from, afterSeq: first - 1, beforeSeq: last + 1, oldestFirst: true })
    for await (const { request } of imported) if (request.source === 'imported') earlier.#add(request)
    return earlier
  }

  /** True where the request is a copy of one that is stored, which then stands for no other. */
  match(request: NewRequest): boolean {
    if (this.#unmatched.size === 0) return false
    const print = fingerprint(request)
    const count = this.#unmatched.get(print) ?? 0
    if (count > 0) this.#unmatched.set(print, count - 1)
    return count > 0
  }

  #add(request: NewRequest): void {
    const print = fingerprint(request)
    this.#unmatched.set(print, (this.#unmatched.get(print) ?? 0) + 1)
  }
}

function fingerprint(request: NewRequest): string {
  const { receivedAt, remoteAddress, method, target, httpVersion, headers, trailers, body } = request
  const head = JSON.stringify([receivedAt, remoteAddress, method, target, httpVersion, headers, trailers])
  // JSON has no line break of its own, so that no head can run over into a body.
  return createHash('sha256').update(head).update('\n').update(body).digest('base64')
}
