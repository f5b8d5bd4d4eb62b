import type { Random } from '../core/ports.ts'

/** `ord_5f0c…`: what it is, and 64 random bits. */
export function newId(kind: string, random: Random): string {
  return `${kind}_${Buffer.from(random(8)).toString('hex')}`
}
