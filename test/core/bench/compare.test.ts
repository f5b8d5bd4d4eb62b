import { describe, expect, test } from 'vitest'
import type { Baseline } from '../../../src/core/bench/baseline.ts'
import { readBaseline } from '../../../src/core/bench/baseline.ts'
import { compareResults } from '../../../src/core/bench/compare.ts'
import { createRandom } from '../../../src/core/bench/random.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { simulateBench } from '../../helpers/simulated-bench.ts'

function problemOf(text: string): string {
  try {
    readBaseline(text, 'old.json')
  } catch (error) {
    if (isAppError(error) && error.code === 'bad-baseline') return error.data.problem
    throw error
  }
  return ''
}

const saved = (run = simulateBench()): string => JSON.stringify(run)

describe('comparing two runs', () => {
  test('A/A: of equal runs of eight modes one in twenty has a loss, not one for each twenty figures', () => {
    const random = createRandom('A/A')
    const any = simulateBench()
    const run = (): Baseline => ({
      ...any,
      modes: Object.fromEntries(
        Array.from({ length: 8 }, (_, mode) => [
          `poll.${mode}`,
          { kind: 'poll', intervalMs: mode, samplesMs: Array.from({ length: 30 }, random) },
        ]),
      ),
    })
    let losses = 0
    for (let pair = 0; pair < 120; pair++) {
      const { modes } = compareResults(run(), run(), random)
      expect(modes.filter(({ status }) => status === 'compared')).toHaveLength(8)
      losses += Number(modes.some((mode) => mode.status === 'compared' && mode.mean.verdict === 'higher'))
    }
    console.log(`bench --compare: ${losses} of 120 equal runs of eight modes have a loss`)
    expect(losses).toBeLessThan(14)
  })

  test('the same mode twice is compared twice', () => {
    const run = simulateBench()
    const twice = (name: string): Baseline => ({
      ...run,
      modes: { [name]: run.modes['webhook'] ?? fail(), [`${name}#2`]: run.modes['webhook'] ?? fail() },
    })
    const { modes } = compareResults(twice('a'), twice('b'), createRandom('x'))
    expect(modes.map(({ name, status }) => [name, status])).toEqual([
      ['b', 'compared'],
      ['b#2', 'compared'],
    ])
  })

  test('a push that became slower is seen, polls that did not are not', () => {
    const slower = simulateBench({ seed: 'other', pushDelayMs: 2 })
    const { modes } = compareResults(readBaseline(saved(), 'old.json'), slower, createRandom('x'))
    const verdicts = modes.map((mode) => [mode.name, mode.status === 'compared' && mode.mean.verdict])
    expect(verdicts).toContainEqual(['webhook', 'higher'])
    expect(verdicts).toContainEqual(['poll.2000ms', 'unclear'])
    const webhook = modes.find(({ name }) => name === 'webhook')
    const ci = webhook?.status === 'compared' ? webhook.mean.ci95 : [0, 0]
    expect(ci[0]).toBeLessThan(2)
    expect(ci[1]).toBeGreaterThan(2)
  })

  test('runs of another design are not compared, those of another machine are, with a word', () => {
    const baseline = readBaseline(saved(), 'old.json')
    const other = compareResults(
      baseline,
      simulateBench({ gapMs: 50, semantics: 'latest' }),
      createRandom('x'),
    )
    expect(other.design.map(({ field }) => field)).toEqual(['semantics', 'meanGapMs'])
    expect(other.modes).toEqual([])
    const run = simulateBench()
    const moved = compareResults(
      baseline,
      { ...run, env: { ...run.env, node: 'v24.0.0' } },
      createRandom('x'),
    )
    expect(moved.environment).toEqual([{ field: 'node', before: 'v20.20.2', after: 'v24.0.0' }])
    expect(moved.modes).toHaveLength(8)
  })

  test('modes of one run only are told; without samples nothing is guessed', () => {
    const run = simulateBench()
    const { sse, webhook, ...rest } = run.modes
    const { samplesMs, ...bare } = webhook ?? {}
    expect([sse, samplesMs]).not.toContain(undefined)
    const before = readBaseline(JSON.stringify({ ...run, modes: { ...rest, webhook: bare } }), 'old.json')
    const found = compareResults(
      before,
      { ...run, modes: { webhook: run.modes['webhook'] ?? fail(), sse: sse ?? fail() } },
      createRandom('x'),
    )
    expect(found.modes.slice(0, 2)).toEqual([
      { name: 'webhook', status: 'too-few' },
      { name: 'sse', status: 'only-after' },
    ])
    expect(found.modes.slice(2).every(({ status }) => status === 'only-before')).toBe(true)
  })
})

function fail(): never {
  throw new Error('the simulated run lacks a mode')
}

describe('the file of an earlier run is not trusted', () => {
  const broken = (change: (run: Record<string, unknown>) => void): string => {
    const run: Record<string, unknown> = JSON.parse(saved())
    change(run)
    return JSON.stringify(run)
  }

  test.each([
    ['', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['{"schema":"webhook-cli.bench/2"}', /not the --json output/],
    [broken((run) => (run['env'] = 3)), /env is not/],
    [broken((run) => (run['modes'] = { a: { kind: 'pigeon' } })), /modes\.a\.kind is none of poll/],
    [
      broken((run) => (run['modes'] = { a: { kind: 'ws', samplesMs: [1, 'x'] } })),
      /samplesMs is not a number/,
    ],
    [broken((run) => (run['modes'] = { a: { kind: 'ws', samplesMs: { length: 4e9 } } })), /not a list/],
    [
      broken((run) => (run['modes'] = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [i, {}])))),
      /too many/,
    ],
    [broken((run) => (run['startedAt'] = { toString: 'x' })), /startedAt is not text/],
  ])('case %#', (text, problem) => {
    expect(problemOf(text)).toMatch(problem)
  })

  test('a mode called __proto__ is a mode', () => {
    const text = saved().replace('"webhook":{', '"__proto__":{')
    const { modes } = readBaseline(text, 'old.json')
    expect(Object.keys(modes)).toContain('__proto__')
    expect(Object.getPrototypeOf(modes)).toBe(Object.prototype)
  })
})
