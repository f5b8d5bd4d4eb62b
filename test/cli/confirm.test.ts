import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { isAgreed } from '../../src/cli/confirm.ts'
import { inputOf } from '../../src/ui/io.ts'
import { recordOutput } from '../helpers/cli.ts'

test.each([
  ['y\n', true],
  ['Yes\r\n', true],
  ['\n', false],
  ['yesterday\n', false],
  ['n\ny\n', false],
])('%j typed at a question: %s', async (typed, agreed) => {
  const terminal = new PassThrough()
  const stderr = recordOutput(80)
  const answer = isAgreed('delete all?', { stdin: inputOf(() => terminal), stderr })
  terminal.write(typed)
  expect([await answer, stderr.text()]).toEqual([agreed, 'delete all? [y/N] '])
})

test('Ctrl-D at a question is a no, after which the command goes on to its end', async () => {
  const terminal = new PassThrough()
  const stderr = recordOutput(80)
  const answer = isAgreed('delete all?', { stdin: inputOf(() => terminal), stderr })
  terminal.end('y')
  expect([await answer, stderr.text()]).toEqual([false, 'delete all? [y/N] \n'])
})
