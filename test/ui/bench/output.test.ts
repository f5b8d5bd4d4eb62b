import { describe, expect, test } from 'vitest'
import { evaluateAssertions, parseAssertion } from '../../../src/core/bench/assert.ts'
import { compareResults } from '../../../src/core/bench/compare.ts'
import { extrapolate } from '../../../src/core/bench/costs.ts'
import { createRandom } from '../../../src/core/bench/random.ts'
import type { BenchResult } from '../../../src/core/bench/result.ts'
import { renderComparison } from '../../../src/ui/bench/comparison.ts'
import { measuredText } from '../../../src/ui/bench/checks.ts'
import { benchToCsv } from '../../../src/ui/bench/csv.ts'
import { renderExplain, type ExplainNumbers } from '../../../src/ui/bench/explain.ts'
import { benchToHtml } from '../../../src/ui/bench/html.ts'
import { benchToMarkdown } from '../../../src/ui/bench/markdown.ts'
import { duration, intervalText, percent, significant } from '../../../src/ui/bench/numbers.ts'
import { progressLine } from '../../../src/ui/bench/progress.ts'
import { renderBenchRows } from '../../../src/ui/bench/records.ts'
import { breakEvenChart } from '../../../src/ui/bench/report/break-even.ts'
import { conclusions, headline, matchingRate, remarks } from '../../../src/ui/bench/sentences.ts'
import { renderBench } from '../../../src/ui/bench/terminal.ts'
import { displayWidth } from '../../../src/ui/text.ts'
import { createTheme } from '../../../src/ui/theme.ts'
import { simulateBench } from '../../helpers/simulated-bench.ts'

const plain = createTheme({ colour: false, unicode: true })
const ascii = createTheme({ colour: false, unicode: false })
const colour = createTheme({ colour: true, unicode: true })
const run = simulateBench()
/** A cache before the endpoint, which shows its latest state only, and a sender that takes its time. */
const troubled = simulateBench({ semantics: 'latest', cacheMs: 120, pushDelayMs: 2000 })
const tiny = simulateBench({ events: 2 })
const HOSTILE =
  '=cmd|"\u001b[31m</script><script>alert(1)</script>\u202e@all `x` [l](http://evil.test) \r\n| h'

function hostile(): BenchResult {
  const base = simulateBench({ url: `http://x.test/${HOSTILE}` })
  return {
    ...base,
    seed: HOSTILE,
    argv: ['bench', HOSTILE],
    env: { ...base.env, node: HOSTILE, os: HOSTILE, cpu: HOSTILE },
    warnings: [{ code: 'constructor', text: HOSTILE }],
    assertions: [{ expr: HOSTILE, pass: false, actual: Number.NaN }],
  }
}

describe('on a terminal', () => {
  test.each([200, 110, 100, 80, 72, 71, 60, 40])('at %i columns no line is wider', (columns) => {
    for (const theme of [plain, ascii, colour])
      for (const result of [run, troubled]) {
        const widths = renderBench(result, theme, columns).split('\n').map(displayWidth)
        expect(Math.max(...widths)).toBeLessThanOrEqual(Math.min(columns, 110))
      }
  })

  test('columns go in their order as it becomes narrow; the mean and its interval stay', () => {
    const heads = [110, 80].map(
      (columns) =>
        renderBench(run, plain, columns)
          .split('\n')
          .find((line) => line.includes('mean ms')) ?? '',
    )
    expect(heads[0]).toMatch(/n +mean ms \[95% CI\] +model +p50 +p90 +fit +req\/event +wasted +B\/event/)
    expect(heads[1]).not.toContain('B/event')
    expect(heads[1]).not.toContain('p90')
    expect(heads[1]).toContain('fit')
    const cards = renderBench(run, plain, 60)
    expect(cards).toMatch(/poll 100 ms\n {3}mean 46\.3 \[42\.2, 50\.3\] ms\n/)
  })

  test('every number is whole: no figure is cut or without its unit', () => {
    expect(renderBench(run, plain, 60)).not.toMatch(/\d$\n +(?:ms|s|min|%)\b/m)
  })

  test('percentiles that so few events do not support are not printed', () => {
    expect(renderBench(run, plain, 110)).not.toMatch(/p90 +p99/)
    expect(remarks(run)).toContain('p99 needs 368 events per mode (--events, --thorough).')
    expect(renderBench(simulateBench({ events: 1600 }), plain, 110)).toMatch(/p90 +p99/)
  })

  test('without colour there is no escape, with ASCII nothing else', () => {
    expect(renderBench(run, plain, 100)).not.toContain('\u001b')
    expect(renderBench(run, colour, 100)).toContain('\u001b[')
    expect(renderBench(run, ascii, 100)).toMatch(/^[\n\x20-\x7e]*$/)
    expect(renderExplain(numbers(), ascii, 80)).toMatch(/^[\n\x20-\x7e]*$/)
  })

  test('strips are on one axis: what is slower stands further right', () => {
    const lines = renderBench(run, plain, 100).split('\n')
    const median = (label: string): number =>
      lines.findLast((line) => line.startsWith(` ${label} `) && line.includes('│'))?.indexOf('│') ?? -1
    const medians = ['WebSocket', 'webhook', 'poll 100 ms', 'poll 500 ms', 'poll 2 s'].map(median)
    expect(medians).toEqual(medians.toSorted((a, b) => a - b))
    expect(medians[0]).toBeGreaterThan(0)
  })

  test.each([
    ['unicode', plain, /^ delay, log scale +0\.1 ms/m, ' ─ least to greatest   █ middle half   │ median'],
    ['ASCII', ascii, /^ delay, log scale +0\.1 ms/m, ' - least to greatest   = middle half   | median'],
  ])('the strips say what their axis and their marks are, in %s', (_what, theme, axis, legend) => {
    for (const columns of [100, 60]) {
      const text = renderBench(run, theme, columns)
      expect(text).toMatch(axis)
      expect(text.split('\n')).toContain(legend)
    }
  })

  test('the legend explains no block where the samples for it were not kept', () => {
    const modes = Object.entries(run.modes).map(([name, mode]) => [name, { ...mode, samplesMs: [] }])
    const text = renderBench({ ...run, modes: Object.fromEntries(modes) }, plain, 100)
    expect(text).toContain('─ least to greatest   │ median\n')
  })

  test('what the target says cannot act', () => {
    const text = renderBench(hostile(), plain, 100)
    expect(text).not.toMatch(/[\u001b\r\u202e]/)
    expect(text).toContain(String.raw`\x1b`)
  })
})

describe('a run that was stopped', () => {
  const stopped = { ...run, interrupted: true, design: { ...run.design, plannedEvents: 400 } }
  const SENTENCE =
    'Stopped before its end, after 200 of 400 events: n counts those that there was time to learn of.'

  test('says so above the table: on a terminal, in Markdown and in HTML', () => {
    for (const columns of [100, 60]) {
      const text = renderBench(stopped, plain, columns).replaceAll(/\n /g, ' ')
      expect(text).toContain(`! ${SENTENCE}`)
      expect(text.indexOf('Stopped')).toBeLessThan(text.indexOf('mean'))
    }
    for (const text of [benchToMarkdown(stopped), benchToHtml(stopped)]) {
      expect(text).toContain(SENTENCE)
      expect(text.indexOf('Stopped')).toBeLessThan(text.indexOf('mean ms'))
    }
    for (const text of [renderBench(run, plain, 100), benchToMarkdown(run), benchToHtml(run)])
      expect(text).not.toContain('Stopped')
  })

  test('does not say of how many where nobody planned them', () => {
    const { plannedEvents: _, ...design } = stopped.design
    expect(benchToMarkdown({ ...stopped, design })).toContain('Stopped before its end, after 200 events: n')
  })
})

describe('a condition', () => {
  const checked = {
    ...run,
    assertions: evaluateAssertions(
      ['webhook.p90<20us', 'poll.2s.p99<10ms', 'poll.100ms.wasted<5%', 'sse.missed==0', 'poll.2s.fit'].map(
        parseAssertion,
      ),
      run.modes,
    ),
  }
  const MEASURED = [
    ['webhook.p90<20us', '1.36 [1.19, 1.72] ms (95 % CI)'],
    ['poll.2s.p99<10ms', 'cannot be told: that takes 368 events, and fewer were seen'],
    ['poll.100ms.wasted<5%', '34 %'],
    ['sse.missed==0', '0'],
    ['poll.2s.fit', 'it fits'],
  ] as const

  test('has what was measured beside it, with unit and interval', () => {
    expect(checked.assertions.map((check) => [check.expr, measuredText(check)])).toEqual(MEASURED)
    const page = benchToHtml(checked).replaceAll(/<[^>]*>/g, '')
    for (const [expr, measured] of MEASURED) {
      expect(renderBench(checked, plain, 100)).toContain(`${expr}   ${measured}\n`)
      expect(renderBench(checked, plain, 60).replaceAll(/\s+/g, ' ')).toContain(`${expr} ${measured}`)
      const [, after = ''] = page.split(expr.replace('<', '&lt;'))
      expect(after.replace(/^(?:yes|no)/, '').startsWith(measured)).toBe(true)
    }
    expect(benchToMarkdown(checked)).toContain(
      '✗ `webhook.p90<20us` does not hold: 1.36 \\[1.19, 1.72\\] ms (95 % CI)',
    )
  })
})

describe('sentences', () => {
  test('the headline compares at the price that is closest', () => {
    expect(headline(run)).toBe(
      'A webhook tells of an event after 0.90 ms (median); polling every 100 ms finds it after 43.1 ms, 48 times as long, at 1.00 requests per event against 1.00.',
    )
  })

  test('where push is slower, it says so', () => {
    expect(headline(troubled)).toMatch(/^Here asking is quicker than being told/)
    expect(headline(simulateBench({ pushDelayMs: 45 }))).toMatch(/no clear difference/)
  })

  test('to match push, break-even, intervals not run, one event an hour', () => {
    expect(conclusions(run)).toEqual([
      expect.stringMatching(
        /^To match the mean of a webhook \(0\.96 ms\) by polling you would need about 1100 requests\/s \(\d+ to \d+\)\.$/,
      ),
      expect.stringMatching(
        /^Break-even of conditional 500 ms and webhook: 2\.0\/s \(requests\), 1\.4\/s \(bytes\)/,
      ),
      expect.stringMatching(
        /300 µs a request\) one core of the server is busy with 1700 clients that poll every 500 ms/,
      ),
      expect.stringMatching(/every 10 s: 5 s mean, 10 s at most; every 1 min: 30 s mean/),
      'With 1 event an hour, a poll every 60 s wastes 98.3 % of its requests: 60 polls per event.',
    ])
    const impossible = conclusions({ ...run, extrapolated: extrapolate([10_000], 2) })
    expect(impossible[0]).toBe(
      'To match the mean of a webhook (0.96 ms) by polling is impossible: even a poll at the right instant takes 2.0 ms.',
    )
  })

  test('a push about as quick as the quickest poll: the interval decides what can be said of the rate', () => {
    const mean = { value: 3.8, ci95: [2.7, 5.1] } as const
    const near = (rate: number): unknown => expect.closeTo(rate, 6)
    expect(matchingRate(mean, 1)).toEqual({
      about: near(500 / 2.8),
      least: near(500 / 4.1),
      most: near(500 / 1.7),
    })
    const unsure = matchingRate(mean, 3.6)
    expect(unsure?.most).toBeUndefined()
    expect(unsure?.least).toBeCloseTo(500 / 1.5, 6)
    expect(matchingRate(mean, 4)).toEqual({ least: near(500 / 1.1) })
    expect(matchingRate(mean, 6)).toBeUndefined()
    const d = run.modes['webhook']?.delayMs.mean.ci95?.[0] ?? 0
    const [matched] = conclusions({ ...run, extrapolated: extrapolate([10_000], d + 0.001) })
    expect(matched).toMatch(/\d+ requests\/s at least, if it can be done at all: even a poll/)
  })

  test('a poll that backs off is called by both its ends, and has no break-even line', () => {
    const [poll] = Object.values(run.modes).filter(({ intervalMs }) => intervalMs === 100)
    const { webhook } = run.modes
    if (poll === undefined || webhook === undefined) expect.fail('both are in the run')
    const backing = {
      ...run,
      modes: { 'poll.backoff': { ...poll, backoff: { factor: 2, maxMs: 800 } }, webhook },
    }
    expect(headline(backing)).toContain('polling every 100 ms to 800 ms finds it after')
    expect(breakEvenChart(backing)).not.toContain('every 100 ms')
    expect(breakEvenChart(run)).toContain('every 100 ms')
  })

  test('a failed fit says why it may be', () => {
    const cached = remarks(troubled)
    expect(cached).toContainEqual(
      expect.stringMatching(/^Poll 500 ms is slower than its model .* a cache on the way/),
    )
    expect(remarks(run).join()).not.toContain('cache')
  })

  test('a fit that fails narrowly is called chance', () => {
    const mode = run.modes['poll.500ms']
    if (mode?.model === undefined) throw new Error('the simulated run lacks a model')
    const model = { ...mode.model, ks: 0.1, fit: false }
    const [remark] = remarks({ ...run, modes: { 'poll.500ms': { ...mode, model } } }).slice(1)
    expect(remark).toMatch(
      /^Poll 500 ms is narrowly off its model .* 0\.100, limit 0\.096\); in one run of twenty/,
    )
  })

  test('a fit whose mean is another than the model tells what the model leaves open, and no more', () => {
    const mode = run.modes['poll.500ms']
    if (mode?.model === undefined) throw new Error('the simulated run lacks a model')
    const { model: known } = mode
    const remarkOf = (meanMs: number, meanRangeMs: readonly [number, number]): string => {
      const model = { ...known, meanMs, meanRangeMs, fit: true }
      return remarks({ ...run, modes: { 'poll.500ms': { ...mode, model } } }).join()
    }
    const { value } = mode.delayMs.mean
    expect(remarkOf(value + 100, [value - 20, value + 220])).toMatch(
      /Poll 500 ms: requests take long .* the model's mean is between \S+ and \S+ ms/,
    )
    expect(remarkOf(value, [value - 20, value + 20])).not.toContain('between')
    expect(remarkOf(value + 100, [value + 99, value + 101])).not.toContain('between')
  })

  test('a run that saw nothing, and an empty one, are told without a figure', () => {
    for (const result of [tiny, { ...tiny, modes: {}, events: [], breakEven: [], extrapolated: [] }]) {
      const text = renderBench(result, plain, 100)
      expect(text).not.toMatch(/NaN|undefined|Infinity/)
      expect(text).toContain('Too few events')
    }
  })
})

describe('numbers', () => {
  test('never more digits than the interval supports', () => {
    const text = (value: number, low: number, high: number): string | undefined =>
      intervalText({ value, ci95: [low, high] })
    expect(text(49.3123, 45.2345, 53.4321)).toBe('49.3 [45.2, 53.4]')
    expect(text(1003.4, 921.2, 1085.7)).toBe('1003 [921, 1086]')
    expect(text(12_345, 11_000, 13_700)).toBe('12300 [11000, 13700]')
    expect(text(0.9001, 0.79, 1.05)).toBe('0.90 [0.79, 1.05]')
    expect(intervalText({ value: 3, needN: 6 })).toBeUndefined()
  })

  test('durations, shares and rounded numbers', () => {
    expect([0.004, 0.85, 47, 999, 2500, 60_000, 5_400_000].map((ms) => duration(ms))).toEqual(
      '0.004 ms, 0.85 ms, 47 ms, 1 s, 2.5 s, 1 min, 1.5 h'.split(', '),
    )
    expect([0, 0.01, 0.4, 39.4, 98.347, 99.99, 100].map(percent)).toEqual(
      '0 %, 0.01 %, 0.4 %, 39 %, 98.3 %, 99.9 %, 100 %'.split(', '),
    )
    expect([0, 0.000_12, 1234, 685].map((value) => significant(value))).toEqual([
      '0',
      '0.0001',
      '1200',
      '690',
    ])
  })
})

describe('for programs', () => {
  test('rows are tab-separated, all as long as their head, without figures that are none', () => {
    const rows = renderBenchRows(run)
      .slice(0, -1)
      .split('\n')
      .map((line) => line.split('\t'))
    expect(rows).toHaveLength(9)
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([rows[0]?.length]))
    const webhook = rows.find(([name]) => name === 'webhook') ?? []
    expect(webhook[rows[0]?.indexOf('p99_ms') ?? 0]).toBe('')
    expect(Number(webhook[rows[0]?.indexOf('p90_ms') ?? 0])).toBeCloseTo(1.36, 1)
    expect(renderBenchRows(tiny)).not.toMatch(/NaN|undefined/)
  })

  test('CSV is RFC 4180 with CR LF, and no cell begins a formula', () => {
    const lines = benchToCsv(hostile()).split('\r\n')
    expect(lines).toHaveLength(10)
    for (const line of lines) expect(line).not.toMatch(/(?:^|,)"?[=+@]/)
    expect(lines[1]).toMatch(/^poll 100 ms,poll,100,200,200,0,0,/)
  })

  test('Markdown has one table, and nothing of the target acts in it', () => {
    const text = benchToMarkdown(hostile())
    const cells = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split(/(?<!\\)\|/).length)
    expect(cells).toHaveLength(10)
    expect(new Set(cells).size).toBe(1)
    const outsideCode = text.replaceAll(/`[^`\n]*`/g, '')
    expect(outsideCode).not.toMatch(/(?<!\\)<\/?script|https?:\/\/|[\u001b\u202e]|(?<!\\)\[l\]|@all/)
    expect(benchToMarkdown(run)).toContain('| webhook | 50 | 0.96 \\[0.89, 1.03\\] |')
  })
})

function numbers(change: Partial<ExplainNumbers> = {}): ExplainNumbers {
  return {
    polls: [{ intervalMs: 60_000, mode: 'grid' }],
    gapMs: 3_600_000,
    requestMs: 1.1,
    semantics: 'latest',
    subscribers: 1,
    ...change,
  }
}

describe('explain', () => {
  test('puts the numbers into the formulae', () => {
    const text = renderExplain(numbers(), plain, 100)
    expect(text).toContain('Your poll every 60 s with 1 event an hour wastes 98.3 % of its requests.')
    expect(text).toMatch(/mean delay +30 s +T\/2 \+ d = 60 s\/2 \+ 0\.55 ms/)
    expect(text).toMatch(/requests +1440 a day, 60 for each event/)
    expect(text).toMatch(/being told +24 requests a day/)
    expect(text).toMatch(/fit +a run in which all is as the model says .* 1 time in 20/)
  })

  test('tells sleep, jitter, backoff, a history and many clients apart', () => {
    const of = (pace: object, change: Partial<ExplainNumbers> = {}): string =>
      renderExplain(numbers({ polls: [{ intervalMs: 1000, mode: 'grid', ...pace }], ...change }), plain, 100)
    expect(of({ mode: 'sleep' })).toContain('(T + R)/2 + d')
    expect(of({ jitter: 0.5 })).toContain('T/2 (1 + J²/3) + d, J = 0.5')
    expect(of({ backoff: { factor: 2, maxMs: 32_000 } })).toMatch(
      /times 2 up to 32 s while empty[\s\S]*mean delay +15\.9 s/,
    )
    expect(of({}, { semantics: 'history' })).not.toContain('never seen')
    expect(of({}, { subscribers: 500 })).toMatch(/500 clients +500 requests\/s/)
  })

  test.each([100, 80, 60])('keeps to %i columns', (columns) => {
    const widths = renderExplain(numbers({ subscribers: 9 }), plain, columns)
      .split('\n')
      .map(displayWidth)
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
  })
})

describe('comparison and progress', () => {
  test('no clear difference is called that', () => {
    const same = compareResults(simulateBench({ seed: 'other' }), run, createRandom('c'))
    const text = renderComparison(same, plain, 100)
    expect(text).toMatch(/webhook +mean +\S+ +\S+ +-?[\d.]+ \[-[\d.]+, [\d.]+\] +no clear difference/)
    expect(text).toMatch(/of twenty comparisons\s+without\s+a\s+change\s+one\s+finds\s+a\s+difference/)
    const slower = compareResults(run, simulateBench({ pushDelayMs: 5 }), createRandom('c'))
    expect(renderComparison(slower, plain, 100)).toMatch(
      /webhook +mean +1\.0 +6\.0 +\S+ \[.*\] +slower|webhook +mean .* slower/,
    )
  })

  test('runs of another design are refused with what differs', () => {
    const other = compareResults(run, simulateBench({ gapMs: 50 }), createRandom('c'))
    expect(renderComparison(other, plain, 200)).toContain('meanGapMs was 100, is 50')
  })

  test('progress names one mode after the other, its live median and the time left', () => {
    const modes = [
      { name: 'poll.500ms', seen: 118, medianMs: 234 },
      { name: 'webhook', seen: 0, medianMs: undefined },
    ]
    const line = (elapsedMs: number): string =>
      progressLine({ elapsedMs, plannedMs: 27_000, modes }, plain, 100)
    expect(line(0)).toBe(
      'poll.500ms   118 events   median 230 ms so far   27.0 s left   Ctrl-C shows what there is',
    )
    expect(line(1500)).toMatch(/^webhook   0 events   nothing yet/)
    expect(
      displayWidth(progressLine({ elapsedMs: 0, plannedMs: 27_000, modes }, plain, 60)),
    ).toBeLessThanOrEqual(60)
  })
})
