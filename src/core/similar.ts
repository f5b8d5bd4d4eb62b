/** The names that a mistyped one may have meant, the nearest first; at most three. */
export function similarNames(typed: string, names: readonly string[]): string[] {
  const wanted = typed.toLowerCase().slice(0, 60)
  return names
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, wanted.length * 0.4))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Letters to be inserted, removed, replaced or swapped with their neighbour (Damerau); a name that only goes on is near. */
function distanceOf(a: string, b: string): number {
  if (a.length > 1 && b.startsWith(a)) return 0.5
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  let above: readonly number[] = []
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (b[j] === letter ? 0 : 1)
      const isSwap = i > 0 && j > 0 && b[j - 1] === letter && b[j] === a[i - 1]
      const swapped = isSwap ? (above[j - 1] ?? 0) + 1 : Infinity
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    above = row
    row = next
  }
  return row.at(-1) ?? 0
}
