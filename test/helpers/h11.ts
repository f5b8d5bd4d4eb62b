import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A Python that can import h11, a parser that shares no line with Node's. */
export const PYTHON: string | undefined = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import h11']).status === 0,
)

/** What h11 takes as complete requests in each of the samples: method, target and body in hex. */
export function secondOpinion(python: string, samples: readonly Buffer[]): string[][] {
  const input = samples.map((sample) => `${sample.toString('hex')}\n`).join('')
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'h11-parse.py')], {
    input,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
