/**
 * How many of the oldest requests must go, so that `keep` are left; 0 keeps all.
 *
 * One more in a hundred may stay for a while: deleting ten at a time costs about what deleting one does.
 */
export function excessOf(kept: number, keep: number): number {
  return keep > 0 && kept > keep + Math.floor(keep / 100) ? kept - keep : 0
}
