/**
 * A text without such characters at its ends. An expression that ends in `[ \t]*$` looks from every space of the text
 * whether it is one of the last: a header of 300,000 of them took minutes.
 */
export function withoutPadding(text: string, characters: string): string {
  let [start, end] = [0, text.length]
  while (start < end && characters.includes(text.charAt(start))) start += 1
  while (end > start && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
