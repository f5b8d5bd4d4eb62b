/**
 * Matches a glob of `*`, `**` and `?` against the whole of a text.
 *
 * In a `path`, `*` and `?` stop at `/` and `**` does not; a pattern that begins with neither `/` nor `**` is taken
 * as if it began with `/`. In a `text`, `*` matches anything. Runs in O(pattern × text): a regular expression built
 * from a user's pattern could be made to backtrack for ever by a stranger's path.
 */
export function globMatches(pattern: string, text: string, kind: 'path' | 'text'): boolean {
  const rooted = kind === 'path' && !/^(?:\/|\*\*)/.test(pattern) ? `/${pattern}` : pattern
  const tokens = tokenize(rooted, kind)
  let states = closure(new Set([0]), tokens)
  for (const char of text) {
    const next = new Set<number>()
    for (const state of states) {
      const token = tokens[state]
      if (token === undefined) continue
      if (consumes(token, char)) next.add(token.kind === 'many' ? state : state + 1)
    }
    if (next.size === 0) return false
    states = closure(next, tokens)
  }
  return states.has(tokens.length)
}

type Token =
  | { readonly kind: 'literal'; readonly char: string }
  | { readonly kind: 'one' | 'many'; readonly crosses: boolean }

function consumes(token: Token, char: string): boolean {
  return token.kind === 'literal' ? token.char === char : token.crosses || char !== '/'
}

function tokenize(pattern: string, kind: 'path' | 'text'): Token[] {
  const tokens: Token[] = []
  const chars = Array.from(pattern)
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? ''
    if (char === '*') {
      const double = chars[i + 1] === '*'
      if (double) i++
      tokens.push({ kind: 'many', crosses: double || kind === 'text' })
    } else if (char === '?') tokens.push({ kind: 'one', crosses: kind === 'text' })
    else tokens.push({ kind: 'literal', char })
  }
  return tokens
}

/** Adds the states reachable without consuming a character: a `many` may match nothing. */
function closure(states: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const state of states) if (tokens[state]?.kind === 'many') states.add(state + 1)
  return states
}
