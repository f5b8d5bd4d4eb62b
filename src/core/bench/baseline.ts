import { AppError } from '../errors.ts'
import type { BenchDesign, BenchEnvironment, BenchTarget, ModeResult } from './result.ts'

/** What a comparison needs of a run: this one's result is a baseline, and a file of an earlier one may be. */
export interface Baseline {
  readonly startedAt: string
  readonly env: Pick<BenchEnvironment, 'node' | 'os' | 'cpu' | 'cores'>
  readonly target: Pick<BenchTarget, 'kind' | 'semantics'> & Partial<Pick<BenchTarget, 'url'>>
  readonly design: Pick<BenchDesign, 'arrivals' | 'meanGapMs' | 'pushAssignment' | 'payloadBytes'>
  readonly modes: Readonly<Record<string, BaselineMode>>
}

export type BaselineMode = Pick<ModeResult, 'kind'> &
  Partial<Pick<ModeResult, 'intervalMs' | 'pollMode' | 'jitter' | 'backoff' | 'samplesMs' | 'samplePolls'>>

const KINDS = ['poll', 'conditional', 'longpoll', 'webhook', 'sse', 'ws'] as const
/** More modes or samples than any run has: a file that claims them is not one of ours. */
const MOST_MODES = 100
const MOST_SAMPLES = 1_000_000

/**
 * Reads the JSON of an earlier run. Only what a comparison uses is looked at, and all of that is checked.
 * @throws AppError `bad-baseline`
 */
export function readBaseline(text: string, path: string): Baseline {
  const reader = new Reader(path)
  const root = reader.object(parse(text), 'the file')
  const schema = root['schema']
  if (schema !== 'webhook-cli.bench/1') return reader.fail('it is not the --json output of webhook-cli bench')
  const env = reader.object(root['env'], 'env')
  const target = reader.object(root['target'], 'target')
  const design = reader.object(root['design'], 'design')
  const modes = Object.entries(reader.object(root['modes'], 'modes'))
  if (modes.length > MOST_MODES) return reader.fail('it has too many modes')
  return {
    startedAt: reader.text(root['startedAt'], 'startedAt'),
    env: {
      node: reader.text(env['node'], 'env.node'),
      os: reader.text(env['os'], 'env.os'),
      cpu: reader.text(env['cpu'], 'env.cpu'),
      cores: reader.number(env['cores'], 'env.cores'),
    },
    target: {
      kind: reader.oneOf(target['kind'], ['builtin', 'url'], 'target.kind'),
      semantics: reader.oneOf(target['semantics'], ['history', 'latest'], 'target.semantics'),
      ...(target['url'] !== undefined && { url: reader.text(target['url'], 'target.url') }),
    },
    design: {
      arrivals: reader.oneOf(
        design['arrivals'],
        ['poisson', 'stratified', 'periodic', 'trace', 'observed'],
        'design.arrivals',
      ),
      meanGapMs: reader.number(design['meanGapMs'], 'design.meanGapMs'),
      pushAssignment: reader.oneOf(
        design['pushAssignment'],
        ['rotate', 'slices', 'all'],
        'design.pushAssignment',
      ),
      payloadBytes: reader.number(design['payloadBytes'], 'design.payloadBytes'),
    },
    // A mode that is called __proto__ is a mode like others.
    modes: Object.fromEntries(modes.map(([name, mode]) => [name, readMode(reader, mode, `modes.${name}`)])),
  }
}

function readMode(reader: Reader, value: unknown, where: string): BaselineMode {
  const mode = reader.object(value, where)
  const { intervalMs, pollMode, jitter, backoff, samplesMs, samplePolls } = mode
  return {
    kind: reader.oneOf(mode['kind'], KINDS, `${where}.kind`),
    ...(intervalMs !== undefined && { intervalMs: reader.number(intervalMs, `${where}.intervalMs`) }),
    ...(pollMode !== undefined && {
      pollMode: reader.oneOf(pollMode, ['grid', 'sleep'], `${where}.pollMode`),
    }),
    ...(jitter !== undefined && { jitter: reader.number(jitter, `${where}.jitter`) }),
    ...(backoff !== undefined && { backoff: readBackoff(reader, backoff, `${where}.backoff`) }),
    ...(samplesMs !== undefined && { samplesMs: reader.numbers(samplesMs, `${where}.samplesMs`) }),
    ...(samplePolls !== undefined && {
      samplePolls: reader.numbers(samplePolls, `${where}.samplePolls`),
    }),
  }
}

function readBackoff(reader: Reader, value: unknown, where: string): { factor: number; maxMs: number } {
  const { factor, maxMs } = reader.object(value, where)
  return { factor: reader.number(factor, `${where}.factor`), maxMs: reader.number(maxMs, `${where}.maxMs`) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Takes values of an unknown shape for what they should be, or fails and says which was not. */
class Reader {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  fail(problem: string): never {
    throw new AppError('bad-baseline', { path: this.#path, problem })
  }

  object(value: unknown, where: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.fail(`${where} is not a JSON object`)
    return Object.fromEntries(Object.entries(value))
  }

  text(value: unknown, where: string): string {
    return typeof value === 'string' ? value : this.fail(`${where} is not text`)
  }

  number(value: unknown, where: string): number {
    return typeof value === 'number' ? value : this.fail(`${where} is not a number`)
  }

  numbers(value: unknown, where: string): number[] {
    if (!Array.isArray(value) || value.length > MOST_SAMPLES)
      return this.fail(`${where} is not a list of numbers`)
    return value.map((item) => this.number(item, where))
  }

  oneOf<T extends string>(value: unknown, known: readonly T[], where: string): T {
    return known.find((item) => item === value) ?? this.fail(`${where} is none of ${known.join(', ')}`)
  }
}
