/** How much is kept before the oldest requests go; 0 or absent: all. */
export interface Keeping {
  /** Requests. */
  readonly keep?: number
  /** Bytes of the store. */
  readonly keepBytes?: number
}

/**
 * How much of the oldest must go, so that `keep` is left; 0 keeps all.
 *
 * One more in a hundred may stay for a while: deleting ten at a time costs about what deleting one does.
 */
export function excessOf(kept: number, keep: number): number {
  return keep > 0 && kept > keep + Math.floor(keep / 100) ? kept - keep : 0
}
