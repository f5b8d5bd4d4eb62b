import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readShell } from '../../../src/core/content/shell-read.ts'
import { shellWord } from '../../../src/core/content/shell.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'shell-read-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const wordsOf = (text: string): readonly string[] | undefined =>
  readShell(Buffer.from(text, 'latin1')).commands[0]?.words

/** What a real shell makes of each line's words. */
function wordsInShell(shell: string, lines: readonly string[]): string[][] {
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\n\\0'`).join('\n')
  const { stdout, stderr, status } = spawnSync(shell, ['-s'], {
    input: Buffer.from(script, 'latin1'),
    cwd: dir,
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  })
  expect(status, stderr.toString()).toBe(0)
  return stdout
    .toString('latin1')
    .split('\n\0')
    .slice(0, -1)
    .map((part) => part.split('\0').slice(0, -1))
}

/** Bytes that a word can hold; a line break would be confused with the end of a line above. */
const text = fc.string({
  unit: fc
    .integer({ min: 1, max: 255 })
    .filter((code) => code !== 0x0a)
    .map((code) => String.fromCharCode(code)),
  maxLength: 12,
})
const quotedWord = fc
  .array(
    fc.oneof(
      text.map((part) => `'${part.replaceAll("'", `'\\''`)}'`),
      text.map((part) => `"${part.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`),
      fc.string({
        unit: fc.constantFrom(...Array.from('abcXYZ019-_.,:/@%+=^\xa0\xe0')),
        minLength: 1,
        maxLength: 8,
      }),
      fc.constantFrom(
        String.raw`\ `,
        String.raw`\"`,
        String.raw`\'`,
        String.raw`\$x`,
        String.raw`\#`,
        String.raw`\;`,
        `"it's \\n"`,
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(''))

describe('readShell', () => {
  test('splits random quotings as sh does', () => {
    const lines = fc
      .sample(fc.array(quotedWord, { minLength: 1, maxLength: 5 }), { numRuns: 1000, seed: 3 })
      .map((words) => words.join('  '))
    const real = wordsInShell('sh', lines)
    for (const [at, line] of lines.entries()) expect(wordsOf(`x ${line}`)?.slice(1), line).toEqual(real[at])
  })

  test("reads $'…' as bash does", () => {
    const lines = [
      String.raw`$'a\tb\\n\'\"q'`,
      String.raw`$'\x41\xff\x4'`,
      String.raw`$'\101\0601\377'`,
      String.raw`$'\a\b\e\E\f\r\v\?\z'`,
      String.raw`a$'b'c"d"`,
    ]
    const real = wordsInShell('bash', lines)
    for (const [at, line] of lines.entries()) expect(wordsOf(`x ${line}`)?.slice(1), line).toEqual(real[at])
    expect(wordsOf(String.raw`x $'\u00e9\U0001f44d'`)?.[1]).toBe(Buffer.from('é👍').toString('latin1'))
  })

  test('reads every word that we write for a shell', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0))),
        (bytes) => {
          // A line break at the end of a printed word is lost in a shell, too.
          fc.pre(bytes.at(-1) !== 0x0a)
          const { commands } = readShell(Buffer.from(`x ${shellWord(bytes)}`))
          expect(commands[0]?.words).toEqual(['x', bytes.toString('latin1')])
        },
      ),
      { numRuns: 500, seed: 3 },
    )
  })

  test('pipes, here-documents, comments and lines that go on', () => {
    const { commands, faults } = readShell(
      Buffer.from(
        [
          '# curl http://not.this',
          "base64 -d <<'EOF' | curl -X PUT \\",
          '  http://one.test/ # the first',
          '/wA=',
          'EOF',
          "printf 'a\\n' |",
          'curl http://two.test; curl http://three.test && curl http://four.test',
        ].join('\n'),
      ),
    )
    expect(faults).toEqual([])
    expect(commands.map(({ line, words, from }) => [line, words.at(-1), from?.words, from?.stdin])).toEqual([
      [2, 'http://one.test/', ['base64', '-d'], '/wA=\n'],
      [6, 'http://two.test', ['printf', 'a\\n'], undefined],
      [7, 'http://three.test', undefined, undefined],
      [7, 'http://four.test', undefined, undefined],
    ])
  })

  test.each([
    ['curl $HOME', 'a variable or command that only a shell could fill in'],
    ['curl "$(touch marker)"', 'a variable or command that only a shell could fill in'],
    ['curl `touch marker`', 'a variable or command that only a shell could fill in'],
    ["curl 'no end", "a ' without its other half"],
    ['curl "no end', 'a " without its other half'],
    ["curl $'no end", "a $' without its other half"],
    ['curl x > marker', '>, which redirects or groups'],
    ['cat <<EOF\nno end', 'a here-document without its EOF'],
  ])('%j is told, and what follows is read', (line, problem) => {
    const { faults } = readShell(Buffer.from(`curl a\n${line}\ncurl b`))
    expect(faults[0]).toEqual({ line: 2, problem })
    expect(readdirSync(dir)).toEqual([])
  })

  test('goes on after a fault with the next line', () => {
    const { commands, faults } = readShell(Buffer.from('curl a\ncurl $B\ncurl c'))
    expect(commands.map(({ words }) => words[1])).toEqual(['a', 'c'])
    expect(faults.map(({ line }) => line)).toEqual([2])
  })

  test('never fails, whatever it is given, and ends soon', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        readShell(bytes)
      }),
      { numRuns: 500, seed: 3 },
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('\'"\\$`|&;<>()# \n\tab{}EOF-!')), maxLength: 200 }),
        (junk) => void readShell(Buffer.from(junk)),
      ),
      { numRuns: 2000, seed: 3 },
    )
    const started = performance.now()
    for (const part of ["'", '"', '\\', '$(', '| ', '<<A\n', 'a\n', '"$(printf \'', '\\\n'])
      readShell(Buffer.from(part.repeat(100_000)))
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
