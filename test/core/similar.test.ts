import { expect, test } from 'vitest'
import { similarNames } from '../../src/core/similar.ts'

const NAMES = ['store', 'port', 'host', 'path', 'maxBody', 'github', 'gitlab', 'stripe']

test.each([
  ['prot', ['port'], 'two neighbours swapped'],
  ['stirpe', ['stripe', 'store'], 'two in the middle; the nearest first'],
  ['gihtub', ['github'], 'two, though another name is not far'],
  ['strpe', ['stripe', 'store'], 'one left out'],
  ['strippe', ['stripe'], 'one too many'],
  ['pfad', [], 'another word'],
  ['max', ['maxBody'], 'a name that goes on'],
  ['max-body', ['maxBody'], 'the name of its flag'],
  ['', [], 'nothing'],
])('%j may have meant %j: %s', (typed, meant) => {
  expect(similarNames(typed, NAMES)).toEqual(meant)
})
