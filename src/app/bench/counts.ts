/** What a mode cost and met, in one stretch of time. */
export interface Counts {
  readonly requests: number
  readonly empty200: number
  readonly notModified: number
  readonly errors: number
  readonly retries: number
  readonly staleSockets: number
  readonly rx: number
  readonly tx: number
  /** Bytes of the polls that found nothing. */
  readonly emptyBytes: number
}

/** Counts as they go. */
export class ModeCounts {
  requests = 0
  empty200 = 0
  notModified = 0
  errors = 0
  retries = 0
  emptyBytes = 0
  /** What each poll took that was answered, milliseconds. */
  readonly requestsMs: number[] = []
  /** For whoever has to say why nothing was seen. */
  lastStatus: number | undefined
  lastTrouble: string | undefined

  fail(code: string): void {
    this.errors++
    this.lastTrouble = code
  }
}

export function minus(after: Counts, before: Counts): Counts {
  return {
    requests: after.requests - before.requests,
    empty200: after.empty200 - before.empty200,
    notModified: after.notModified - before.notModified,
    errors: after.errors - before.errors,
    retries: after.retries - before.retries,
    staleSockets: after.staleSockets - before.staleSockets,
    rx: after.rx - before.rx,
    tx: after.tx - before.tx,
    emptyBytes: after.emptyBytes - before.emptyBytes,
  }
}
