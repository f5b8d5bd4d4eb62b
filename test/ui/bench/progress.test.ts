import { expect, test } from 'vitest'
import { progressLine } from '../../../src/ui/bench/progress.ts'
import { displayWidth } from '../../../src/ui/text.ts'
import { createTheme } from '../../../src/ui/theme.ts'

const theme = createTheme({ colour: false, unicode: true })
const modes = [{ name: 'conditional.500ms', seen: 1118, medianMs: 234.5 }]

/** The spinner takes four columns before the line, and `^C` two behind it. */
const ROOM = 6

test.each([100, 80, 60, 40, 20])('at %i columns the ^C of a terminal still fits on the line', (columns) => {
  const line = progressLine({ elapsedMs: 0, plannedMs: 27_000, modes }, theme, columns)
  expect(displayWidth(line) + ROOM).toBeLessThanOrEqual(columns)
})

test.each([
  [110, 'conditional.500ms   1118 events   median 230 ms so far   27.0 s left'],
  [68, 'conditional.500ms   1118 events   median 230 ms   27.0 s left'],
  [67, 'conditional.500ms   1118 events   27.0 s left'],
])('at %i columns what is left out is whole, and the time that is left stays', (columns, expected) => {
  const told = progressLine({ elapsedMs: 0, plannedMs: 27_000, modes }, theme, columns)
  expect(told.replace(/ {3}Ctrl-C.*/, '')).toBe(expected)
})
