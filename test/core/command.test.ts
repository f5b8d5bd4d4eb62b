import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitCommand } from '../../src/core/command.ts'
import { AppError } from '../../src/core/errors.ts'

describe('splitCommand', () => {
  test.each([
    ['make build', ['make', 'build']],
    ['  make\t build\n', ['make', 'build']],
    [`git commit -m 'it is "done"'`, ['git', 'commit', '-m', 'it is "done"']],
    [`echo "it's" "a \\"b\\" \\\\ \\n $HOME"`, ['echo', `it's`, 'a "b" \\ \\n $HOME']],
    [`a'b c'"d e"f`, ['ab cd ef']],
    [`run '' ""`, ['run', '', '']],
    ['one\\ word \\"x\\" \\\\', ['one word', '"x"', '\\']],
    ['C:\\tools\\run.exe C:\\new', ['C:\\tools\\run.exe', 'C:\\new']],
    [
      'echo $HOME *.js ~ `id` $(id) a;b | c > d &',
      ['echo', '$HOME', '*.js', '~', '`id`', '$(id)', 'a;b', '|', 'c', '>', 'd', '&'],
    ],
    ['run --flag=é\u3000x', ['run', '--flag=é', 'x']],
  ])('%j is %j', (text, words) => expect(splitCommand(text)).toEqual(words))

  test.each([
    [`make 'build`, 'a command: a quote is left open'],
    ['make "build', 'a command: a quote is left open'],
    ['make "build\\"', 'a command: a quote is left open'],
    ['', 'a command: it names no program'],
    ['   ', 'a command: it names no program'],
    [`'' build`, 'a command: it names no program'],
  ])('%j is refused: %s', (text, expected) => {
    expect(() => splitCommand(text)).toThrow(AppError)
    try {
      splitCommand(text, '--hook')
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-value', data: { option: '--hook', value: text, expected } })
    }
  })

  test('any words, quoted, come back', () => {
    const words = fc.tuple(fc.string({ minLength: 1 }), fc.array(fc.string()))
    fc.assert(
      fc.property(words, fc.boolean(), ([program, others], single) => {
        const quote = (word: string): string =>
          single
            ? word
                .split("'")
                .map((part) => `'${part}'`)
                .join(`\\'`)
            : `"${word.replaceAll(/["\\]/g, '\\$&')}"`
        expect(splitCommand([program, ...others].map(quote).join(' '))).toEqual([program, ...others])
      }),
    )
  })

  test('a line of a hundred kilobytes takes no time to speak of', () => {
    const began = performance.now()
    for (const text of ['"\\'.repeat(5e4), "'a ".repeat(3e4), '\\ '.repeat(5e4), `"${'\\\\'.repeat(5e4)}`]) {
      try {
        splitCommand(text)
      } catch {}
    }
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
