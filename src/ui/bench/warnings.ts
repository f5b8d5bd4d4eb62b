import type { BenchResult } from '../../core/bench/result.ts'
import { sanitizeLine } from '../sanitize.ts'

/** What each warning means for the figures, and what to do. What was seen is in its own text. */
const ADVICE: Readonly<Record<string, string>> = {}

/** Each warning as a sentence or two. Its text may hold words of the target. */
export function warningTexts({ warnings, interrupted }: BenchResult): string[] {
  const texts = warnings.map(({ code, text }) => {
    const advice = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined
    return [sanitizeLine(text), advice].filter((part) => part !== undefined && part !== '').join(' ')
  })
  return interrupted ? ['Stopped before its end: these are the figures of what there was.', ...texts] : texts
}
