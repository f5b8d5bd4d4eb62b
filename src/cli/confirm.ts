import type { Io } from '../ui/io.ts'

/** Asks at the terminal. Only a yes is one: neither an empty line nor the end of the input is. */
export async function isAgreed(
  question: string,
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
): Promise<boolean> {
  stderr.write(`${question} [y/N] `)
  const answer = await stdin.readLine()
  if (answer === undefined) stderr.write('\n')
  return answer !== undefined && /^y(?:es)?$/i.test(answer)
}
