import { formatDuration, formatSkew } from '../core/units.ts'
import type { ProviderId } from '../core/verdict.ts'
import { sanitizeLine } from './sanitize.ts'

/** What became of the signature, where the user asked for a new one: signed by whom, or why by nobody. */
export interface ResignView {
  readonly skipped?: 'no-provider' | 'no-secret' | 'not-signed'
  readonly provider?: ProviderId
}

/** `signed anew as stripe`, `as captured (no github secret)` */
export function resignWords({ skipped, provider }: ResignView): string {
  const name = sanitizeLine(provider ?? '')
  if (skipped === undefined) return `signed anew as ${name}`
  switch (skipped) {
    case 'no-secret':
      return `as captured (no ${name} secret)`
    case 'not-signed':
      return `as captured (${name} does not sign)`
    case 'no-provider':
      return 'as captured (of no known provider)'
  }
}

export type DoubtView =
  | {
      readonly kind: 'too-old'
      readonly provider: ProviderId
      readonly ageMs: number
      readonly limitMs: number
    }
  | { readonly kind: 'edited'; readonly provider: ProviderId }

/** Why the application will refuse a request, and what helps; `ref` names the first one that this is true of. */
export function doubtWords(doubt: DoubtView, ref: string): string {
  const provider = sanitizeLine(doubt.provider)
  if (doubt.kind === 'edited')
    return `${ref} is changed, and its ${provider} signature is that of the captured body; --resign signs it anew`
  const bound = doubt.ageMs > 0 ? 'older than' : 'ahead by more than'
  return `${provider} rejects signatures ${bound} ${formatDuration(doubt.limitMs)}; that of ${ref} is ${formatSkew(doubt.ageMs)}; --resign signs it anew`
}

/** `4,200 of 10,000 sent   812/s   7.1 s left` */
export function progressWords(sent: number, wanted: number, elapsedMs: number, leftMs: number): string {
  const rate = elapsedMs > 0 ? (sent * 1000) / elapsedMs : 0
  const left = sent === 0 || !Number.isFinite(leftMs) ? '' : `   ${formatDuration(leftMs)} left`
  return `${sent.toLocaleString('en')} of ${wanted.toLocaleString('en')} sent   ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s${left}   Ctrl-C stops`
}
