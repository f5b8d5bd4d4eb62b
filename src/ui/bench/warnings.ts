import type { BenchResult } from '../../core/bench/result.ts'
import { sanitizeLine } from '../sanitize.ts'
import { upperFirst } from './names.ts'

/** What makes the figures mean less than they seem to, a sentence each. The target may have a word in it. */
export function warningTexts({ warnings }: BenchResult): string[] {
  return warnings.map(({ text }) => {
    const sentence = upperFirst(sanitizeLine(text))
    return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`
  })
}
