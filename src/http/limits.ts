/** What one sender, and all of them together, may make us hold. */
export interface Limits {
  /** Longest body of one request, in bytes. */
  readonly maxBodyBytes: number
  /** Body bytes held for all requests in flight together. */
  readonly maxInFlightBytes: number
  /** Longest request head: target, header names, values and separators, in bytes. */
  readonly maxHeaderBytes: number
  readonly maxConnections: number
  /** Milliseconds from the first byte of a request to the end of its head. */
  readonly headersTimeoutMs: number
  /** Milliseconds from the first byte of a request to its last. */
  readonly requestTimeoutMs: number
}

/** 25 MiB is the largest body GitHub sends, the most generous of the known senders. */
export const DEFAULT_LIMITS: Limits = {
  maxBodyBytes: 25 * 1024 ** 2,
  maxInFlightBytes: 256 * 1024 ** 2,
  maxHeaderBytes: 64 * 1024,
  maxConnections: 512,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
}

/** A number of bytes that many requests share. */
export class Budget {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Takes all of `bytes`, or nothing: false. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}
