import type { BenchResult } from '../../../core/bench/result.ts'
import { namedModes } from '../names.ts'
import { duration, statText } from '../numbers.ts'
import { boxOf, logAxis } from '../strips.ts'
import { at, chart, colourOf, frame, line, logX, text } from './svg.ts'

const ROW = 34

/** For each mode a line from the least delay to the greatest, the middle half as a box, the median a gap in it. */
export function stripChart(result: BenchResult): string {
  const modes = namedModes(result)
  const rows = modes.flatMap((named) => {
    const plot = boxOf(named)
    return plot === undefined ? [] : [{ named, plot }]
  })
  if (rows.length === 0) return ''
  const box = frame(rows.length * ROW + 70, 170, 90)
  const axis = logAxis(rows.flatMap(({ plot }) => [plot.min, plot.max]))
  const x = (ms: number): number => box.left + axis.at(ms) * (box.right - box.left)
  const drawn = rows.map(({ named, plot }, index) => {
    const { min, max, p50, p25 = p50, p75 = p50 } = plot
    const y = box.top + ROW * (index + 0.5)
    const css = colourOf(named, modes)
    const width = Math.max(x(p75) - x(p25), 3)
    return [
      text(box.left - 12, y + 5, named.label, { anchor: 'end' }),
      line(x(min), y, x(max), y, css),
      `<rect class="box ${css}" x="${at(x(p25))}" y="${at(y - 9)}" width="${at(width)}" height="18" rx="2"/>`,
      width > 8 ? line(x(p50), y - 9, x(p50), y + 9, 'median') : '',
      text(box.right + 10, y + 5, `${statText(named.mode.delayMs.p50) ?? '–'} ms`),
    ].join('')
  })
  return chart(box, 'Spread of the delays of each mode', [
    logX(box, axis, 'time since the event (logarithmic); on the right the median', (ms) => duration(ms)),
    ...drawn,
  ])
}
