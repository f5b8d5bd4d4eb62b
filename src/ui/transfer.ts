import { sanitizeLine } from './sanitize.ts'

const MOST_NAMES = 6

/** What an export has left out, as half a sentence for stderr. */
export function redactionWords(names: readonly string[]): string {
  const seen = new Map(names.map((name) => [name.toLowerCase(), sanitizeLine(name)]))
  const shown = [...seen.values()].slice(0, MOST_NAMES)
  const more = seen.size > shown.length ? ` and ${seen.size - shown.length} more` : ''
  return `redacted ${shown.join(', ')}${more}; --show-secrets keeps them`
}
